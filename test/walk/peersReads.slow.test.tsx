import { Connection, Keypair, PublicKey, SystemProgram, Transaction } from '@solana/web3.js'
import { QueryClient } from '@tanstack/react-query'
import { act, screen, waitFor } from '@testing-library/react'
import { balanceKeys, useSolBalance, useTokenBalance } from 'lamplight'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const SOL = 1_000_000_000n
const at = (id = 'b') => screen.getByTestId(id)
const isIn = (state: string, id = 'b') => waitFor(() => expect(at(id)).toHaveAttribute('data-state', state))
const shows = (text: string, id = 'b') => waitFor(() => expect(at(id)).toHaveTextContent(text))
const noRetries = () => new QueryClient({ defaultOptions: { queries: { retry: false } } })

it.each([
  ['while it polls', { url: false as const }],
  ['while it streams', {}],
])('M5 waits as long as Retry-After says, and ten reads share each attempt, %s', async (_, props) => {
  const net = await localnet()
  const owners = Array.from({ length: 10 }, newAddress)
  for (const owner of owners) net.fund(owner, SOL)
  net.resetStats()
  net.faults.add({ on: 'http', times: 2, do: { status: 429, retryAfter: 1 } })
  const askedAt: number[] = []
  const fetch: typeof globalThis.fetch = (...args) => {
    askedAt.push(performance.now())
    return globalThis.fetch(...args)
  }
  renderApp(
    owners.map((owner, i) => <SolBalance key={owner} owner={owner} data-testid={`b${i}`} />),
    net,
    { ...props, fetch },
  )
  for (let i = 0; i < 10; i++) await shows('1 SOL', `b${i}`)
  expect(net.stats().httpRequests).toBe(3)
  const waits = askedAt.slice(1).map((time, i) => time - (askedAt[i] ?? 0))
  // Timers may fire a hair early by another clock.
  expect(waits.filter((ms) => ms < 990)).toEqual([])
})

it.each(['token', 'token-2022'] as const)('M8 keeps the amount of a %s account through a 429', async (program) => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 0, program })
  net.setTokenBalance({ owner, mint, amount: 77n })
  const seen = new Set<string>()
  function Held() {
    const { data, status, error } = useTokenBalance({ owner, mint, stream: false, pollInterval: false })
    if (data) seen.add(`${data.amount} ${data.exists}`)
    return (
      <p data-testid="b" data-state={status}>
        {`${data?.amount} ${error?.code ?? 'fine'}`}
      </p>
    )
  }
  const { queryClient } = renderApp(<Held />, net, { url: false, queryClient: noRetries() })
  await shows('77 fine')
  net.faults.add({ on: 'http', do: { status: 429, retryAfter: 1 } })
  await act(() => queryClient.refetchQueries({ queryKey: balanceKeys.all }))
  await shows('77 rpc/rate-limited')
  expect(at()).toHaveAttribute('data-state', 'error')
  expect([...seen]).toEqual(['77 true'])
})

it('M9 shows a Token-2022 balance without being told the program', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 2, program: 'token-2022' })
  net.setTokenBalance({ owner, mint, amount: 1234n })
  const seen = new Set<string>()
  renderApp(
    <TokenBalance owner={owner} mint={mint} data-testid="b">
      {({ data }, state) => {
        if (data) seen.add(data.text)
        return `${data?.text} ${data?.program} ${state}`
      }}
    </TokenBalance>,
    net,
  )
  await shows('12.34 token-2022 live')
  net.setTokenBalance({ owner, mint, amount: 1n })
  await shows('0.01 token-2022 live')
  expect([...seen]).toEqual(['12.34', '0.01'])
})

it('M10 keeps slot 9000 when a read answers with slot 8000', async () => {
  const net = await localnet({ automine: false, slotMs: Infinity })
  const lagging = await net.node({ behind: 1000 })
  const owner = newAddress()
  net.fund(owner, 8n)
  net.tick(2000)
  const { queryClient } = renderApp(<SolBalance owner={owner} data-testid="b" />, {
    rpcUrl: lagging.rpcUrl,
    wsUrl: net.wsUrl,
  })
  await shows('0.000000008 SOL')
  net.fund(owner, 1n)
  net.tick(2)
  await shows('0.000000009 SOL')
  await isIn('live')
  const reads = lagging.stats().httpRequests
  await act(() => queryClient.refetchQueries({ queryKey: balanceKeys.all }))
  expect(lagging.stats().httpRequests).toBeGreaterThan(reads)
  await act(async () => {})
  expect(at()).toHaveTextContent('0.000000009 SOL')
})

