// @vitest-environment happy-dom
import { dehydrate, hydrate, QueryClient, type QueryState } from '@tanstack/query-core'
import {
  experimental_createQueryPersister,
  type PersistedClient,
  persistQueryClientRestore,
  persistQueryClientSave,
} from '@tanstack/query-persist-client-core'
import { type AccountRecord, balanceKeys, createBalanceClient } from 'lamplight/core'
import { describe, expect, it, vi } from 'vitest'
import { liveApp } from '../client/balances/balanceApp.js'
import { OWNER, solRecord } from './recordOf.js'

const KEY = balanceKeys.account('test', 'confirmed', OWNER)
const WISH = { address: OWNER, commitment: 'confirmed' } as const
function page(queryClient = new QueryClient()) {
  const client = createBalanceClient({ queryClient, rpcUrl: 'http://127.0.0.1:1', url: false, cluster: 'test' })
  return { queryClient, client, held: () => queryClient.getQueryData<AccountRecord>(KEY) }
}
/** As an app has them from TanStack's docs: the whole cache as one text. */
function textPersister() {
  const kept = { text: '' }
  return {
    kept,
    persister: {
      async persistClient(client: PersistedClient) {
        kept.text = JSON.stringify(client)
      },
      restoreClient: async () => JSON.parse(kept.text) as PersistedClient,
      removeClient: async () => {},
    },
  }
}
/** The state of an entry as another page, or another store, has it. */
const stateOf = (data: unknown, dataUpdatedAt: number): QueryState => ({
  ...{ data, dataUpdatedAt, dataUpdateCount: 1, error: null, errorUpdateCount: 0, errorUpdatedAt: 0 },
  ...{ fetchFailureCount: 0, fetchFailureReason: null, fetchMeta: null, isInvalidated: false },
  ...{ status: 'success', fetchStatus: 'idle' },
})
const cloneOf = (data: unknown, dataUpdatedAt: number) => ({
  mutations: [],
  queries: [{ queryKey: KEY, queryHash: JSON.stringify(KEY), dehydratedAt: 1, state: stateOf(data, dataUpdatedAt) }],
})

describe('an app that keeps its whole query cache', () => {
  it.each([undefined, () => true, ({ state }: { state: QueryState }) => state.status === 'success'])(
    'as text gets our entries back intact, as restored (%s)',
    async (shouldDehydrateQuery) => {
      const before = page()
      const lamports = 2n ** 60n + 1n
      before.queryClient.setQueryData(KEY, solRecord(100, lamports))
      before.queryClient.setQueryData(['app'], { own: 1 })
      const { persister, kept } = textPersister()
      const more = shouldDehydrateQuery && { dehydrateOptions: { shouldDehydrateQuery: shouldDehydrateQuery as never } }
      await persistQueryClientSave({ queryClient: before.queryClient, persister, ...more })
      expect(kept.text).toContain('"own":1')
      const after = page()
      await persistQueryClientRestore({ queryClient: after.queryClient, persister })
      expect(after.queryClient.getQueryData(['app'])).toEqual({ own: 1 })
      expect(after.held()).toMatchObject({ lamports, slot: 100, source: 'restored' })
      expect(after.client.freshness(WISH, 5000)).toBe('stale')
    },
  )

  it('entry by entry has no part in ours', async () => {
    const setItem = vi.fn()
    const storage = { getItem: async () => undefined, setItem, removeItem: async () => {} }
    const { persisterFn } = experimental_createQueryPersister({ storage })
    const queryClient = new QueryClient({ defaultOptions: { queries: { persister: persisterFn } } })
    const { client, net, owner } = await liveApp({ queryClient })
    net.fund(owner, 7n)
    expect((await client.get({ owner })).lamports).toBe(7n)
    await queryClient.fetchQuery({ queryKey: ['app'], queryFn: async () => 1 })
    await expect.poll(() => setItem.mock.calls.length).toBeGreaterThan(0)
    expect(String(setItem.mock.calls.map(([key]) => key))).not.toContain('lamplight')
  })

  it('as it is gets it back as restored, whatever it says of itself', () => {
    const { queryClient, client, held } = page()
    hydrate(queryClient, cloneOf(solRecord(100, 7n, 'stream'), 1000))
    expect(held()).toMatchObject({ lamports: 7n, source: 'restored' })
    expect(client.freshness(WISH, 5000)).toBe('stale')
  })

  it('gets nothing in the place of what this page has heard', () => {
    const { queryClient, held } = page()
    queryClient.setQueryData(KEY, solRecord(100, 7n), { updatedAt: 1 })
    hydrate(queryClient, cloneOf(solRecord(200, 5n, 'stream'), Date.now()))
    expect(held()).toMatchObject({ lamports: 7n, slot: 100, source: 'fetch' })
    // As a broadcast between tabs does it.
    queryClient
      .getQueryCache()
      .find({ queryKey: KEY })
      ?.setState(stateOf(solRecord(200, 5n, 'stream'), Date.now()))
    expect(held()).toMatchObject({ lamports: 7n, slot: 100, source: 'fetch' })
  })

  it.each([
    ['another account', { ...solRecord(100, 7n), address: '11111111111111111111111111111111' }],
    ['a list of a wallet', { kind: 'wallet', address: OWNER, commitment: 'confirmed', listings: {}, failures: {} }],
    ['what JSON made of it', { slot: 3 }],
    ['a text', '7'],
  ])('and has %s in our place gets nothing back', (_what, data) => {
    const { queryClient, held } = page()
    hydrate(queryClient, cloneOf(data, 1000))
    expect(held()).toBeUndefined()
    expect(queryClient.getQueryState(KEY)?.status).toBe('pending')
    queryClient.setQueryData(KEY, solRecord(100, 7n))
    expect(held()).toMatchObject({ lamports: 7n, source: 'fetch' })
  })

  it('had something in it before there was a balance client', () => {
    const queryClient = new QueryClient()
    hydrate(queryClient, cloneOf(solRecord(100, 7n, 'stream'), 1000))
    expect(page(queryClient).held()).toMatchObject({ lamports: 7n, source: 'restored' })
  })

  it('and cancels a read keeps what was read before it', async () => {
    const { queryClient, held } = page()
    queryClient.setQueryData(KEY, solRecord(100, 7n))
    void queryClient.fetchQuery({ queryKey: KEY, queryFn: () => new Promise(() => {}), staleTime: 0 }).catch(() => {})
    await queryClient.cancelQueries({ queryKey: KEY })
    expect(held()).toMatchObject({ lamports: 7n, source: 'fetch' })
    expect(JSON.stringify(dehydrate(queryClient))).toContain('lamplight')
  })
})
