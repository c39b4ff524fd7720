import { tokenOptions } from 'lamplight/core'
import { describe, expect, it } from 'vitest'
import { balanceKeys } from '../../src/cache/queries.js'
import type { Address } from '../../src/token/address.js'
import type { AccountRecord } from '../../src/token/balance.js'
import { coreClient } from '../faults/coreClient.js'
import { localnet, newAddress } from '../support/localnet.js'

async function setUp() {
  const net = await localnet()
  const mint = net.createMint({ decimals: 2 })
  const { client } = coreClient(net)
  return { net, mint, client, fetch: client.queryClient.fetchQuery.bind(client.queryClient) }
}

describe('what a token is called', () => {
  it('is nothing where the mint says nothing and nobody was asked, and nothing but the mint is fetched', async () => {
    const { net, mint, client, fetch } = await setUp()
    net.resetStats()
    await expect(fetch(tokenOptions(client, { mint }))).resolves.toBeNull()
    expect(net.stats().httpRequests).toBe(1)
  })

  it('is what the app knows, asked once for each mint', async () => {
    const { mint, client, fetch } = await setUp()
    const asked: string[] = []
    const resolveToken = (of: string) => {
      asked.push(of)
      return { symbol: 'LAMP', logo: 'https://app.example/lamp.svg' }
    }
    const expected = { name: '', symbol: 'LAMP', logo: 'https://app.example/lamp.svg', source: 'resolved' }
    await expect(fetch(tokenOptions(client, { mint, resolveToken }))).resolves.toEqual(expected)
    await expect(fetch(tokenOptions(client, { mint, resolveToken }))).resolves.toEqual(expected)
    expect(asked).toEqual([mint])
  })

  it("is the mint's own word first", async () => {
    const { mint, client, fetch } = await setUp()
    const { queryClient, cluster } = client
    const record = await client.readAccount({ address: mint as Address, commitment: 'confirmed' })
    const metadata = { name: 'Lamp', symbol: 'LMP', uri: '' }
    // The ledger's own tests write metadata by the program; here only who goes first counts.
    const named = { ...record, slot: record.slot + 1, mint: record.mint && { ...record.mint, metadata } }
    queryClient.setQueryData<AccountRecord>(balanceKeys.account(cluster, 'confirmed', mint as Address), named)
    const resolveToken = () => ({ symbol: 'OTHER' })
    await expect(fetch(tokenOptions(client, { mint, resolveToken }))).resolves.toEqual({
      ...{ name: 'Lamp', symbol: 'LMP', logo: null, source: 'chain' },
    })
  })

  it('is an error where there is no mint, or the app fails', async () => {
    const { mint, client, fetch } = await setUp()
    await expect(fetch({ ...tokenOptions(client, { mint: newAddress() }), retry: false })).rejects.toMatchObject({
      code: 'account/no-mint',
    })
    const resolveToken = () => Promise.reject(new RangeError('no list'))
    await expect(fetch({ ...tokenOptions(client, { mint, resolveToken }), retry: false })).rejects.toThrow('no list')
    expect(() => tokenOptions(client, { mint: 'x' })).toThrow(/^mint: "x" is not a Solana address/)
  })
})
