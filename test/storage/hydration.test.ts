import { dehydrate, hydrate, notifyManager, QueryClient, QueryObserver } from '@tanstack/query-core'
import fc from 'fast-check'
import { type AccountRecord, allowHydration, balanceKeys, createBalanceClient, solBalanceOptions } from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { WalletRecord } from '../../src/cache/walletRecord.js'
import { localnet } from '../support/localnet.js'
import { OWNER, solRecord } from './recordOf.js'

const KEY = balanceKeys.account('test', 'confirmed', OWNER)
const newClient = () => allowHydration(new QueryClient())
/** What a page gets: a text. */
const sent = (queryClient: QueryClient) => JSON.parse(JSON.stringify(dehydrate(queryClient)))
/** The text of a server that read this record. */
function stateWith(record: AccountRecord, updatedAt: number) {
  const server = newClient()
  server.setQueryData(KEY, record, { updatedAt })
  return sent(server)
}
const held = (queryClient: QueryClient) => queryClient.getQueryData<AccountRecord>(KEY)

describe('hydration', () => {
  it('carries what a server read to a page, bigints intact, as restored and stale until the chain confirms it', async () => {
    const net = await localnet()
    const lamports = 2n ** 60n + 1n
    net.fund(OWNER, lamports)
    const read = async (queryClient: QueryClient) => {
      const client = createBalanceClient({ queryClient, rpcUrl: net.rpcUrl, url: false, cluster: 'test' })
      return { client, options: solBalanceOptions(client, { owner: OWNER }) }
    }
    const server = await read(newClient())
    await server.client.queryClient.prefetchQuery(server.options)

    const page = await read(newClient())
    hydrate(page.client.queryClient, sent(server.client.queryClient))
    const request = { address: OWNER, commitment: 'confirmed' } as const
    expect(held(page.client.queryClient)).toMatchObject({ lamports, source: 'restored' })
    expect(page.client.freshness(request, 5000)).toBe('stale')

    await page.client.queryClient.fetchQuery(page.options)
    expect(held(page.client.queryClient)).toMatchObject({ lamports, source: 'fetch' })
    expect(page.client.freshness(request, 5000)).toBe('polling')
    expect(page.options.select(held(page.client.queryClient) as AccountRecord).text).toBe('1152921504.606846977')
  })

  it('never puts an older slot in the place of a newer one, however late it was written', () => {
    const page = newClient()
    const heard = solRecord(100, 7n)
    page.setQueryData(KEY, heard, { updatedAt: 1 })
    const before = page.getQueryState(KEY)
    hydrate(page, stateWith(solRecord(99, 5n), 1000))
    expect(page.getQueryState(KEY)).toEqual(before)
    expect(held(page)).toBe(heard)
  })

  it('shows nobody a value that does not stay', async () => {
    const page = newClient()
    page.setQueryData(KEY, solRecord(100, 7n), { updatedAt: 1 })
    const shown: unknown[] = []
    const observer = new QueryObserver<AccountRecord>(page, {
      queryKey: KEY,
      enabled: false,
      notifyOnChangeProps: 'all',
    })
    // As React is told: later, and it looks at what is there then.
    const look = () => void shown.push(observer.getCurrentResult().data?.lamports)
    onTestFinished(observer.subscribe(notifyManager.batchCalls(look)))
    hydrate(page, stateWith(solRecord(90, 5n), 1000))
    expect(observer.getCurrentResult().data?.lamports).toBe(7n)
    page.setQueryData(KEY, solRecord(101, 8n))
    await expect.poll(() => shown.at(-1)).toBe(8n)
    expect(shown).not.toContain(5n)
  })

  it('keeps the order when values come before a balance client is made', () => {
    const page = newClient()
    hydrate(page, stateWith(solRecord(100, 7n), 1000))
    createBalanceClient({ queryClient: page, rpcUrl: 'http://127.0.0.1:1', url: false, cluster: 'test' })
    page.setQueryData(KEY, solRecord(99, 5n))
    expect(held(page)).toMatchObject({ slot: 100, lamports: 7n, source: 'restored' })
    page.setQueryData(KEY, solRecord(100, 7n))
    expect(held(page)).toMatchObject({ slot: 100, source: 'fetch' })
  })

  it('lets the chain speak when what was stored is of another one', () => {
    const page = newClient()
    hydrate(page, stateWith(solRecord(1_000_000, 7n), 1000))
    page.setQueryData(KEY, solRecord(50, 5n))
    expect(held(page)).toMatchObject({ slot: 50, lamports: 5n, source: 'fetch' })
  })

  it('lets a list of accounts say nothing of its own age, and replace none that is there', () => {
    const [key, listing] = [
      balanceKeys.wallet('test', 'confirmed', OWNER),
      { slot: 90, verifiedAt: 5, verifiedMs: 5, undecoded: 0 },
    ]
    const wallet = { kind: 'wallet', address: OWNER, commitment: 'confirmed', failures: {} } as const
    const server = newClient()
    server.setQueryData<WalletRecord>(key, { ...wallet, listings: { token: listing } }, { updatedAt: 1000 })
    const page = newClient()
    hydrate(page, sent(server))
    const unknown = { slot: 0, verifiedAt: 0, verifiedMs: -Infinity }
    expect(page.getQueryData(key)).toEqual({ ...wallet, listings: { token: { ...listing, ...unknown } } })
    const heard: WalletRecord = { ...wallet, listings: { token: { ...listing, slot: 80 } } }
    page.setQueryData(key, heard, { updatedAt: 10 })
    hydrate(page, sent(server))
    expect(page.getQueryData(key)).toEqual(heard)
  })

  it('leaves a reset of the entry alone', async () => {
    const page = newClient()
    hydrate(page, stateWith(solRecord(100, 7n), 1000))
    await page.resetQueries({ queryKey: balanceKeys.all })
    expect(held(page)).toBeUndefined()
  })

  it("leaves everything else to the app's own functions, and may be called again", () => {
    const queryClient = new QueryClient({
      defaultOptions: {
        dehydrate: { serializeData: (data: Date) => data.toISOString() },
        hydrate: { deserializeData: (text: string) => new Date(text) },
      },
    })
    const server = allowHydration(allowHydration(queryClient))
    const day = new Date('2024-02-29T00:00:00Z')
    server.setQueryData(['day'], day)
    server.setQueryData(KEY, solRecord(1, 2n))
    const page = new QueryClient({ defaultOptions: queryClient.getDefaultOptions() })
    hydrate(page, sent(server))
    expect(page.getQueryData(['day'])).toEqual(day)
    expect(held(page)?.lamports).toBe(2n)
  })
})

