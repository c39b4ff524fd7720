import { QueryObserver } from '@tanstack/query-core'
import { type Address, accountOptions, type BalanceFilter, balanceKeys } from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newAddress } from '../../support/localnet.js'
import { balanceApp, liveApp } from './balanceApp.js'

/** Two wallets, two mints; the second wallet has no account of the second mint. Everything is in the cache. */
async function cached() {
  const app = await balanceApp()
  const { net, client, queryClient } = app
  const [a, b] = [newAddress(), newAddress()]
  const [x, y] = [net.createMint({ decimals: 0 }), net.createMint({ decimals: 0, program: 'token-2022' })]
  for (const owner of [a, b]) net.fund(owner, 1n)
  net.setTokenBalance({ owner: a, mint: x, amount: 1n })
  net.setTokenBalance({ owner: a, mint: y, amount: 2n })
  net.setTokenBalance({ owner: b, mint: x, amount: 3n })
  const place = (owner: string, mint: string, program: 'token' | 'token-2022') =>
    client.associatedAddress(owner as Address, mint as Address, program)
  // In order, so that no account is looked for where it is not.
  await client.getMany([{ owner: a, mint: x }, { owner: b }, { owner: a }])
  await client.getMany([{ owner: b, mint: x }])
  await client.get({ owner: a, mint: y })
  await client.get({ owner: b, mint: y })
  const names = new Map<string, string>([
    ...Object.entries({ [a]: 'a', [b]: 'b', [x]: 'x', [y]: 'y' }),
    [place(a, x, 'token'), 'ax'],
    [place(b, x, 'token'), 'bx'],
    [place(a, y, 'token-2022'), 'ay'],
    [place(b, y, 'token-2022'), 'by'],
    [place(a, y, 'token'), 'guess'],
  ])
  const stale = () =>
    queryClient
      .getQueryCache()
      .findAll({ queryKey: balanceKeys.all, predicate: ({ state }) => state.isInvalidated })
      .map(({ queryKey }) => names.get(queryKey[4] as string))
      .sort()
  return { ...app, a, b, x, y, ax: place(a, x, 'token'), stale }
}
type Cached = Awaited<ReturnType<typeof cached>>

describe('invalidate', () => {
  it.each<[string, (app: Cached) => BalanceFilter | undefined, string[]]>([
    ['nothing named', () => undefined, ['a', 'ax', 'ay', 'b', 'bx', 'by', 'guess', 'x', 'y']],
    ['an owner', ({ a }) => ({ owner: a }), ['a', 'ax', 'ay']],
    ['an owner with a missing account', ({ b }) => ({ owner: b }), ['b', 'bx', 'by']],
    ['a mint', ({ x }) => ({ mint: x }), ['ax', 'bx', 'x']],
    ['a mint with a missing account', ({ y }) => ({ mint: y }), ['ay', 'by', 'y']],
    ['an owner and a mint', ({ a, x }) => ({ owner: a, mint: x }), ['ax']],
    ['an owner and a mint without an account', ({ b, y }) => ({ owner: b, mint: y }), ['by']],
    ['an account', ({ ax }) => ({ account: ax }), ['ax']],
    ['an account that is not the owner’s', ({ ax, b }) => ({ account: ax, owner: b }), []],
    ['a cluster', () => ({ cluster: 'test' }), ['a', 'ax', 'ay', 'b', 'bx', 'by', 'guess', 'x', 'y']],
    ['another cluster', () => ({ cluster: 'other' }), []],
  ])('with %s marks what fits all of it', async (_, tagOf, expected) => {
    const app = await cached()
    app.requests()
    await app.client.invalidate(tagOf(app))
    expect(app.stale()).toEqual(expected)
    // Nothing shows any of it: nothing is read.
    expect(app.requests()).toBe(0)
  })

  it('reads again what is observed, in one request, and what is not when somebody asks', async () => {
    const { net, client, queryClient, a, b, requests } = await cached()
    for (const owner of [a, b]) {
      const observer = new QueryObserver(queryClient, {
        ...accountOptions(client, owner as Address, 'confirmed'),
        refetchOnMount: false,
      } as never)
      onTestFinished(observer.subscribe(() => {}))
    }
    net.fund(a, 9n)
    requests()
    await client.invalidate()
    expect(requests()).toBe(1)
    expect(await client.get({ owner: a })).toMatchObject({ lamports: 10n })
    expect(requests()).toBe(0)
    await client.get({ owner: a, mint: (await client.get({ owner: a })) && net.createMint({ decimals: 0 }) })
    expect(requests()).toBe(1)
  })

  it('does not take the answer of a read that left before', async () => {
    const { net, client, queryClient, a, requests } = await cached()
    const options = accountOptions(client, a as Address, 'confirmed')
    const observer = new QueryObserver(queryClient, { ...options, refetchOnMount: false } as never)
    onTestFinished(observer.subscribe(() => {}))
    net.faults.add({ on: 'http', times: 1, do: { delayMs: 300 } })
    requests()
    const early = observer.refetch()
    await new Promise((resume) => setTimeout(resume, 50))
    await client.invalidate({ owner: a })
    await early
    expect(requests()).toBe(2)
  })

  it('names a tag that is no address', async () => {
    const { client } = await balanceApp()
    await expect(client.invalidate({ owner: 'me' })).rejects.toThrow(/^owner: "me"/)
    await expect(client.invalidate({ mint: '' })).rejects.toThrow(/^mint: ""/)
    await expect(client.invalidate({ account: '0' })).rejects.toThrow(/^account: "0"/)
  })
})

describe('clear', () => {
  it('forgets everything of the cluster, and reads anew what is shown', async () => {
    const { net, client, owner, queryClient, requests } = await liveApp()
    net.fund(owner, 1n)
    const seen: (bigint | undefined)[] = []
    const stop = client.follow({ owner }, ({ data }) => void seen.push(data?.lamports))
    onTestFinished(stop)
    const other = newAddress()
    await client.get({ owner: other })
    queryClient.setQueryData(['app'], 1)
    await expect.poll(() => seen.at(-1)).toBe(1n)
    requests()
    seen.length = 0
    client.clear()
    const held = queryClient.getQueriesData<object>({ queryKey: balanceKeys.all })
    expect(held.filter(([, data]) => data !== undefined)).toEqual([])
    await expect.poll(() => seen).toEqual([undefined, 1n])
    expect(requests()).toBe(1)
    expect(queryClient.getQueryData(balanceKeys.account('live', 'confirmed', other as Address))).toBe(undefined)
    expect(queryClient.getQueryData(['app'])).toBe(1)
  })
})
