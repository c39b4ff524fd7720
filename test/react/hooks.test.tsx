import { QueryClient } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import {
  type BalanceChange,
  balanceKeys,
  isLamplightError,
  LamplightError,
  type UseTokenBalanceParameters,
  useBalanceStream,
  useConnectionStatus,
  useSolBalance,
  useTokenBalance,
} from 'lamplight'
import { SolBalance, TokenBalance } from 'lamplight/components'
import type { AccountRecord } from 'lamplight/core'
import { Component, Profiler, type ReactNode } from 'react'
import { expect, it, vi } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const at = (id: string) => screen.getByTestId(id)

function Probe(parameters: UseTokenBalanceParameters & { readonly id?: string }) {
  const { id = 'p', ...rest } = parameters
  const { data, error, status, fetchStatus, freshness } = useTokenBalance(rest)
  const code = isLamplightError(error) ? error.code : ''
  return (
    <p data-testid={id} data-status={`${status}/${fetchStatus}`} data-freshness={freshness} data-code={code}>
      {data ? `${data.text} ${data.program} ${data.exists}` : error?.message}
    </p>
  )
}

it('one change renders the components that show that balance once, and no others', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const [a, b] = [newAddress(), newAddress()]
  net.setTokenBalance({ owner: a, mint, amount: 1n })
  net.setTokenBalance({ owner: b, mint, amount: 1n })
  const commits: Record<string, number> = { a1: 0, a2: 0, b: 0 }
  const counted = (id: string, owner: string) => (
    <Profiler
      id={id}
      onRender={() => {
        commits[id] = (commits[id] ?? 0) + 1
      }}
    >
      <TokenBalance owner={owner} mint={mint} data-testid={id} />
    </Profiler>
  )
  renderApp(
    <>
      {counted('a1', a)}
      {counted('a2', a)}
      {counted('b', b)}
    </>,
    net,
  )
  for (const id of ['a1', 'a2', 'b']) await waitFor(() => expect(at(id)).toHaveAttribute('data-state', 'live'))
  const before = { ...commits }
  net.setTokenBalance({ owner: a, mint, amount: 2n })
  await waitFor(() => expect(at('a2')).toHaveTextContent('2'))
  // A second change of the other account is the proof that nothing more was on its way for the first.
  net.setTokenBalance({ owner: b, mint, amount: 3n })
  await waitFor(() => expect(at('b')).toHaveTextContent('3'))
  expect(commits).toEqual({ a1: (before.a1 ?? 0) + 1, a2: (before.a2 ?? 0) + 1, b: (before.b ?? 0) + 1 })
})

it('a render of the provider renders no consumer, and changes of its inline props by value open nothing', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  let renders = 0
  const Consumer = () => {
    renders++
    return <i data-testid="c">{useSolBalance({ owner }).data?.text}</i>
  }
  const child = <Consumer />
  const queryClient = new QueryClient()
  const view = renderApp(child, net, { queryClient, heartbeat: { probeAfterMs: 9000 } })
  await waitFor(() => expect(at('c')).toHaveTextContent('0.000000001'))
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(1))
  await act(async () => {})
  const before = renders
  for (let i = 0; i < 5; i++) view.show(child)
  expect(renders).toBe(before)
  expect(net.stats().socketsOpened).toBe(1)
})

it.each([
  [
    'a text that is no address',
    { mint: 'nonsense', owner: newAddress() },
    'input/invalid-address',
    /^mint: "nonsense"/,
  ],
  ['a bad owner', { mint: newAddress(), owner: '1'.repeat(31) }, 'input/invalid-address', /^owner: .*31 bytes/],
  [
    'NaN as an interval',
    { mint: newAddress(), owner: newAddress(), pollInterval: Number.NaN },
    'input/invalid-value',
    /^pollInterval: NaN/,
  ],
])('answers %s with an error that names it, and the app lives', async (_, parameters, code, message) => {
  const net = await localnet()
  net.resetStats()
  renderApp(<Probe {...parameters} />, net)
  await waitFor(() => expect(at('p')).toHaveAttribute('data-code', code))
  expect(at('p').textContent).toMatch(message)
  expect(net.stats().httpRequests).toBe(0)
})

it('tells a mint that is not a mint by what it is instead', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const mint = net.createMint({ decimals: 0 })
  const account = net.setTokenBalance({ owner, mint, amount: 5n })
  renderApp(
    <>
      <Probe id="wallet" owner={owner} mint={owner} />
      <Probe id="none" owner={owner} mint={newAddress()} />
      <Probe id="account" owner={owner} mint={account} />
      <Probe id="good" owner={owner} mint={mint} />
    </>,
    net,
  )
  await waitFor(() => expect(at('wallet')).toHaveAttribute('data-code', 'account/not-mint'))
  await waitFor(() => expect(at('none')).toHaveTextContent('does not exist'))
  await waitFor(() => expect(at('account')).toHaveTextContent('it is a token account'))
  await waitFor(() => expect(at('good')).toHaveTextContent('5 token true'))
})

