import { act, screen, waitFor } from '@testing-library/react'
import { SolBalance } from 'lamplight/components'
import { systemClock } from 'lamplight/core'
import { expect, it } from 'vitest'
import { createClockTick } from '../../src/client/balances/chainTime.js'
import { ClockTickContext } from '../../src/react/clockTick.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

/** A clock whose timers run when the test says so. */
function handClock() {
  let aheadMs = 0
  const timers = new Set<() => void>()
  return {
    timers,
    now: () => systemClock.now() + aheadMs,
    wallMs: () => Date.now() + aheadMs,
    schedule(task: () => void) {
      timers.add(task)
      return () => void timers.delete(task)
    },
    pass(ms: number) {
      aheadMs += ms
      for (const task of [...timers]) {
        timers.delete(task)
        task()
      }
    },
  }
}

it('tells the age of what is not live by one timer, without drawing a balance again', async () => {
  const net = await localnet()
  const owners = [newAddress(), newAddress(), newAddress()]
  for (const owner of owners) net.fund(owner, 1_000_000_000n)
  const clock = handClock()
  let drawn = 0
  const draw = ({ data }: { data?: { text: string } | undefined }) => {
    drawn++
    return data?.text
  }
  const ui = (
    <ClockTickContext.Provider value={createClockTick(clock)}>
      <SolBalance owner={owners[0]} data-testid="live">
        {draw}
      </SolBalance>
      <SolBalance owner={owners[1]} data-testid="b" stream={false} pollInterval={3_600_000}>
        {draw}
      </SolBalance>
      <SolBalance owner={owners[2]} stream={false} pollInterval={3_600_000}>
        {draw}
      </SolBalance>
    </ClockTickContext.Provider>
  )
  renderApp(ui, net)
  const isIn = (id: string, state: string) =>
    waitFor(() => expect(screen.getByTestId(id)).toHaveAttribute('data-state', state))
  await isIn('live', 'live')
  await isIn('b', 'polling')
  await waitFor(() => expect(screen.getAllByRole('button')).toHaveLength(2))
  expect(clock.timers.size).toBe(1)

  drawn = 0
  act(() => clock.pass(12_000))
  expect(screen.getAllByRole('button', { name: /last confirmed 1[2-9] seconds ago\.$/ })).toHaveLength(2)
  act(() => clock.pass(120_000))
  expect(screen.getAllByRole('button', { name: /last confirmed 2 minutes ago\.$/ })).toHaveLength(2)
  expect(drawn).toBe(0)
  expect(clock.timers.size).toBe(1)
})

it('keeps no timer while everything is live', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const clock = handClock()
  const ui = (
    <ClockTickContext.Provider value={createClockTick(clock)}>
      <SolBalance owner={owner} data-testid="b" />
    </ClockTickContext.Provider>
  )
  renderApp(ui, net)
  await waitFor(() => expect(screen.getByTestId('b')).toHaveAttribute('data-state', 'live'))
  expect(clock.timers.size).toBe(0)
  expect(screen.queryByRole('button')).toBeNull()
})
