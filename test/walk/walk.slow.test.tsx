import { QueryClient } from '@tanstack/react-query'
import { act, screen, waitFor } from '@testing-library/react'
import { type BalanceChange, balanceKeys, useBalanceStream } from 'lamplight'
import { ConnectionStatus, SolBalance, TokenBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { instantOf, systemClock } from '../../src/base/clock.js'
import type { AccountRecord } from '../../src/token/balance.js'
import { recordOf } from '../../src/token/record.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const balance = (id = 'b') => screen.getByTestId(id)
const isLive = (id = 'b') => waitFor(() => expect(balance(id)).toHaveAttribute('data-state', 'live'))

it('shows a token balance and follows it without reading again', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 6 })
  net.setTokenBalance({ owner, mint, amount: 1_500_000n })
  net.resetStats()

  renderApp(<TokenBalance owner={owner} mint={mint} symbol="TKN" data-testid="b" />, net)
  expect(balance()).toHaveAttribute('data-state', 'loading')
  await isLive()
  expect(balance()).toHaveTextContent('1.5 TKN')
  expect(net.stats()).toMatchObject({ httpRequests: 1, accountsRead: 2, sockets: 1, subscriptions: { account: 1 } })

  net.setTokenBalance({ owner, mint, amount: 123_456_789_012_345_678n })
  await waitFor(() => expect(balance()).toHaveTextContent('123,456,789,012.345678 TKN'))
  expect(net.stats().httpRequests).toBe(1)
})

it('is live from its first value on, and says nothing less in between', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const owners = Array.from({ length: 30 }, newAddress)
  for (const owner of owners) {
    net.setTokenBalance({ owner, mint, amount: 7n })
    net.fund(owner, 1n)
  }
  const seen = new Set<string | undefined>()
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) seen.add((target as HTMLElement).dataset.state)
  })
  observer.observe(document, { subtree: true, attributeFilter: ['data-state'] })
  renderApp(
    owners.flatMap((owner) => [
      <TokenBalance key={owner} owner={owner} mint={mint} />,
      <SolBalance key={`${owner} SOL`} owner={owner} />,
    ]),
    net,
  )
  await waitFor(() => expect(document.querySelectorAll('[data-state="live"]')).toHaveLength(60))
  observer.disconnect()
  expect([...seen]).toEqual(['live'])
})

it('follows a Token-2022 balance, at the price of one more read', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 2, program: 'token-2022' })
  net.setTokenBalance({ owner, mint, amount: 250n })
  net.resetStats()
  renderApp(<TokenBalance owner={owner} mint={mint} data-testid="b" />, net)
  await isLive()
  expect(balance()).toHaveTextContent('2.5')
  expect(net.stats().httpRequests).toBe(2)
  net.setTokenBalance({ owner, mint, amount: 300n })
  await waitFor(() => expect(balance()).toHaveTextContent('3'))
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(1), { timeout: 5000 })
})

it('reads 100 balances of one mint in 2 requests, with 100 subscriptions on 1 socket', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const owners = Array.from({ length: 100 }, newAddress)
  owners.forEach((owner, i) => void net.setTokenBalance({ owner, mint, amount: BigInt(i + 1) }))
  net.resetStats()
  renderApp(
    owners.map((owner, i) => <TokenBalance key={owner} owner={owner} mint={mint} data-testid={`b${i}`} />),
    net,
  )
  await isLive('b99')
  await isLive('b0')
  owners.forEach((_, i) => void expect(balance(`b${i}`)).toHaveTextContent(String(i + 1)))
  expect(net.stats()).toMatchObject({
    httpRequests: 2,
    accountsRead: 101,
    socketsOpened: 1,
    subscriptions: { account: 100 },
  })
})

it('subscribes once for one balance shown 50 times, and lets go of everything at the end', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 0 })
  net.setTokenBalance({ owner, mint, amount: 7n })
  net.resetStats()
  const view = renderApp(
    Array.from({ length: 50 }, (_, i) => `b${i}`).map((id) => (
      <TokenBalance key={id} owner={owner} mint={mint} data-testid={id} />
    )),
    net,
  )
  await isLive('b49')
  expect(net.stats()).toMatchObject({ httpRequests: 1, socketsOpened: 1, wsCalls: { accountSubscribe: 1 } })
  view.unmount()
  await waitFor(() => expect(net.stats()).toMatchObject({ sockets: 0, subscriptions: { account: 0 } }))
})

