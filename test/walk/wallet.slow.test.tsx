import { TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, unpackAccount, unpackMint } from '@solana/spl-token'
import { Connection, PublicKey } from '@solana/web3.js'
import { QueryClient } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import { type UseTokenBalancesParameters, type UseTokenBalancesReturnType, useWalletTokens } from 'lamplight'
import { TokenBalance } from 'lamplight/components'
import type { Localnet } from 'lamplight-localnet'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

/** Shows a wallet as rows, and keeps every result it was given. */
function shownWallet() {
  const results: UseTokenBalancesReturnType[] = []
  function Wallet(props: UseTokenBalancesParameters) {
    const result = useWalletTokens(props)
    const { data, freshness, incomplete, status } = result
    results.push({ ...result })
    return (
      <ul data-testid="w" data-state={freshness} data-status={status} data-incomplete={incomplete.join()}>
        {data?.map(({ mint, text }) => (
          <li key={mint}>{`${mint} ${text}`}</li>
        ))}
      </ul>
    )
  }
  return { Wallet, results }
}
const wallet = () => screen.getByTestId('w')
const isLive = () => waitFor(() => expect(wallet()).toHaveAttribute('data-state', 'live'), { timeout: 5000 })
const rows = () => [...wallet().querySelectorAll('li')].map((row) => row.textContent)

/** Gives an owner some of each of many mints, half of them of each program; what the second half of a program has is decimal. */
function fill(net: Localnet, owner: string, count: number): Map<string, bigint> {
  const amounts = new Map<string, bigint>()
  for (let i = 0; i < count; i++) {
    const mint = net.createMint({ decimals: i % 10, program: i % 2 ? 'token-2022' : 'token' })
    const amount = BigInt(i + 1) * 123_457n
    net.setTokenBalance({ owner, mint, amount })
    amounts.set(mint, amount)
  }
  return amounts
}

it('shows 500 tokens of both programs after 2 lists and their mints in 5 requests, with the amounts that spl-token reads', async () => {
  const net = await localnet()
  const owner = newAddress()
  const amounts = fill(net, owner, 500)
  net.resetStats()
  const { Wallet, results } = shownWallet()
  renderApp(<Wallet owner={owner} />, net)
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(500))
  expect(net.stats()).toMatchObject({
    httpRequests: 2 + 5,
    requests: { getTokenAccountsByOwner: 2, getMultipleAccounts: 5 },
    accountsRead: 500,
    socketsOpened: 1,
    subscriptions: { program: 2, account: 1 },
  })
  // Nothing was shown before all of it could be.
  const lengths = new Set(results.map(({ data }) => data?.length))
  expect([...lengths]).toEqual([undefined, 500])

  const connection = new Connection(net.rpcUrl)
  const data = results.at(-1)?.data ?? []
  const shown = new Map(data.map((balance) => [balance.mint as string, balance]))
  expect(new Map(data.map(({ mint, amount }) => [mint, amount]))).toEqual(amounts)
  for (const programId of [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID]) {
    const { value } = await connection.getTokenAccountsByOwner(new PublicKey(owner), { programId })
    const read = value.map(({ pubkey, account }) => unpackAccount(pubkey, account, programId))
    expect(read).toHaveLength(250)
    for (const { address, mint, amount } of read)
      expect(shown.get(mint.toBase58())?.accounts).toMatchObject([{ address: address.toBase58(), amount }])
    const [first] = read as [(typeof read)[number]]
    const balance = shown.get(first.mint.toBase58())
    const info = await connection.getAccountInfo(first.mint)
    expect(balance?.decimals).toBe(unpackMint(first.mint, info, programId).decimals)
    expect(balance?.accounts[0]?.associated).toBe(true)
  }
}, 30_000)

it('shows a token that is received for the first time, of either program, without listing again', async () => {
  const net = await localnet()
  const owner = newAddress()
  fill(net, owner, 4)
  const { Wallet } = shownWallet()
  renderApp(<Wallet owner={owner} />, net)
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(4))
  net.resetStats()
  for (const program of ['token', 'token-2022'] as const) {
    const mint = net.createMint({ decimals: 2, program })
    net.setTokenBalance({ owner, mint, amount: 12_345n })
    await waitFor(() => expect(rows()).toContain(`${mint} 123.45`))
  }
  expect(net.stats().requests).toEqual({ getMultipleAccounts: 2 })
  expect(net.stats().accountsRead).toBe(2)
  expect(wallet()).toHaveAttribute('data-state', 'live')
  expect(rows()).toHaveLength(6)
  expect(rows()).toEqual([...rows()].sort())
})

it('renders once for one change of many accounts, and never for what somebody else does', async () => {
  const net = await localnet()
  const [owner, other] = [newAddress(), newAddress()]
  const amounts = fill(net, owner, 200)
  const { Wallet, results } = shownWallet()
  renderApp(<Wallet owner={owner} />, net)
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(200))
  const [mint] = [...amounts.keys()] as [string]
  const before = results.length
  const listed = results.at(-1)?.data ?? []
  net.setTokenBalance({ owner: other, mint, amount: 5n })
  net.setTokenBalance({ owner, mint, amount: 7n })
  await waitFor(() => expect(rows()).toContain(`${mint} 7`))
  // StrictMode renders each time twice.
  expect(results.length - before).toBe(2)
  const now = results.at(-1)?.data ?? []
  expect(now.filter((balance, i) => balance !== listed[i]).map((balance) => balance.mint)).toEqual([mint])
})

