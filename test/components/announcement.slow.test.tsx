import { screen, waitFor } from '@testing-library/react'
import { ConnectionStatus, SolBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

/** Longer than a change has to hold to be told. */
const LONG_MS = 3500
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

it('announces each lasting change once, and none of ten flaps', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const ui = (
    <>
      <SolBalance owner={owner} data-testid="b" />
      <ConnectionStatus announce data-testid="s" />
    </>
  )
  renderApp(ui, net, { backoff: { baseMs: 50, capMs: 50 } })
  const status = screen.getByTestId('s')
  const states: (string | undefined)[] = []
  const said: (string | null)[] = []
  const region = screen.getByRole('status')
  expect(region).toHaveAttribute('role', 'status')
  new MutationObserver(() => said.push(region.textContent)).observe(region, {
    childList: true,
    characterData: true,
    subtree: true,
  })
  new MutationObserver(() => states.push(status.dataset.state)).observe(status, { attributeFilter: ['data-state'] })
  const isLive = () => waitFor(() => expect(status).toHaveAttribute('data-state', 'live'))

  await isLive()
  await pause(LONG_MS)
  for (let flap = 0; flap < 10; flap++) {
    const before = states.length
    net.dropSockets()
    await waitFor(() => expect(states.length).toBeGreaterThan(before))
    await isLive()
  }
  await pause(LONG_MS)
  expect(states.filter((state) => state === 'waiting').length).toBeGreaterThanOrEqual(10)
  expect(said).toEqual([])

  net.faults.add({ on: 'wsOpen', do: { status: 503 } })
  net.dropSockets()
  await waitFor(() => expect(said).toHaveLength(1), { timeout: 10_000 })
  await pause(LONG_MS)
  expect(said).toEqual([expect.stringMatching(/connection is lost/)])
  net.faults.clear()
  await isLive()
  await waitFor(() => expect(said).toHaveLength(2), { timeout: 10_000 })
  expect(said[1]).toBe('Balances are live.')
}, 60_000)