it('keeps a newer value when a lagging node answers a read', async () => {
  const net = await localnet({ automine: false, slotMs: 20 })
  const lagging = await net.node({ behind: 20 })
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  net.tick(60)
  const { queryClient } = renderApp(<SolBalance owner={owner} data-testid="b" />, {
    rpcUrl: lagging.rpcUrl,
    wsUrl: net.wsUrl,
  })
  await isLive()
  net.fund(owner, 1_000_000_000n)
  await waitFor(() => expect(balance()).toHaveTextContent('2 SOL'))
  const before = lagging.stats().httpRequests
  await act(() => queryClient.refetchQueries({ queryKey: balanceKeys.all }))
  expect(lagging.stats().httpRequests).toBeGreaterThan(before)
  expect(balance()).toHaveTextContent('2 SOL')
})

it('keeps a newer value when a lagging node pushes', async () => {
  const net = await localnet({ automine: false, slotMs: 150 })
  const lagging = await net.node({ behind: 20 })
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  net.tick(60)
  const changes: BalanceChange[] = []
  function Listener() {
    useBalanceStream({ targets: [{ owner }], onChange: (change) => changes.push(change) })
    return null
  }
  const ui = (
    <>
      <SolBalance owner={owner} data-testid="b" />
      <Listener />
    </>
  )
  let pushed = 0
  class Counting extends NodeWebSocket {
    constructor(url: string) {
      super(url)
      this.on('message', (data) => {
        if (String(data).includes('accountNotification')) pushed++
      })
    }
  }
  const { queryClient } = renderApp(
    ui,
    { rpcUrl: net.rpcUrl, wsUrl: lagging.wsUrl },
    { webSocket: Counting as unknown as typeof WebSocket },
  )
  await isLive()
  net.fund(owner, 1_000_000_000n)
  net.tick(2)
  net.fund(owner, 1_000_000_000n)
  net.tick(2)
  await act(() => queryClient.refetchQueries({ queryKey: balanceKeys.all }))
  await waitFor(() => expect(balance()).toHaveTextContent('3 SOL'))
  expect(pushed).toBe(0)
  // The lagging node tells of both changes 20 slots later: the older one first.
  await waitFor(() => expect(pushed).toBe(2), { timeout: 10_000 })
  expect(balance()).toHaveTextContent('3 SOL')
  expect(changes.at(-1)).toMatchObject({ next: 3_000_000_000n })
  expect(changes.map(({ next }) => next)).not.toContain(2_000_000_000n)
})

it("refuses an older value from an app's own setQueryData", async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 5_000_000_000n)
  const { queryClient } = renderApp(<SolBalance owner={owner} data-testid="b" />, net)
  await isLive()
  const [query] = queryClient.getQueryCache().findAll({ queryKey: balanceKeys.all })
  const held = query?.state.data as AccountRecord
  const older = recordOf(
    { ...held, slot: held.slot - 10, lamports: 1n, data: new Uint8Array() },
    { commitment: 'confirmed', source: 'stream', reason: 'stream', at: instantOf(systemClock) },
  )
  act(() => void queryClient.setQueryData(query?.queryKey ?? [], older))
  expect(queryClient.getQueryData<AccountRecord>(query?.queryKey ?? [])).toMatchObject({ lamports: 5_000_000_000n })
  expect(balance()).toHaveTextContent('5 SOL')
})

it('tells a missing account from an empty one, and shows it when it is created', async () => {
  const net = await localnet()
  const [rich, none] = [newAddress(), newAddress()]
  const mint = net.createMint({ decimals: 9 })
  net.setTokenBalance({ owner: rich, mint, amount: 0n })
  renderApp(
    <>
      <TokenBalance owner={rich} mint={mint} data-testid="zero" />
      <TokenBalance owner={none} mint={mint} data-testid="none" />
    </>,
    net,
  )
  await isLive('zero')
  expect(balance('zero')).toHaveTextContent(/^0$/)
  await waitFor(() => expect(balance('none')).toHaveAttribute('data-state', 'missing'))
  expect(balance('none')).toHaveTextContent('No account')
  net.setTokenBalance({ owner: none, mint, amount: 1n })
  await isLive('none')
  expect(balance('none')).toHaveTextContent('0.000000001')
})

it('keeps the last amount through a 429 and never shows 0 for it', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 4_000_000_000n)
  const { queryClient } = renderApp(<SolBalance owner={owner} data-testid="b" pollInterval={false} />, net, {
    url: false,
    queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }),
  })
  await waitFor(() => expect(balance()).toHaveTextContent('4 SOL'))
  net.faults.add({ on: 'http', do: { status: 429, retryAfter: 1 } })
  await act(() => queryClient.refetchQueries({ queryKey: balanceKeys.all }))
  await waitFor(() => expect(balance()).toHaveAttribute('data-state', 'stale'))
  expect(balance()).toHaveTextContent('4 SOL')
  expect(balance().querySelector('button')).toHaveAttribute('aria-description', expect.stringContaining('429'))
})

