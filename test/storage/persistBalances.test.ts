import { QueryClient, type QueryKey } from '@tanstack/query-core'
import {
  type AccountRecord,
  address,
  balanceKeys,
  createBalanceClient,
  solBalanceOptions,
  tokenBalanceOptions,
} from 'lamplight/core'
import { type PersistBalancesOptions, persistBalances } from 'lamplight/persist'
import type { Localnet } from 'lamplight-localnet'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { WalletRecord } from '../../src/cache/walletRecord.js'
import { localnet, newAddress } from '../support/localnet.js'
import { createTextStorage } from './textStorage.js'

const commitment = 'confirmed'

/** One wallet with SOL and a token, and pages that keep its balances. */
async function wallet() {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 2 })
  net.fund(owner, 5_000_000_000n)
  net.setTokenBalance({ owner, mint, amount: 2n ** 63n })
  return { net, owner, mint, storage: createTextStorage() }
}

/** A page over a node, with a cache of its own. */
function openPage(net: Localnet, cluster = 'test', queryClient = new QueryClient()) {
  const client = createBalanceClient({ queryClient, rpcUrl: net.rpcUrl, url: false, cluster })
  const records = () => queryClient.getQueriesData<AccountRecord>({ queryKey: balanceKeys.all }).map(([, data]) => data)
  const errors: string[] = []
  return {
    client,
    errors,
    records,
    keep(options: PersistBalancesOptions) {
      const kept = persistBalances(client, { onError: ({ message }) => errors.push(message), ...options })
      onTestFinished(kept.stop)
      return kept
    },
    async read(owner: string, mint?: string) {
      const sol = solBalanceOptions(client, { owner })
      const lamports = sol.select(await queryClient.fetchQuery(sol)).lamports
      if (!mint) return { lamports }
      const token = tokenBalanceOptions(client, { owner, mint })
      return { lamports, amount: token.select(await queryClient.fetchQuery(token)).amount }
    },
  }
}

/** Reads a wallet's balances on a page and leaves them in its store. */
async function store({ net, owner, mint, storage }: Awaited<ReturnType<typeof wallet>>, cluster = 'test') {
  const page = openPage(net, cluster)
  const before = storage.texts.size
  const kept = page.keep({ owner, storage })
  await kept.restored
  await page.read(owner, mint)
  kept.stop()
  await expect.poll(() => storage.texts.size).toBe(before + 1)
}

