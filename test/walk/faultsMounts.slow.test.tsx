import { screen, waitFor } from '@testing-library/react'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { StrictMode } from 'react'
import { expect, it } from 'vitest'
import { createSocketTally } from '../faults/socketTally.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const at = (id = 'b') => screen.getByTestId(id)
const isIn = (state: string, id = 'b') => waitFor(() => expect(at(id)).toHaveAttribute('data-state', state))

it('fault 24: a hundred mounts and unmounts in StrictMode, a turn apart, keep one socket and one subscription', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const tally = createSocketTally()
  const view = renderApp(null, net, { webSocket: tally.webSocket })
  let mostSockets = 0
  for (let i = 0; i < 100; i++) {
    view.show(i % 2 === 0 ? <SolBalance owner={owner} data-testid="b" /> : null)
    // One turn of the event loop: effects, timers of 0 and frames that came have run.
    await new Promise((resolve) => setTimeout(resolve, 0))
    mostSockets = Math.max(mostSockets, net.stats().sockets)
  }
  view.show(<SolBalance owner={owner} data-testid="b" />)
  await isIn('live')
  expect(mostSockets).toBeLessThanOrEqual(1)
  expect(tally.made()).toBe(1)
  expect(net.stats()).toMatchObject({
    socketsOpened: 1,
    subscriptions: { account: 1 },
    wsCalls: { accountSubscribe: 1 },
  })
  view.unmount()
  await waitFor(() => expect(net.stats()).toMatchObject({ sockets: 0, subscriptions: { account: 0 } }))
})

it('fault 24: a provider that comes and goes twenty times leaves nothing behind, not even while it connects', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const tally = createSocketTally()
  net.faults.add({ on: 'wsOpen', do: { delayMs: 20 } })
  for (let i = 0; i < 20; i++) {
    const view = renderApp(<SolBalance owner={owner} data-testid="b" />, net, { webSocket: tally.webSocket })
    if (i % 4 === 3) await isIn('live')
    else if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 0))
    view.unmount()
  }
  await waitFor(() => expect(net.stats()).toMatchObject({ sockets: 0, subscriptions: { account: 0 } }))
  const made = tally.made()
  expect(made).toBeLessThanOrEqual(20)
  const view = renderApp(<SolBalance owner={owner} data-testid="b" />, net, { webSocket: tally.webSocket })
  await isIn('live')
  expect(tally.made()).toBe(made + 1)
  expect(net.stats()).toMatchObject({ sockets: 1, subscriptions: { account: 1 } })
  view.unmount()
  await waitFor(() => expect(net.stats().sockets).toBe(0))
})

it('a thousand balances on a page are read in hundreds, none more than twice, and changes of them cost no read', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const owners = Array.from({ length: 1000 }, newAddress)
  for (const owner of owners) net.setTokenBalance({ owner, mint, amount: 1n })
  net.resetStats()
  const { queryClient } = renderApp(
    <StrictMode>
      {owners.map((owner, i) => (
        <TokenBalance key={owner} owner={owner} mint={mint} data-testid={`b${i}`} />
      ))}
    </StrictMode>,
    net,
    // A busy machine may take a minute to draw and subscribe them; nothing is read ahead of that.
    { firstReadDelayMs: 150_000 },
  )
  await waitFor(() => expect(document.querySelectorAll('[data-state="live"]')).toHaveLength(1000), { timeout: 150_000 })
  await waitFor(() => expect(queryClient.isFetching()).toBe(0))
  const { httpRequests, subscriptions } = net.stats()
  expect(subscriptions.account).toBe(1000)
  // Eleven are needed: the mint and a thousand accounts, a hundred to a request.
  expect(httpRequests).toBeLessThanOrEqual(12)
  for (let i = 0; i < 1000; i += 50) net.setTokenBalance({ owner: owners[i] as string, mint, amount: 2n })
  await waitFor(() => {
    for (let i = 0; i < 1000; i += 50) expect(at(`b${i}`)).toHaveTextContent('2')
  })
  expect(net.stats().httpRequests).toBe(httpRequests)
}, 180_000)
