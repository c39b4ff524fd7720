import { ConnectionProvider, WalletProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import { useConnectionStatus, useSolBalance, WebSocketProvider } from 'lamplight'
import { SolBalance } from 'lamplight/components'
import type { ReactNode } from 'react'
import { expect, it } from 'vitest'
import { createSocketTally } from '../faults/socketTally.js'
import { Connection, createTruth, type UpdateSource, Witness } from '../faults/witness.js'
import { renderApp, webSocket } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const at = (id = 'b') => screen.getByTestId(id)
const isIn = (state: string, id = 'b') => waitFor(() => expect(at(id)).toHaveAttribute('data-state', state))
const shows = (text: string, id = 'b') => waitFor(() => expect(at(id)).toHaveTextContent(text))

type Props = Parameters<typeof renderApp>[2] & { readonly pollInterval?: number }

async function fundedApp({ pollInterval = 60_000, ...props }: Props = {}) {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const sightings: UpdateSource[] = []
  const truth = createTruth(1n)
  const ui = (
    <>
      <Witness owner={owner} sightings={sightings} id="b" pollInterval={pollInterval} />
      <Connection />
    </>
  )
  const view = renderApp(ui, net, props)
  await isIn('live')
  const add = (lamports: bigint, total: bigint) => {
    net.fund(owner, lamports)
    truth.now(total)
  }
  return { net, owner, sightings, truth, add, ...view }
}

it.each([
  ['M1 subscribes again and shows later changes after the server closed with 1000', 1000],
  ['M11 subscribes again and shows later changes after the socket was terminated', undefined],
])('%s', async (_, code) => {
  const { net, add, sightings, truth } = await fundedApp()
  net.dropSockets(code)
  await waitFor(() => expect(at()).not.toHaveAttribute('data-state', 'live'))
  await isIn('live')
  expect(net.stats()).toMatchObject({ socketsOpened: 2, sockets: 1, subscriptions: { account: 1 } })
  const reads = net.stats().httpRequests
  add(4n, 5n)
  await shows('5')
  expect(at()).toHaveAttribute('data-state', 'live')
  // Pushed, not polled.
  expect(net.stats().httpRequests).toBe(reads)
  expect(truth.wrongIn(sightings, 2000)).toEqual([])
})

it('M2 shows what changed while the socket was down, and says when it tries again', async () => {
  const { net, add, sightings, truth } = await fundedApp()
  net.dropSockets()
  await isIn('waiting', 'connection')
  const retryInMs = Number(at('connection').dataset.retry) - Date.now()
  expect(retryInMs).toBeLessThanOrEqual(1000)
  add(8n, 9n)
  await shows('9')
  await isIn('live')
  expect(truth.wrongIn(sightings, 0)).toEqual([])
})

it('M3 notices a half-open socket, reads meanwhile, and is live again on another one', async () => {
  const heartbeat = { probeAfterMs: 300, suspectAfterMs: 200, deadAfterMs: 1200 }
  const { net, add, sightings, truth } = await fundedApp({ heartbeat, pollInterval: 300 })
  net.pauseSockets()
  add(1n, 2n)
  await isIn('suspect', 'connection')
  await shows('2')
  expect(at()).toHaveAttribute('data-state', 'polling')
  await isIn('live', 'connection')
  await isIn('live')
  expect(net.stats().socketsOpened).toBe(2)
  add(1n, 3n)
  await shows('3')
  expect(truth.wrongIn(sightings, 3000)).toEqual([])
})

it.each([
  ['M4 keeps the newer of two pushes when they come in the wrong order'],
  ['M17 counts the slot, not the order of arrival, as the best of the peers does'],
])('%s', async (title) => {
  const tally = createSocketTally()
  const { net, add, sightings } = await fundedApp({ webSocket: tally.webSocket })
  net.faults.add({ on: 'notification', times: 1, do: { delayMs: 250 } })
  add(1n, 2n)
  add(1n, 3n)
  if (title.startsWith('M17')) add(1n, 4n)
  const newest = title.startsWith('M17') ? 4n : 3n
  await shows(String(newest))
  await waitFor(() => expect(tally.notified()).toBe(Number(newest) - 1))
  // A change of now comes after the late one on the same socket: what the late one did would be on screen.
  add(1n, newest + 1n)
  await shows(String(newest + 1n))
  const shown = sightings.flatMap(({ lamports }) => lamports ?? [])
  expect(shown).toEqual([...shown].sort((a, b) => Number(a - b)))
  expect(shown).not.toContain(2n)
})

function Counter({ owner, count }: { readonly owner: string; readonly count: () => void }) {
  count()
  const state = useConnectionStatus((status) => status.state)
  return (
    <p data-testid="b" data-state={state}>
      {useSolBalance({ owner }).data?.text}
    </p>
  )
}

it.each([
  [
    'M6 five renders of a parent with an unstable ConnectionProvider open no socket and render no consumer',
    (endpoint: string, children: ReactNode) => (
      <ConnectionProvider endpoint={endpoint} config={{ commitment: 'confirmed' }}>
        {children}
      </ConnectionProvider>
    ),
  ],
  [
    'M7 five renders of a parent with an unstable WalletProvider open no socket and render no consumer',
    (endpoint: string, children: ReactNode) => (
      <ConnectionProvider endpoint={endpoint}>
        <WalletProvider wallets={[]} onError={() => {}} localStorageKey="lamplight-m7">
          {children}
        </WalletProvider>
      </ConnectionProvider>
    ),
  ],
])('%s', async (_, wrap) => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const queryClient = new QueryClient()
  let renders = 0
  const consumer = <Counter owner={owner} count={() => renders++} />
  const page = () => (
    <QueryClientProvider client={queryClient}>
      {wrap(
        net.rpcUrl,
        <WebSocketProvider url={net.wsUrl} webSocket={webSocket} heartbeat={{ probeAfterMs: 9000 }}>
          {consumer}
        </WebSocketProvider>,
      )}
    </QueryClientProvider>
  )
  const view = render(page())
  await shows('1')
  await isIn('live')
  await act(async () => {})
  const before = { renders, reads: net.stats().httpRequests }
  for (let i = 0; i < 5; i++) view.rerender(page())
  expect(renders).toBe(before.renders)
  net.fund(owner, 1_000_000_000n)
  await shows('2')
  expect(net.stats()).toMatchObject({ socketsOpened: 1, httpRequests: before.reads })
})