it('says that a first read failed instead of showing a number', async () => {
  const net = await localnet()
  net.faults.add({ on: 'http', do: { status: 429 } })
  renderApp(<SolBalance owner={newAddress()} data-testid="b" />, net, {
    url: false,
    queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }),
  })
  await waitFor(() => expect(balance()).toHaveAttribute('data-state', 'error'))
  expect(balance()).toHaveTextContent('Unavailable')
})

it('shows what changed while the socket was down', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const seen: string[] = []
  const ui = (
    <>
      <SolBalance owner={owner} data-testid="b">
        {({ data }, state) => {
          seen.push(`${state} ${data?.text}`)
          return data?.text
        }}
      </SolBalance>
      <ConnectionStatus data-testid="status" />
    </>
  )
  renderApp(ui, net)
  await isLive()
  net.dropSockets()
  net.fund(owner, 9_000_000_000n)
  await waitFor(() => expect(balance('status')).toHaveTextContent('Reconnecting…'))
  expect(balance()).not.toHaveAttribute('data-state', 'live')
  await waitFor(() => expect(balance()).toHaveTextContent('10'), { timeout: 5000 })
  await isLive()
  expect(balance('status')).toHaveTextContent('Live')
  expect(net.stats()).toMatchObject({ socketsOpened: 2, subscriptions: { account: 1 } })
  const lost = seen.findIndex((each, i) => i > seen.indexOf('live 1') && !each.startsWith('live'))
  expect(lost).toBeGreaterThan(0)
  expect(seen.slice(lost)).not.toContain('live 1')
})

it('stops saying live when the connection is half-open, polls meanwhile, and comes back by itself', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const ui = (
    <>
      <SolBalance owner={owner} data-testid="b" pollInterval={300} />
      <ConnectionStatus data-testid="status" />
    </>
  )
  renderApp(ui, net, { heartbeat: { probeAfterMs: 300, suspectAfterMs: 200, deadAfterMs: 1500 } })
  await isLive()
  net.pauseSockets()
  net.fund(owner, 1_000_000_000n)
  await waitFor(() => expect(balance('status')).toHaveAttribute('data-state', 'suspect'), { timeout: 2000 })
  expect(balance()).not.toHaveAttribute('data-state', 'live')
  await waitFor(() => expect(balance()).toHaveTextContent('2 SOL'))
  expect(balance()).toHaveAttribute('data-state', 'polling')
  await waitFor(() => expect(balance('status')).toHaveAttribute('data-state', 'live'), { timeout: 5000 })
  await isLive()
  expect(net.stats().subscriptions.account).toBeGreaterThanOrEqual(1)
})

it('opens one socket for a hundred mounts and unmounts in one turn, and none is left', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const view = renderApp(null, net)
  for (let i = 0; i < 100; i++) view.show(i % 2 === 0 ? <SolBalance owner={owner} data-testid="b" /> : null)
  view.show(<SolBalance owner={owner} data-testid="b" />)
  await isLive()
  expect(net.stats()).toMatchObject({ socketsOpened: 1, wsCalls: { accountSubscribe: 1 } })
  view.unmount()
  await waitFor(() => expect(net.stats()).toMatchObject({ sockets: 0, subscriptions: { account: 0 } }))
})

it('calls nothing live, neither balance nor connection, when the gap after a reconnect could not be read', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const seen: (string | undefined)[] = []
  const ui = (
    <>
      <SolBalance owner={owner} data-testid="b" pollInterval={300} />
      <ConnectionStatus data-testid="status">
        {({ state }) => {
          seen.push(state)
          return state
        }}
      </ConnectionStatus>
    </>
  )
  renderApp(ui, net)
  await isLive()
  await waitFor(() => expect(balance('status')).toHaveAttribute('data-state', 'live'))
  net.faults.add({ on: 'http', do: { status: 429 } })
  net.dropSockets()
  await waitFor(() => expect(balance('status')).toHaveAttribute('data-state', 'waiting'))
  const lost = seen.length
  await waitFor(() => expect(net.stats()).toMatchObject({ wsCalls: { accountSubscribe: 2 } }))
  // A push says nothing about what was missed before it.
  net.fund(owner, 1_000_000_000n)
  await waitFor(() => expect(balance()).toHaveTextContent('2 SOL'))
  await waitFor(() => expect(net.faults.log.length).toBeGreaterThan(2))
  expect(balance()).toHaveAttribute('data-state', 'stale')
  expect(seen.slice(lost)).not.toContain('live')
  net.faults.clear()
  await isLive()
})