it('tells an account of the wrong size', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 0 })
  const account = net.setTokenBalance({ owner, mint, amount: 5n })
  const held = net.ledger.head(account)
  if (!held) throw new Error('no account')
  net.ledger.setAccounts([[account, { ...held, data: held.data.slice(0, 100) }]])
  renderApp(<Probe owner={owner} mint={mint} />, net)
  await waitFor(() => expect(at('p')).toHaveAttribute('data-code', 'account/not-token'))
  expect(at('p').textContent).toContain(account)
})

it.each([
  ['a wrong URL', { url: 'http://x' }, /^url: "http:\/\/x"/],
  ['no URL at all', { rpcUrl: 'nonsense' }, /^rpcUrl: "nonsense"/],
  ['NaN in an option', { heartbeat: { probeAfterMs: Number.NaN } }, /^heartbeat.probeAfterMs: NaN/],
])(
  'answers %s with an error that names it, in the status and in every hook, and the app lives',
  async (_, props, message) => {
    const net = await localnet()
    function Status() {
      const { state, lastError } = useConnectionStatus()
      return <p data-testid="s">{`${state}: ${lastError?.message}`}</p>
    }
    const ui = (
      <>
        <Status />
        <Probe owner={newAddress()} mint={newAddress()} />
      </>
    )
    renderApp(ui, net, props)
    expect(at('s').textContent).toMatch(/^failed: /)
    expect(at('s').textContent?.slice(8)).toMatch(message)
    await waitFor(() => expect(at('p').textContent).toMatch(message))
  },
)

it('asks for nothing when it is given null, and starts when it gets an address', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 1 })
  net.setTokenBalance({ owner, mint, amount: 15n })
  net.resetStats()
  const view = renderApp(<Probe owner={null} mint={mint} />, net)
  await act(async () => {})
  expect(at('p')).toHaveAttribute('data-status', 'pending/idle')
  expect(net.stats()).toMatchObject({ httpRequests: 0, socketsOpened: 0 })
  view.show(<Probe owner={owner} mint={mint} />)
  await waitFor(() => expect(at('p')).toHaveTextContent('1.5 token true'))
})

it('moves to another owner without showing the old amount for it', async () => {
  const net = await localnet()
  const [a, b] = [newAddress(), newAddress()]
  const mint = net.createMint({ decimals: 0 })
  net.setTokenBalance({ owner: a, mint, amount: 11n })
  net.setTokenBalance({ owner: b, mint, amount: 22n })
  const seen: string[] = []
  function Show({ owner }: { owner: string }) {
    const { data } = useTokenBalance({ owner, mint })
    seen.push(`${owner === a ? 'a' : 'b'}:${data?.text}`)
    return <p data-testid="s">{data?.text}</p>
  }
  const view = renderApp(<Show owner={a} />, net)
  await waitFor(() => expect(at('s')).toHaveTextContent('11'))
  view.show(<Show owner={b} />)
  await waitFor(() => expect(at('s')).toHaveTextContent('22'))
  expect(seen).not.toContain('b:11')
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(1), { timeout: 5000 })
})

it("passes TanStack's options through, with its own select", async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 3n)
  function Lamports() {
    const { data } = useSolBalance({ owner, query: { select: ({ lamports }) => lamports + 1n } })
    return <p data-testid="l">{String(data)}</p>
  }
  renderApp(<Lamports />, net)
  await waitFor(() => expect(at('l')).toHaveTextContent('4'))
})

it('takes a value for fresh for as long as its own staleTime says', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 3n)
  const Lamports = ({ staleTime, id }: { staleTime: number; id: string }) => {
    const { data } = useSolBalance({ owner, stream: false, pollInterval: false, query: { staleTime } })
    return <p data-testid={id}>{String(data?.lamports)}</p>
  }
  const view = renderApp(<Lamports key="a" id="a" staleTime={30_000} />, net, { url: false })
  await waitFor(() => expect(at('a')).toHaveTextContent('3'))
  net.fund(owner, 1n)
  net.resetStats()
  view.show(<Lamports key="b" id="b" staleTime={30_000} />)
  expect(at('b')).toHaveTextContent('3')
  await new Promise((resume) => setTimeout(resume, 3200))
  view.show(<Lamports key="c" id="c" staleTime={30_000} />)
  expect(at('c')).toHaveTextContent('3')
  await act(async () => {})
  expect(net.stats().httpRequests).toBe(0)
  view.show(<Lamports key="d" id="d" staleTime={0} />)
  await waitFor(() => expect(at('d')).toHaveTextContent('4'))
})

