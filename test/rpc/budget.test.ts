import { describe, expect, it } from 'vitest'
import { type BudgetLimits, createBudget, type TurnOptions } from '../../src/rpc/budget.js'
import { createVirtualClock } from '../support/virtualTime.js'

function setUp(options: BudgetLimits = {}) {
  const clock = createVirtualClock()
  const startedAt = clock.now()
  const budget = createBudget({ clock, ...options })
  const sent: string[] = []
  const times: number[] = []
  const dropped: string[] = []
  function ask(name: string, turn: TurnOptions = {}) {
    const task = async () => {
      sent.push(name)
      times.push(clock.now() - startedAt)
    }
    void budget.run(task, turn).catch((error: Error) => void dropped.push(`${name}: ${error.message}`))
  }
  return { clock, budget, sent, times, dropped, ask, startedAt }
}

describe('a budget', () => {
  it('lets a burst leave at once and the rest at the steady rate', async () => {
    const { clock, times, ask } = setUp({ requestsPerSecond: 10, burst: 3 })
    for (let i = 0; i < 6; i++) ask(`${i}`)
    await clock.advance(10_000)
    expect(times).toEqual([0, 0, 0, 100, 200, 300])
  })

  it('tells how full it is, what waits, and that it is paused', async () => {
    const { clock, budget, ask, startedAt } = setUp({ requestsPerSecond: 10, burst: 3 })
    expect(budget.fill).toEqual({ free: 3, burst: 3, waiting: 0, pausedUntil: null })
    for (let i = 0; i < 5; i++) ask(`${i}`)
    expect(budget.fill).toEqual({ free: 0, burst: 3, waiting: 2, pausedUntil: null })
    await clock.advance(400)
    expect(budget.fill).toEqual({ free: 2, burst: 3, waiting: 0, pausedUntil: null })
    budget.pauseUntil(startedAt + 1000)
    expect(budget.fill).toEqual({ free: 0, burst: 3, waiting: 0, pausedUntil: startedAt + 1000 })
    expect(setUp({ requestsPerSecond: 0 }).budget.fill).toMatchObject({ free: Infinity, burst: Infinity })
  })

  it('saves no more than one burst while it is quiet', async () => {
    const { clock, times, ask } = setUp({ requestsPerSecond: 10, burst: 2 })
    await clock.advance(3_600_000)
    for (let i = 0; i < 3; i++) ask(`${i}`)
    await clock.advance(1000)
    expect(times).toEqual([3_600_000, 3_600_000, 3_600_100])
  })

  it('serves small reads before bulk, each in the order they came', async () => {
    const { clock, sent, ask } = setUp({ requestsPerSecond: 1, burst: 1 })
    ask('first', { priority: 'bulk' })
    ask('bulk 1', { priority: 'bulk' })
    ask('bulk 2', { priority: 'bulk' })
    ask('small 1')
    ask('small 2')
    await clock.advance(10_000)
    expect(sent).toEqual(['first', 'small 1', 'small 2', 'bulk 1', 'bulk 2'])
  })

  it('sends nothing inside a pause, then one request, then at the steady rate', async () => {
    const { clock, budget, times, ask, startedAt } = setUp({ requestsPerSecond: 10, burst: 20 })
    budget.pauseUntil(startedAt + 2000)
    budget.pauseUntil(startedAt + 500)
    for (let i = 0; i < 3; i++) ask(`${i}`)
    await clock.advance(1999)
    expect(times).toEqual([])
    await clock.advance(1000)
    expect(times).toEqual([2000, 2100, 2200])
  })

  it('keeps a pause also when the rate is off', async () => {
    const { clock, budget, times, ask, startedAt } = setUp({ requestsPerSecond: 0 })
    for (let i = 0; i < 50; i++) ask(`${i}`)
    expect(times).toHaveLength(50)
    budget.pauseUntil(startedAt + 1000)
    ask('later')
    await clock.advance(2000)
    expect(times.at(-1)).toBe(1000)
    expect(clock.timers).toBe(0)
  })

  it('rejects who cannot be served before its deadline, as soon as a pause makes that known', async () => {
    const { clock, budget, dropped, sent, ask, startedAt } = setUp({ requestsPerSecond: 1, burst: 1 })
    ask('now')
    ask('hasty', { waitMs: 400 })
    ask('patient', { waitMs: 5000 })
    ask('last', { waitMs: 5000 })
    await clock.advance(1000)
    expect(dropped).toEqual(['hasty: A request was not sent: no turn before its deadline.'])
    budget.pauseUntil(startedAt + 60_000)
    await clock.advance(0)
    expect(dropped).toHaveLength(2)
    expect(sent).toEqual(['now', 'patient'])
    expect(clock.timers).toBe(0)
  })

  it('drops the oldest bulk request, then the oldest small one, when too many wait', async () => {
    const { clock, dropped, sent, ask } = setUp({ requestsPerSecond: 100, burst: 1 })
    ask('now')
    for (let i = 1; i <= 255; i++) ask(`small ${i}`)
    ask('bulk', { priority: 'bulk' })
    ask('small 256')
    ask('small 257')
    await clock.advance(10_000)
    expect(dropped).toEqual([
      'bulk: A request was not sent: too many wait.',
      'small 1: A request was not sent: too many wait.',
    ])
    expect(sent.slice(0, 2)).toEqual(['now', 'small 2'])
    expect(sent).toHaveLength(257)
  })

  it('goes on when the clock is set back', async () => {
    const { clock, sent, ask } = setUp({ requestsPerSecond: 10, burst: 1 })
    ask('first')
    clock.sleep(-900_000)
    ask('second')
    await clock.advance(100)
    expect(sent).toEqual(['first', 'second'])
  })

  it('gives back what the task gives, and its error', async () => {
    const { budget } = setUp()
    await expect(budget.run(async () => 7)).resolves.toBe(7)
    await expect(budget.run(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError)
  })
})
