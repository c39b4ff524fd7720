import { QueryClient } from '@tanstack/query-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Address, addressOfBytes, TOKEN_PROGRAM } from '../../../src/base/address.js'
import { writeListing } from '../../../src/cache/listing.js'
import { balanceKeys } from '../../../src/cache/queries.js'
import { newestWallet, type WalletRecord } from '../../../src/cache/walletRecord.js'
import { createBalanceClient } from '../../../src/client/balanceClient.js'
import { holdTokens } from '../../../src/client/balances/heldTokens.js'
import type { AccountAt } from '../../../src/token/account.js'
import { recordOf } from '../../../src/token/record.js'

const bytesOf = (kind: number, n: number) => {
  const bytes = new Uint8Array(32).fill(kind)
  new DataView(bytes.buffer).setUint32(0, n)
  return bytes
}
const OWNER = bytesOf(9, 1)
const owner = addressOfBytes(OWNER)
const mint = (n: number) => addressOfBytes(bytesOf(3, n))
const seen = { commitment: 'confirmed', source: 'fetch', reason: 'poll', at: { ms: 1, wallMs: 1 } } as const

/** The nth token account, as a node gives it. */
function account(n: number, { slot = 5, amount = 5, of = OWNER } = {}): AccountAt {
  const data = new Uint8Array(165)
  data.set(bytesOf(3, n), 0)
  data.set(of, 32)
  data[64] = amount
  data[108] = 1
  return { address: addressOfBytes(bytesOf(4, n)), slot, lamports: 1n, program: TOKEN_PROGRAM, data }
}

function setUp(mints: readonly Address[] | null = null) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { gcTime: 0 } } })
  const client = createBalanceClient({ queryClient, rpcUrl: 'http://node.example', url: false })
  const changed: Address[] = []
  const held = holdTokens(client, { owner, commitment: 'confirmed', mints }, (each) => changed.push(each))
  onTestFinished(held.stop)
  const cache = { queryClient, cluster: client.cluster }
  const list = (slot: number, accounts: AccountAt[]) =>
    writeListing(cache, { owner, program: 'token', slot, accounts }, seen)
  const write = (each: AccountAt) =>
    queryClient.setQueryData(balanceKeys.account(client.cluster, 'confirmed', each.address), recordOf(each, seen))
  const amounts = () =>
    [...held.byMint.values()].flatMap((accounts) => [...accounts.values()].map(({ token }) => token?.amount))
  return { queryClient, held, changed, list, write, amounts }
}

describe('the token accounts of an owner', () => {
  it('are those whose entries name it, by whatever path they came', () => {
    const { held, write, list, changed } = setUp()
    list(5, [account(1), account(2)])
    write(account(3))
    write(account(4, { of: bytesOf(9, 2) }))
    expect([...held.byMint.keys()]).toEqual([mint(1), mint(2), mint(3)])
    expect(changed).toEqual([mint(1), mint(2), mint(3)])
  })

  it('are told of once for each that changed, and not for one that says the same again', () => {
    const { list, changed, amounts } = setUp()
    list(
      5,
      Array.from({ length: 2000 }, (_, n) => account(n)),
    )
    expect(changed).toHaveLength(2000)
    list(
      6,
      Array.from({ length: 2000 }, (_, n) => account(n, { slot: 6, amount: n === 7 ? 6 : 5 })),
    )
    expect(changed).toHaveLength(2001)
    expect(changed.at(-1)).toBe(mint(7))
    expect(amounts().filter((amount) => amount === 6n)).toHaveLength(1)
  })

  it('keep what was pushed when an older list arrives', () => {
    const { list, write, amounts } = setUp()
    write(account(1, { slot: 8, amount: 8 }))
    list(7, [account(1, { slot: 7, amount: 7 })])
    expect(amounts()).toEqual([8n])
  })

  it('lose the one that was closed, and the one that was given away', () => {
    const { list, write, held, changed } = setUp()
    list(5, [account(1), account(2), account(3)])
    write({ ...account(1, { slot: 6 }), lamports: 0n, data: null })
    write(account(2, { slot: 6, of: bytesOf(9, 2) }))
    expect([...held.byMint.keys()]).toEqual([mint(3)])
    expect(changed.slice(3)).toEqual([mint(1), mint(2)])
  })

  it('stay in the cache while they are held, however short its memory is', async () => {
    const { queryClient, list, held, amounts } = setUp()
    list(5, [account(1)])
    await new Promise((resume) => setTimeout(resume, 20))
    expect(amounts()).toEqual([5n])
    const [entry, ...more] = queryClient.getQueryCache().getAll()
    expect(more).toEqual([])
    expect(entry?.getObserversCount()).toBe(1)
    held.stop()
    expect(entry?.getObserversCount()).toBe(0)
  })

  it('tell of one that left by itself, and not of one that the chain has closed', () => {
    const queryClient = new QueryClient()
    const client = createBalanceClient({ queryClient, rpcUrl: 'http://node.example', url: false })
    let losses = 0
    const lost = () => void losses++
    const held = holdTokens(client, { owner, commitment: 'confirmed', mints: null }, () => {}, lost)
    onTestFinished(held.stop)
    const cache = { queryClient, cluster: client.cluster }
    writeListing(cache, { owner, program: 'token', slot: 5, accounts: [account(1), account(2), account(3)] }, seen)
    const keyOf = (n: number) => balanceKeys.account(client.cluster, 'confirmed', account(n).address)
    const closed = { ...account(1, { slot: 6 }), lamports: 0n, data: null }
    queryClient.setQueryData(keyOf(1), recordOf(closed, seen))
    expect(losses).toBe(0)
    queryClient.removeQueries({ queryKey: keyOf(2) })
    expect(losses).toBe(1)
    void queryClient.resetQueries({ queryKey: keyOf(3) })
    expect(losses).toBe(2)
    expect([...held.byMint.keys()]).toEqual([])
  })

  it('are only those of the mints that are named', () => {
    const { list, held } = setUp([mint(2)])
    list(5, [account(1), account(2)])
    expect([...held.byMint.keys()]).toEqual([mint(2)])
  })
})

describe('what is known of a wallet as a whole', () => {
  const record = (more: Partial<WalletRecord>): WalletRecord => ({
    kind: 'wallet',
    address: owner,
    commitment: 'confirmed',
    listings: {},
    failures: {},
    ...more,
  })
  const listing = (slot: number) => ({ slot, verifiedAt: slot, verifiedMs: slot, undecoded: 0 })

  it('is put together program by program, and no older list replaces a newer one', () => {
    const first = newestWallet(undefined, record({ listings: { token: listing(5) } }))
    const both = newestWallet(first, record({ listings: { token: listing(4), 'token-2022': listing(4) } }))
    expect(both.listings).toEqual({ token: listing(5), 'token-2022': listing(4) })
  })

  it('is the same object while nothing but the slot moves on', () => {
    const held = record({ listings: { token: listing(5) } })
    expect(newestWallet(held, record({ listings: { token: listing(9) } }))).toBe(held)
    expect(held.listings.token).toEqual(listing(9))
  })

  it('keeps the list of a program that fails, says so, and forgets it with the next list', () => {
    const held = record({ listings: { token: listing(5) } })
    const failed = newestWallet(held, record({ failures: { token: new Error('no') as never } }))
    expect(failed.listings.token).toEqual(listing(5))
    expect(failed.failures.token?.message).toBe('no')
    expect(newestWallet(failed, record({ listings: { token: listing(6) } })).failures).toEqual({})
  })
})