it('polls at its interval when there is no socket', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  renderApp(<SolBalance owner={owner} pollInterval={300} data-testid="b" />, net, { url: false })
  await waitFor(() => expect(at('b')).toHaveAttribute('data-state', 'polling'))
  net.fund(owner, 1_000_000_000n)
  await waitFor(() => expect(at('b')).toHaveTextContent('2 SOL'))
  expect(net.stats().socketsOpened).toBe(0)
})

it('tells each accepted change with what was, what is and why', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 0, program: 'token-2022' })
  net.setTokenBalance({ owner, mint, amount: 5n })
  const changes: BalanceChange[] = []
  function Listener() {
    const { state, subscribed, lastSlot } = useBalanceStream({
      targets: [{ owner, mint }, { owner }],
      onChange: (change) => changes.push(change),
    })
    return <p data-testid="s">{`${state} ${subscribed} ${lastSlot !== null}`}</p>
  }
  const { queryClient } = renderApp(<Listener />, net)
  const held = () => queryClient.getQueriesData<AccountRecord>({ queryKey: balanceKeys.all }).map(([, data]) => data)
  await waitFor(() => expect(held().map((data) => data?.token?.amount)).toContain(5n))
  await waitFor(() => expect(held().map((data) => data?.address)).toContain(owner))
  await waitFor(() => expect(at('s')).toHaveTextContent('live 2 false'))
  net.setTokenBalance({ owner, mint, amount: 3n })
  await waitFor(() => expect(at('s')).toHaveTextContent('live 2 true'))
  // What was there when it began to listen did not change.
  expect(changes).toHaveLength(1)
  expect(changes[0]).toMatchObject({ previous: 5n, next: 3n, delta: -2n, reason: 'stream', target: { owner, mint } })
  net.fund(owner, 10n)
  await waitFor(() => expect(changes).toHaveLength(2))
  expect(changes[1]).toMatchObject({ previous: 0n, next: 10n, delta: 10n, target: { owner } })
})

it('tells first values where they are asked for, as such', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 0 })
  net.setTokenBalance({ owner, mint, amount: 5n })
  const changes: BalanceChange[] = []
  function Listener() {
    const targets = [{ owner, mint }, { owner }]
    useBalanceStream({ targets, onChange: (change) => changes.push(change), includeFirst: true })
    return null
  }
  renderApp(<Listener />, net)
  await waitFor(() => expect(changes).toHaveLength(2))
  for (const change of changes) expect(change).toMatchObject({ previous: null, delta: 0n })
  expect(changes.map(({ next }) => next).sort()).toEqual([0n, 5n])
})

it('names the hook and the provider when the provider is missing', () => {
  class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
    override state: { error?: Error } = {}
    static getDerivedStateFromError = (error: Error) => ({ error })
    override render() {
      const { error } = this.state
      return error ? `${error instanceof LamplightError} ${error.message}` : this.props.children
    }
  }
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { container } = render(
    <Boundary>
      <Probe owner={null} mint={null} />
    </Boundary>,
  )
  quiet.mockRestore()
  expect(container).toHaveTextContent('true useTokenBalance needs a <WebSocketProvider> above it.')
})

it('does not log about a wallet provider that the app does not have', async () => {
  const net = await localnet()
  const logged = vi.spyOn(console, 'error')
  renderApp(<SolBalance data-testid="b" />, net)
  await act(async () => {})
  expect(at('b')).toHaveAttribute('data-state', 'idle')
  expect(logged).not.toHaveBeenCalled()
})

it('recovers by itself when the mint could not be read at first, also for Token-2022', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 0, program: 'token-2022' })
  net.setTokenBalance({ owner, mint, amount: 8n })
  net.faults.add({ on: 'http', do: { status: 503 } })
  renderApp(<TokenBalance owner={owner} mint={mint} pollInterval={250} data-testid="b" />, net, {
    queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }),
  })
  await waitFor(() => expect(at('b')).toHaveAttribute('data-state', 'error'))
  net.faults.clear()
  await waitFor(() => expect(at('b')).toHaveAttribute('data-state', 'live'), { timeout: 5000 })
  expect(at('b')).toHaveTextContent('8')
  net.setTokenBalance({ owner, mint, amount: 9n })
  await waitFor(() => expect(at('b')).toHaveTextContent('9'))
})