/** The rule in its plainest form: what was heard beats what was stored, then the newer slot. */
interface Step {
  readonly isHeard: boolean
  readonly slot: number
  readonly updatedAt: number
}
const step = fc.record({
  isHeard: fc.boolean(),
  slot: fc.integer({ min: 1, max: 200 }),
  updatedAt: fc.integer({ min: 1, max: 1000 }),
})
/** A chain says one value at one slot. */
const lamportsAt = (slot: number) => BigInt(slot * 10)

describe('any order of reads and hydrations', () => {
  it('never goes back, and says restored exactly while the chain has not spoken', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps: readonly Step[]) => {
        const page = newClient()
        let shown: Step | undefined
        for (const each of steps) {
          const { isHeard, slot, updatedAt } = each
          const before = page.getQueryState(KEY)
          if (isHeard) page.setQueryData(KEY, solRecord(slot, lamportsAt(slot)), { updatedAt })
          else hydrate(page, stateWith(solRecord(slot, lamportsAt(slot)), updatedAt))
          const isNewer = !shown || slot >= shown.slot
          // TanStack does not look at what was written earlier than what is there.
          const isSeen = !before || updatedAt > before.dataUpdatedAt
          if (isHeard ? isNewer : isNewer && isSeen && !shown?.isHeard) shown = each
          expect(held(page)).toMatchObject({
            slot: shown?.slot,
            lamports: lamportsAt(shown?.slot ?? 0),
            source: shown?.isHeard ? 'fetch' : 'restored',
          })
        }
      }),
    )
  })
})
