import { tokenOptions } from 'lamplight/core'
import { describe, expect, it } from 'vitest'
import { coreClient } from '../../faults/coreClient.js'
import { localnet, newAddress } from '../../support/localnet.js'
import { namedMint } from '../../support/namedMint.js'

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

  const USDC = { name: 'USD Coin', symbol: 'USDC' }

  it('is what the app says before what the mint says of itself, which stands where the app knows nothing', async () => {
    const { net, client, fetch } = await setUp()
    const mint = namedMint(net, USDC)
    const resolved = { symbol: 'NOT-USDC' }
    await expect(fetch(tokenOptions(client, { mint, resolveToken: () => resolved }))).resolves.toEqual({
      ...{ name: '', symbol: 'NOT-USDC', logo: null, source: 'resolved' },
    })
    const unknown = namedMint(net, USDC)
    await expect(fetch(tokenOptions(client, { mint: unknown, resolveToken: () => null }))).resolves.toEqual({
      ...{ ...USDC, logo: null, source: 'chain' },
    })
    // Who asks without a list of names is not told what another one's list says.
    await expect(fetch(tokenOptions(client, { mint }))).resolves.toMatchObject({ symbol: 'USDC', source: 'chain' })
  })

  it('is cleaned, whoever says it, and nothing where nothing of it can be shown', async () => {
    const { net, mint, client, fetch } = await setUp()
    const bad = { name: '\u202eUSD\u200b Coin\0\0', symbol: '1,000' }
    const expected = { name: 'USD Coin', symbol: '', logo: null }
    await expect(fetch(tokenOptions(client, { mint: namedMint(net, bad) }))).resolves.toEqual({
      ...{ ...expected, source: 'chain' },
    })
    const resolveToken = () => bad
    await expect(fetch(tokenOptions(client, { mint, resolveToken }))).resolves.toEqual({
      ...{ ...expected, source: 'resolved' },
    })
    const empty = namedMint(net, { name: '\u200b', symbol: '\u3164' })
    await expect(fetch(tokenOptions(client, { mint: empty }))).resolves.toBeNull()
    const broken = () => ({ symbol: 7, name: {}, logo: [] }) as never
    await expect(fetch(tokenOptions(client, { mint: net.createMint(), resolveToken: broken }))).resolves.toBeNull()
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