it.each([
  [50, 1],
  [120, 2],
])('M13 reads %i token balances of one mint in ceil((N + 1) / 100) requests', async (count, requests) => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const owners = Array.from({ length: count }, newAddress)
  owners.forEach((owner, i) => void net.setTokenBalance({ owner, mint, amount: BigInt(i + 1) }))
  net.resetStats()
  renderApp(
    owners.map((owner, i) => <TokenBalance key={owner} owner={owner} mint={mint} data-testid={`b${i}`} />),
    net,
  )
  await waitFor(() => owners.forEach((_, i) => void expect(at(`b${i}`)).toHaveAttribute('data-state', 'live')))
  owners.forEach((_, i) => void expect(at(`b${i}`)).toHaveTextContent(String(i + 1)))
  expect(net.stats()).toMatchObject({ httpRequests: requests, accountsRead: count + 1 })
})

it('M15 asks the node when told to invalidate, and at a refetch interval, and moves no time otherwise', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, SOL)
  let interval: number | false = false
  function Held() {
    const { data, dataUpdatedAt } = useSolBalance({ owner, query: { refetchInterval: interval } })
    return (
      <p data-testid="b" data-at={dataUpdatedAt}>
        {data?.text}
      </p>
    )
  }
  const view = renderApp(<Held />, net, { queryClient: noRetries() })
  await shows('1')
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(1))
  const before = net.stats().httpRequests
  const updatedAt = () =>
    view.queryClient.getQueryCache().findAll({ queryKey: balanceKeys.all })[0]?.state.dataUpdatedAt
  await act(() => view.queryClient.invalidateQueries({ queryKey: balanceKeys.all }))
  expect(net.stats().httpRequests).toBe(before + 1)
  const answeredAt = updatedAt()
  await waitFor(() => expect(at()).toHaveAttribute('data-at', String(answeredAt)))
  net.faults.add({ on: 'http', do: { status: 503 } })
  await act(() => view.queryClient.invalidateQueries({ queryKey: balanceKeys.all }))
  expect(net.stats().httpRequests).toBe(before + 2)
  expect(updatedAt()).toBe(answeredAt)
  net.faults.clear()
  interval = 100
  view.show(<Held />)
  await waitFor(() => expect(net.stats().httpRequests).toBeGreaterThan(before + 4))
})

it('M21 takes a missing account for an answer, not for an error', async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  const owner = newAddress()
  const errors: unknown[] = []
  function Held() {
    const { data, isError, isSuccess, error } = useTokenBalance({ owner, mint })
    if (error) errors.push(error)
    return <p data-testid="b">{data && `${isSuccess} ${isError} ${data.exists} ${data.amount}`}</p>
  }
  renderApp(<Held />, net)
  await shows('true false false 0')
  net.setTokenBalance({ owner, mint, amount: 3n })
  await shows('true false true 3')
  expect(errors).toEqual([])
})

it('M22 shows both sides of a transaction without anything being invalidated or read', async () => {
  const net = await localnet()
  const payer = Keypair.generate()
  const to = newAddress()
  net.fund(payer.publicKey, 10n * SOL)
  net.fund(to, SOL)
  renderApp(
    <>
      <SolBalance owner={payer.publicKey} data-testid="from" />
      <SolBalance owner={to} data-testid="to" />
    </>,
    net,
  )
  await isIn('live', 'from')
  await isIn('live', 'to')
  const reads = () => net.stats().requests.getMultipleAccounts ?? 0
  const before = reads()
  const connection = new Connection(net.rpcUrl, { commitment: 'confirmed', disableRetryOnRateLimit: true })
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
  const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(
    SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: new PublicKey(to), lamports: 2_000_000_000 }),
  )
  transaction.sign(payer)
  await connection.sendRawTransaction(transaction.serialize())
  await shows('3 SOL', 'to')
  await shows('7.999995 SOL', 'from')
  expect(reads()).toBe(before)
  expect(before).toBe(1)
})
