import { keepPreviousData, QueryClient, type QueryClientConfig, useQuery, useQueryClient } from '@tanstack/react-query'
import { act, screen, waitFor } from '@testing-library/react'
import { balanceKeys, useBalanceClient, useBalances, useSolBalance, useTokenBalance, useWalletTokens } from 'lamplight'
import { type AccountRecord, address, solBalanceOptions, tokenBalanceOptions } from 'lamplight/core'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

type Defaults = NonNullable<NonNullable<QueryClientConfig['defaultOptions']>['queries']>
const LIE = { kind: 'account', lamports: 999n, token: { amount: 999n }, exists: true } as const
/** Each would change what our entries mean, or keep hooks from being told. */
const hostile: Readonly<Record<string, Defaults>> = {
  'placeholderData: keepPreviousData': { placeholderData: keepPreviousData as never },
  'a placeholder of another shape': { placeholderData: LIE as never },
  initialData: { initialData: LIE as never, initialDataUpdatedAt: () => Date.now() },
  select: { select: () => ({ lamports: 999n, amount: 999n, text: '999' }) } as object,
  persister: { persister: (async () => LIE) as never },
  'structuralSharing: false': { structuralSharing: false },
  'structuralSharing that keeps the first': { structuralSharing: (before, now) => before ?? now },
  subscribed: { subscribed: false } as object,
  enabled: { enabled: false },
  'staleTime: static': { staleTime: 'static' },
  queryFn: { queryFn: async () => LIE },
  queryKeyHashFn: { queryKeyHashFn: (key) => `all-${key[0]}` },
  'networkMode and retries': { networkMode: 'offlineFirst', retryOnMount: false },
  'notifyOnChangeProps: none': { notifyOnChangeProps: [] },
  'gcTime: 0': { gcTime: 0 },
  'no refetch': { refetchOnMount: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
}
/** Where an app says so: when it makes its client, before ours is made, or at any time after it. */
const places: Readonly<Record<string, (defaults: Defaults) => QueryClient>> = {
  'of its client': (queries) => new QueryClient({ defaultOptions: { queries } }),
  'of our keys': (queries) => {
    const queryClient = new QueryClient()
    queryClient.setQueryDefaults(balanceKeys.all, queries)
    return queryClient
  },
}

/** Every pair of owner and amount that was rendered. */
const drawn: string[] = []
const note = (id: string, text: string) => {
  drawn.push(`${id} ${text}`)
  return <p data-testid={id}>{text}</p>
}
function All({ owner, mint }: { readonly owner: string; readonly mint: string }) {
  const client = useBalanceClient()
  const sol = useSolBalance({ owner })
  const token = useTokenBalance({ owner, mint })
  const { results } = useBalances({ targets: [{ owner }, { owner, mint }] })
  const list = useWalletTokens({ owner })
  const ofSol = useQuery(solBalanceOptions(client, { owner }))
  const ofToken = useQuery(tokenBalanceOptions(client, { owner, mint }))
  const whose = owner.slice(0, 4)
  return (
    <>
      {note('sol', `${whose} ${sol.data?.lamports} ${sol.freshness}`)}
      {note('token', `${whose} ${token.data?.amount} ${token.freshness}`)}
      {note('many', `${whose} ${results[0].data?.lamports} ${results[1].data?.amount} ${results[0].freshness}`)}
      {note('list', `${whose} ${list.data?.map(({ amount }) => amount)} ${list.freshness}`)}
      {note('options', `${whose} ${ofSol.data?.lamports} ${ofToken.data?.amount}`)}
    </>
  )
}

async function walk(queryClient: QueryClient, meanwhile = () => {}) {
  const net = await localnet()
  const [a, b, mint] = [newAddress(), newAddress(), net.createMint({ decimals: 0 })]
  net.fund(a, 1n)
  net.setTokenBalance({ owner: a, mint, amount: 2n })
  net.fund(b, 30n)
  net.setTokenBalance({ owner: b, mint, amount: 40n })
  drawn.length = 0
  const view = renderApp(<All owner={a} mint={mint} />, net, { queryClient })
  meanwhile()
  async function shows(owner: string, lamports: number, amount: number) {
    const whose = owner.slice(0, 4)
    await waitFor(
      () => {
        expect(screen.getByTestId('sol')).toHaveTextContent(`${whose} ${lamports} live`)
        expect(screen.getByTestId('token')).toHaveTextContent(`${whose} ${amount} live`)
        expect(screen.getByTestId('many')).toHaveTextContent(`${whose} ${lamports} ${amount} live`)
        expect(screen.getByTestId('list')).toHaveTextContent(`${whose} ${amount} live`)
        expect(screen.getByTestId('options')).toHaveTextContent(`${whose} ${lamports} ${amount}`)
      },
      { timeout: 10_000 },
    )
    const amounts = drawn.filter((each) => each.includes(` ${whose} `)).flatMap((each) => each.match(/\b\d+\b/g) ?? [])
    const own = [`${lamports}`, `${amount}`]
    expect([...new Set(amounts.filter((each) => !own.includes(each) && !whose.includes(each)))]).toEqual([])
  }
  await shows(a, 1, 2)
  view.show(<All owner={b} mint={mint} />)
  await shows(b, 30, 40)
  act(() => void net.fund(b, 1n))
  await waitFor(() => expect(screen.getByTestId('sol')).toHaveTextContent(`31 live`))
  return view
}

for (const [place, clientWith] of Object.entries(places))
  it.each(Object.keys(hostile))(`the defaults ${place} change nothing of what is shown: %s`, async (name) => {
    await walk(clientWith(hostile[name] as Defaults))
  })

it('nor do defaults that are set while balances are shown', async () => {
  const queryClient = new QueryClient()
  await walk(queryClient, () => {
    const all = Object.assign({}, ...Object.values(hostile)) as Defaults
    queryClient.setDefaultOptions({ queries: all })
    queryClient.setQueryDefaults([], all)
    queryClient.setQueryDefaults(balanceKeys.all, all)
  })
})

it('leaves an app’s own queries their defaults', () => {
  const queryClient = new QueryClient({ defaultOptions: { queries: { placeholderData: 1 as never, gcTime: 7 } } })
  queryClient.setQueryDefaults(['app'], { staleTime: 9 })
  const before = queryClient.defaultQueryOptions({ queryKey: ['app', 1] })
  function Nothing() {
    useBalanceClient()
    return <p>{String(useQueryClient() === queryClient)}</p>
  }
  renderApp(<Nothing />, { rpcUrl: 'http://127.0.0.1:1', wsUrl: 'ws://127.0.0.1:1' }, { queryClient, url: false })
  expect(queryClient.defaultQueryOptions({ queryKey: ['app', 1] })).toEqual(before)
  const ours = queryClient.defaultQueryOptions({ queryKey: balanceKeys.cluster('any') })
  expect(ours).toMatchObject({ placeholderData: undefined, gcTime: undefined, networkMode: 'always' })
})

it('takes of TanStack’s options for a hook those that cannot change what it shows', async () => {
  const net = await localnet()
  const [a, b] = [newAddress(), newAddress()]
  net.fund(a, 1n)
  net.fund(b, 30n)
  drawn.length = 0
  function Hook({ owner }: { readonly owner: string }) {
    const query = Object.assign({}, ...Object.values(hostile), { select: undefined, enabled: true, subscribed: true })
    const { data, freshness } = useSolBalance({ owner, query })
    return note('hook', `${owner === a ? 'a' : 'b'} ${data?.lamports} ${freshness}`)
  }
  const view = renderApp(<Hook owner={a} />, net)
  await waitFor(() => expect(screen.getByTestId('hook')).toHaveTextContent('a 1 live'))
  view.show(<Hook owner={b} />)
  await waitFor(() => expect(screen.getByTestId('hook')).toHaveTextContent('b 30 live'))
  expect(drawn.filter((each) => /b 1 |999/.test(each))).toEqual([])
})

it('refuses the record of another account that an app puts in the place, and says why', async () => {
  const net = await localnet()
  const [a, b, mint] = [newAddress(), newAddress(), net.createMint({ decimals: 0 })]
  net.fund(a, 1n)
  function Own({ owner }: { readonly owner: string }) {
    const client = useBalanceClient()
    const placeholderData = keepPreviousData as never
    const sol = useQuery({ ...solBalanceOptions(client, { owner }), placeholderData })
    const token = useQuery({ ...tokenBalanceOptions(client, { owner, mint }), placeholderData })
    return note('own', `${owner === a ? 'a' : 'b'} ${sol.data?.lamports} ${token.data?.amount} ${sol.error?.message}`)
  }
  const { queryClient, show } = renderApp(<Own owner={a} />, net)
  await waitFor(() => expect(screen.getByTestId('own')).toHaveTextContent('a 1 0 undefined'))
  drawn.length = 0
  net.fund(b, 30n)
  show(<Own owner={b} />)
  await waitFor(() => expect(screen.getByTestId('own')).toHaveTextContent('b 30 0 undefined'))
  // TanStack keeps what was selected last beside an error.
  expect(drawn.filter((each) => each.includes('b 1 ') && !each.includes('the query cache gave'))).toEqual([])
  expect(drawn.some((each) => each.includes(`${b}: the query cache gave the record of ${a} for it`))).toBe(true)
  // A value by hand: what is held stays, and where nothing is held it is refused.
  const keyOf = (owner: string) =>
    balanceKeys.account(net.rpcUrl ? clusterIn(queryClient) : '', 'confirmed', address(owner))
  const record = queryClient.getQueryData<AccountRecord>(keyOf(a)) as AccountRecord
  queryClient.setQueryData(keyOf(b), { ...record, slot: record.slot + 1000 })
  expect(queryClient.getQueryData<AccountRecord>(keyOf(b))?.lamports).toBe(30n)
})

const clusterIn = (queryClient: QueryClient) =>
  queryClient.getQueryCache().findAll({ queryKey: balanceKeys.all })[0]?.queryKey[1] as string
