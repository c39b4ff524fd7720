import { expect, it } from 'vitest'
import { createClockTick } from '../../src/client/balances/chainTime.js'
import { createVirtualClock } from '../support/virtualTime.js'

it('ticks once a second for all who listen, by one timer, and holds none when nobody does', async () => {
  const clock = createVirtualClock()
  const clockTick = createClockTick(clock)
  const seen: string[] = []
  const start = clock.now()
  expect(clock.timers).toBe(0)
  const stops = ['a', 'b'].map((name) => clockTick.subscribe(() => seen.push(`${name} ${clockTick.now().ms - start}`)))
  expect(clock.timers).toBe(1)
  seen.length = 0
  await clock.advance(2500)
  expect(seen).toEqual(['a 1000', 'b 1000', 'a 2000', 'b 2000'])
  expect(clockTick.now().ms - start).toBe(2000)
  for (const stop of stops) stop()
  expect(clock.timers).toBe(0)
  expect(clockTick.now().ms - start).toBe(2500)
})

it('says the time of its last tick, so that all who draw in between draw the same', async () => {
  const clock = createVirtualClock()
  const clockTick = createClockTick(clock)
  await clock.advance(300)
  const stop = clockTick.subscribe(() => {})
  const before = clockTick.now()
  await clock.advance(600)
  expect(clockTick.now()).toBe(before)
  await clock.advance(100)
  // On the second, whenever it began.
  expect(clockTick.now().wallMs % 1000).toBe(0)
  stop()
  stop()
  expect(clock.timers).toBe(0)
})
