import { readdirSync, readFileSync } from 'node:fs'
import { screen, waitFor } from '@testing-library/react'
import { type BalanceClient, useBalanceClient, useConnectionStatus } from 'lamplight'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { expect, it, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { createClockTick } from '../../src/client/balances/chainTime.js'
import { ClockTickContext } from '../../src/react/clockTick.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

it('gives React the same snapshot however slow the machine is between two looks', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 2, interestBps: 500 })
  net.fund(owner, 1n)
  net.setTokenBalance({ owner, mint, amount: 5n })
  // Each look at the clock takes a second, and each look at how fresh a value is comes after a change of it.
  let lateMs = 0
  let looks = 0
  const now = () => {
    lateMs += 1000
    return systemClock.now() + lateMs
  }
  const clockTick = createClockTick({ ...systemClock, now })
  function Slow() {
    const client = useBalanceClient() as { freshness: BalanceClient['freshness'] }
    client.freshness = () => (looks++ % 2 ? 'stale' : 'polling')
    return null
  }
  function Status() {
    const { state } = useConnectionStatus(({ state }) => ({ state }))
    return <p data-testid="state">{state}</p>
  }
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { unmount } = renderApp(
    <ClockTickContext.Provider value={clockTick}>
      <Slow />
      <Status />
      <SolBalance owner={owner} data-testid="sol" />
      <TokenBalance owner={owner} mint={mint} data-testid="token" />
    </ClockTickContext.Provider>,
    net,
  )
  await waitFor(() => expect(screen.getByTestId('state')).toHaveTextContent('live'))
  await waitFor(() => expect(screen.getByTestId('token')).toHaveTextContent('0.05'))
  unmount()
  const errors = said.mock.calls.map((call) => call.map(String).join(' '))
  said.mockRestore()
  expect(errors.filter((each) => /getSnapshot|Maximum update/.test(each))).toEqual([])
})

it('has one place that gives React snapshots', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
  const users = files.filter((name) => readFileSync(`src/${name}`, 'utf8').includes('useSyncExternalStore'))
  expect(users).toEqual(['react/useSnapshot.ts'])
})