it('says that it is not whole when one program could not be listed, and becomes whole by itself', async () => {
  const net = await localnet()
  const owner = newAddress()
  fill(net, owner, 4)
  const { Wallet } = shownWallet()
  const fault = { on: 'http', method: 'getTokenAccountsByOwner', skip: 1 } as const
  const stop = net.faults.add({ ...fault, do: { error: { code: -32603, message: 'Internal error' } } })
  renderApp(<Wallet owner={owner} pollInterval={300} />, net, { url: false })
  await waitFor(() => expect(rows()).toHaveLength(2))
  expect(wallet()).toHaveAttribute('data-incomplete', 'token-2022')
  expect(wallet()).toHaveAttribute('data-state', 'stale')
  stop()
  await waitFor(() => expect(wallet()).toHaveAttribute('data-incomplete', ''))
  await waitFor(() => expect(rows()).toHaveLength(4))
  expect(wallet()).toHaveAttribute('data-state', 'polling')
})

it('keeps what it shows when both lists fail, and says so', async () => {
  const net = await localnet()
  const owner = newAddress()
  fill(net, owner, 2)
  const { Wallet, results } = shownWallet()
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  renderApp(<Wallet owner={owner} pollInterval={300} />, net, { url: false, queryClient })
  await waitFor(() => expect(rows()).toHaveLength(2))
  net.faults.add({ on: 'http', do: { error: { code: -32603, message: 'Internal error' } } })
  await waitFor(() => expect(wallet()).toHaveAttribute('data-status', 'error'))
  expect(wallet()).toHaveAttribute('data-incomplete', 'token,token-2022')
  expect(wallet()).toHaveAttribute('data-state', 'stale')
  expect(rows()).toHaveLength(2)
  expect(results.at(-1)?.error?.code).toBe('rpc/refused')
})

it('shows what came and what left while the socket was down', async () => {
  const net = await localnet()
  const owner = newAddress()
  const [first] = [...fill(net, owner, 2).keys()] as [string]
  const { Wallet } = shownWallet()
  renderApp(<Wallet owner={owner} />, net)
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(2))
  net.dropSockets()
  const mint = net.createMint({ decimals: 0 })
  net.setTokenBalance({ owner, mint, amount: 9n })
  net.setTokenBalance({ owner, mint: first, amount: 0n })
  await waitFor(() => expect(wallet()).not.toHaveAttribute('data-state', 'live'))
  await waitFor(() => expect(rows()).toContain(`${mint} 9`), { timeout: 5000 })
  await isLive()
  expect(rows().some((row) => row?.startsWith(first))).toBe(false)
  expect(net.stats().subscriptions).toMatchObject({ program: 2, account: 1 })
})

it('goes without the subscription where the node refuses it: accounts one by one, new ones by activity and by polls', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1_000_000_000n)
  const [first] = [...fill(net, owner, 4).keys()] as [string]
  const refusal = { error: { code: -32601, message: 'Method not found' } }
  net.faults.add({ on: 'wsCall', method: 'programSubscribe', do: refusal })
  const { Wallet } = shownWallet()
  renderApp(<Wallet owner={owner} pollInterval={60_000} />, net)
  await waitFor(() => expect(rows()).toHaveLength(4))
  await waitFor(() => expect(net.stats().subscriptions).toMatchObject({ program: 0, account: 5 }))
  // Its amounts are pushed; that there is no other token, nobody says.
  expect(wallet()).not.toHaveAttribute('data-state', 'live')
  net.setTokenBalance({ owner, mint: first, amount: 3n })
  await waitFor(() => expect(rows()).toContain(`${first} 3`))
  const mint = net.createMint({ decimals: 0 })
  net.setTokenBalance({ owner, mint, amount: 9n })
  net.fund(owner, 1n)
  await waitFor(() => expect(rows()).toContain(`${mint} 9`), { timeout: 5000 })
})

it('lets go of everything at the end, and forgets no balance that it shows', async () => {
  const net = await localnet()
  const owner = newAddress()
  fill(net, owner, 6)
  const { Wallet } = shownWallet()
  const queryClient = new QueryClient({ defaultOptions: { queries: { gcTime: 50 } } })
  const view = renderApp(<Wallet owner={owner} />, net, { queryClient })
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(6))
  await new Promise((resume) => setTimeout(resume, 200))
  expect(rows()).toHaveLength(6)
  view.unmount()
  await waitFor(() => expect(net.stats()).toMatchObject({ sockets: 0, subscriptions: { program: 0, account: 0 } }))
  const left = queryClient.getQueryCache().getAll()
  expect(left.every((query) => query.getObserversCount() === 0)).toBe(true)
})

it('writes what goes by the time and what somebody can change as one balance of it does', async () => {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 6, interestBps: 500 })
  net.setTokenBalance({ owner, mint, amount: 1_000_000_000_000n })
  net.setTokenBalance({ owner, mint: net.createMint({ uiMultiplier: 3, decimals: 0 }), amount: 5n })
  net.warp({ seconds: 30_000_000 })
  const { Wallet, results } = shownWallet()
  renderApp(
    <>
      <Wallet owner={owner} />
      <TokenBalance owner={owner} mint={mint} format={{ grouping: false }} data-testid="one" />
    </>,
    net,
  )
  await isLive()
  await waitFor(() => expect(screen.getByTestId('one')).toHaveAttribute('data-state', 'live'))
  const one = () => screen.getByTestId('one').textContent
  await waitFor(() => expect(rows()).toContain(`${mint} ${one()}`))
  expect(Number(one())).toBeGreaterThan(1_040_000)
  expect(rows().map((row) => row?.split(' ')[1])).toContain('15')
  // A wallet of one program only is not shown as empty meanwhile.
  expect(new Set(results.map(({ data }) => data?.length))).toEqual(new Set([undefined, 2]))
})