describe('kept balances', () => {
  it('come back in another session as restored and stale, with their mints, until the chain confirms them', async () => {
    const given = await wallet()
    const { net, owner, mint, storage } = given
    await store(given)
    const page = openPage(net)
    net.resetStats()
    await page.keep({ owner, storage }).restored
    expect(net.stats().httpRequests).toBe(0)
    expect(page.records().map((record) => record?.source)).toEqual(['restored', 'restored', 'restored'])
    const balance = tokenBalanceOptions(page.client, { owner, mint }).select(undefined)
    expect(balance).toMatchObject({ amount: 2n ** 63n, text: '92233720368547758.08', source: 'restored' })
    const request = { address: balance.accounts[0]?.address ?? balance.owner, commitment } as const
    expect(page.client.freshness(request, 5000)).toBe('stale')
    expect(await page.read(owner, mint)).toEqual({ lamports: 5_000_000_000n, amount: 2n ** 63n })
    expect(tokenBalanceOptions(page.client, { owner, mint }).select(undefined).source).toBe('fetch')
    expect(page.client.freshness(request, 5000)).toBe('polling')
    expect(page.errors).toEqual([])
  })

  it('come back to an app that names its entries in its own way', async () => {
    const given = await wallet()
    const queries = { queryKeyHashFn: (key: QueryKey) => `own ${JSON.stringify(key)}` }
    await store(given)
    const page = openPage(given.net, 'test', new QueryClient({ defaultOptions: { queries } }))
    await page.keep(given).restored
    expect(tokenBalanceOptions(page.client, given).select(undefined).amount).toBe(2n ** 63n)
  })

  it('come back with the list they are all of, which is as old as can be, and go with it', async () => {
    const { net, owner: text, storage } = await wallet()
    const owner = address(text)
    const key = balanceKeys.wallet('test', commitment, owner)
    const listings = { token: { slot: 9, verifiedAt: Date.now(), verifiedMs: 0, undecoded: 0 } }
    const entry: WalletRecord = { kind: 'wallet', address: owner, commitment, listings, failures: {} }
    const first = openPage(net)
    const kept = first.keep({ owner, storage })
    await kept.restored
    first.client.queryClient.setQueryData(key, entry)
    kept.stop()
    await expect.poll(() => storage.texts.size).toBe(1)
    const second = openPage(net)
    const again = second.keep({ owner, storage })
    await again.restored
    const restored = {
      ...entry,
      listings: { token: { slot: 0, verifiedAt: 0, verifiedMs: -Infinity, undecoded: 0 } },
    }
    expect(second.client.queryClient.getQueryData(key)).toEqual(restored)
    await again.clear()
    expect(second.client.queryClient.getQueryData(key)).toBeUndefined()
  })

  it('give way to what the page has heard already', async () => {
    const given = await wallet()
    const { net, owner, storage } = given
    await store(given)
    net.fund(owner, 1n)
    const page = openPage(net)
    const kept = page.keep({ owner, storage })
    await Promise.all([page.read(owner), kept.restored])
    await kept.restored
    expect(await page.read(owner)).toEqual({ lamports: 5_000_000_001n })
    expect(page.records().filter((record) => record?.address === owner)).toMatchObject([{ source: 'fetch' }])
  })

  it('are one store per wallet and cluster, and hold nothing of another wallet', async () => {
    const given = await wallet()
    const { net, owner, storage } = given
    await store(given)
    await store(given, 'other')
    const stranger = newAddress()
    net.fund(stranger, 9n)
    const page = openPage(net)
    const kept = page.keep({ owner: stranger, storage })
    await page.read(owner)
    await page.read(stranger)
    kept.stop()
    await expect.poll(() => storage.texts.size).toBe(3)
    const holding = (address: string) => [...storage.texts.values()].filter((text) => text.includes(address)).length
    expect([holding(owner), holding(stranger)]).toEqual([2, 1])
    expect([...storage.texts.keys()].join()).not.toMatch(new RegExp(`${owner}|${stranger}|test|other`))
  })

  it('are gone from every store of the wallet, and from memory, when it is cleared; other wallets keep theirs', async () => {
    const given = await wallet()
    const { net, owner, mint, storage } = given
    await store(given)
    await store(given, 'other')
    storage.texts.set('a key of the app', 'stays')
    const page = openPage(net)
    const kept = page.keep({ owner, storage })
    await kept.restored
    await page.read(owner, mint)
    // A place where the wallet could have had an account is the wallet's as well.
    const elsewhere = net.createMint({ decimals: 0 })
    await page.read(owner, elsewhere)
    const stranger = newAddress()
    await page.read(stranger, mint)
    await kept.clear()
    expect([...storage.texts.keys()]).toEqual(['a key of the app'])
    const left = page.records().map((record) => record?.address)
    const own = page.client.associatedAddress(stranger as never, mint as never, 'token')
    expect(left.sort()).toEqual([stranger, own, mint, elsewhere].sort())
  })

  it('are not written again by a page that was about to when they were cleared', async () => {
    const given = await wallet()
    const { net, owner, storage } = given
    const page = openPage(net)
    const kept = page.keep({ owner, storage })
    await kept.restored
    await page.read(owner)
    kept.stop()
    await kept.clear()
    expect(storage.texts.size).toBe(0)
  })

  it('are not restored after they were cleared, however late the storage answers', async () => {
    const given = await wallet()
    const { net, owner, storage } = given
    await store(given)
    const page = openPage(net)
    const kept = page.keep({ owner, storage })
    const cleared = kept.clear()
    await Promise.all([kept.restored, cleared])
    expect(page.records()).toEqual([])
    expect(storage.texts.size).toBe(0)
  })

  it('that are too old are dropped and removed', async () => {
    const given = await wallet()
    const { net, owner, storage } = given
    await store(given)
    const page = openPage(net)
    await new Promise((resume) => setTimeout(resume, 5))
    await page.keep({ owner, storage, maxAgeMs: 1 }).restored
    expect(page.records()).toEqual([])
    expect(storage.texts.size).toBe(0)
  })
})

describe('a storage that fails', () => {
  it('is told once, while balances go on', async () => {
    const { net, owner, storage } = await wallet()
    storage.breakDown(new DOMException('The quota has been exceeded.', 'QuotaExceededError'))
    const page = openPage(net)
    const kept = page.keep({ owner, storage })
    await kept.restored
    expect(await page.read(owner)).toEqual({ lamports: 5_000_000_000n })
    kept.stop()
    await kept.clear()
    expect(page.errors).toEqual(['Stored balances: read failed (The quota has been exceeded.).'])
  })

  it('is told where there is no IndexedDB at all', async () => {
    const { net, owner } = await wallet()
    const page = openPage(net)
    await page.keep({ owner }).restored
    expect(page.errors).toEqual([expect.stringMatching(/^Stored balances: read failed \(indexedDB is not defined\)/)])
  })
})

describe('bad input', () => {
  it.each([
    [{ owner: 'nobody' }, 'owner: "nobody" is not a Solana address'],
    [{ owner: newAddress(), maxAgeMs: -1 }, 'maxAgeMs: -1 is not allowed'],
  ])('%j is named', async (options, message) => {
    const { net, storage } = await wallet()
    expect(() => openPage(net).keep({ storage, ...options })).toThrow(message)
  })
})