it('M12 never shows the other cluster’s amount after a switch', async () => {
  const [a, b] = [await localnet(), await localnet()]
  const owner = newAddress()
  a.fund(owner, 11n)
  b.fund(owner, 22n)
  let current = 'a'
  const seen = new Set<string>()
  function Seen() {
    const { data } = useSolBalance({ owner })
    seen.add(`${current}:${data?.lamports}`)
    return <p data-testid="b">{String(data?.lamports)}</p>
  }
  const queryClient = new QueryClient()
  const page = (net: typeof a) => (
    <QueryClientProvider client={queryClient}>
      <ConnectionProvider endpoint={net.rpcUrl}>
        <WebSocketProvider url={net.wsUrl} webSocket={webSocket}>
          <Seen />
        </WebSocketProvider>
      </ConnectionProvider>
    </QueryClientProvider>
  )
  const view = render(page(a))
  await shows('11')
  current = 'b'
  view.rerender(page(b))
  await shows('22')
  await waitFor(() => expect(a.stats()).toMatchObject({ sockets: 0, subscriptions: { account: 0 } }))
  a.fund(owner, 100n)
  b.fund(owner, 100n)
  await shows('122')
  expect([...seen].filter((each) => /^a:(?!11$|undefined)|^b:(?!22$|122$|undefined)/.test(each))).toEqual([])
})

it('M14 never goes back to an earlier value when it reconnects', async () => {
  const { net, add, sightings } = await fundedApp()
  add(1n, 2n)
  await shows('2')
  for (const code of [1000, undefined]) {
    const { socketsOpened } = net.stats()
    net.dropSockets(code)
    await waitFor(() => expect(net.stats()).toMatchObject({ socketsOpened: socketsOpened + 1, sockets: 1 }))
    await isIn('live')
  }
  const shown = sightings.flatMap(({ lamports }) => lamports ?? [])
  expect(shown.slice(shown.indexOf(2n)).every((lamports) => lamports === 2n)).toBe(true)
})

it.each([
  ['terminated', undefined],
  ['closed with 1000', 1000],
])('M18 is never called live without a subscription, after the socket was %s', async (_, code) => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const subscribedWhenLive: number[] = []
  const ui = (
    <SolBalance owner={owner} data-testid="b">
      {({ data }, state) => {
        if (state === 'live') subscribedWhenLive.push(net.stats().subscriptions.account)
        return data?.text
      }}
    </SolBalance>
  )
  renderApp(ui, net)
  await isIn('live')
  net.dropSockets(code)
  await waitFor(() => expect(at()).not.toHaveAttribute('data-state', 'live'))
  await isIn('live')
  expect(subscribedWhenLive.filter((count) => count !== 1)).toEqual([])
  expect(net.stats().subscriptions.account).toBe(1)
})
