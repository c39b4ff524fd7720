import { QueryClient, QueryObserver } from '@tanstack/query-core'
import {
  type Address,
  address,
  balanceKeys,
  createBalanceClient,
  solBalanceOptions,
  tokenBalanceOptions,
} from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Clock, systemClock } from '../../../src/base/clock.js'
import { localnet, newAddress } from '../../support/localnet.js'

const YEAR_MS = 365 * 24 * 3600 * 1000
const CLOCK = address('SysvarC1ock11111111111111111111111111111111')

async function app(clock: Partial<Clock> = {}) {
  const net = await localnet()
  const queryClient = new QueryClient()
  const client = createBalanceClient({
    queryClient,
    rpcUrl: net.rpcUrl,
    url: false,
    cluster: 'test',
    clock: { ...systemClock, ...clock },
  })
  const owner = newAddress()
  const cached = () => queryClient.getQueriesData({ queryKey: balanceKeys.all }).length
  return { net, queryClient, client, owner, cached }
}

describe('solBalanceOptions', () => {
  it("fetch the account's own entry, and select a balance out of it", async () => {
    const { net, queryClient, client, owner, cached } = await app()
    net.fund(owner, 3_000_000_001n)
    const options = solBalanceOptions(client, { owner })
    const record = await queryClient.fetchQuery(options)
    expect(options.select(record)).toMatchObject({ owner, text: '3.000000001', lamports: 3_000_000_001n })
    expect(queryClient.getQueryData(balanceKeys.account('test', 'confirmed', owner as Address))).toBe(record)
    expect(cached()).toBe(1)
  })
})

describe('tokenBalanceOptions', () => {
  it.each([
    ['token', 1],
    ['token-2022', 2],
  ] as const)(
    'of a mint of the program %s read mint and account in %i requests, each cached once',
    async (program, requests) => {
      const { net, queryClient, client, owner, cached } = await app()
      const mint = net.createMint({ decimals: 2, program })
      net.setTokenBalance({ owner, mint, amount: 1234n })
      net.resetStats()
      const options = tokenBalanceOptions(client, { owner, mint })
      await queryClient.prefetchQuery(options)
      expect(net.stats().httpRequests).toBe(requests)
      const balance = options.select(await queryClient.ensureQueryData(options))
      expect(balance).toMatchObject({ owner, mint, program, text: '12.34', exists: true, source: 'fetch' })
      // A loader and a component come after one another, and ask for nothing more.
      await queryClient.prefetchQuery(tokenBalanceOptions(client, { owner, mint }))
      expect(net.stats().httpRequests).toBe(requests)
      // The mint, the account, and for Token-2022 the place where it was looked for first.
      expect(cached()).toBe(requests + 1)
    },
  )

  it('that are kept move on to the account once the mint is known, and follow it there', async () => {
    const { net, queryClient, client, owner } = await app()
    const mint = net.createMint({ decimals: 0, program: 'token-2022' })
    net.setTokenBalance({ owner, mint, amount: 1n })
    const options = tokenBalanceOptions(client, { owner, mint })
    const observer = new QueryObserver(queryClient, options)
    onTestFinished(observer.subscribe(() => observer.setOptions(options)))
    await expect.poll(() => observer.getCurrentResult().data?.text).toBe('1')
    net.setTokenBalance({ owner, mint, amount: 2n })
    await queryClient.refetchQueries({ queryKey: balanceKeys.all })
    expect(observer.getCurrentResult().data?.text).toBe('2')
  })

  it('of a mint with interest go by the chain’s time, not the device’s date, read along with the rest', async () => {
    const { net, queryClient, client, owner, cached } = await app({ wallMs: () => Date.now() + 10 * YEAR_MS })
    const mint = net.createMint({ decimals: 2, program: 'token-2022', interestBps: 500 })
    net.setTokenBalance({ owner, mint, amount: 100_000_000n })
    net.resetStats()
    const options = tokenBalanceOptions(client, { owner, mint })
    const read = await queryClient.fetchQuery(options)
    expect(net.stats().httpRequests).toBe(2)
    const account = client.associatedAddress(owner as Address, mint as Address, 'token-2022')
    expect(options.queryKey).toEqual(balanceKeys.account('test', 'confirmed', account))
    // By the device's date 10 years of 5 % would be on it.
    const grown = Number(options.select(read).text)
    expect(grown).toBeGreaterThanOrEqual(1_000_000)
    expect(grown).toBeLessThan(1_000_001)
    // The mint, the account, where it was looked for first, and the chain's time.
    expect(cached()).toBe(4)
    queryClient.removeQueries({ queryKey: balanceKeys.account('test', 'confirmed', CLOCK) })
    expect(() => options.select(read)).toThrow('the query cache was emptied')
    expect(options.queryKey).toEqual(balanceKeys.account('test', 'confirmed', CLOCK))
    expect(options.select(await queryClient.fetchQuery(options))).toMatchObject({ amount: 100_000_000n })
  })

  it('say that there is no token account, and never 0 for a failure', async () => {
    const { net, queryClient, client, owner } = await app()
    const mint = net.createMint({ decimals: 2 })
    const none = tokenBalanceOptions(client, { owner, mint })
    expect(none.select(await queryClient.fetchQuery(none))).toMatchObject({ exists: false, amount: 0n })
    const missing = tokenBalanceOptions(client, { owner, mint: newAddress() })
    expect(() => missing.select(undefined)).toThrow('the query cache was emptied')
    const read = await queryClient.fetchQuery(missing)
    expect(() => missing.select(read)).toThrow(/^mint: \w+ does not exist/)
    const wrong = tokenBalanceOptions(client, { owner, mint: owner })
    net.fund(owner, 1n)
    const account = await queryClient.fetchQuery(wrong)
    expect(() => wrong.select(account)).toThrow(/is not a token mint: it belongs to 1{32}/)
  })

  it('name an argument that is no address', async () => {
    const { client, owner } = await app()
    expect(() => tokenBalanceOptions(client, { owner, mint: 'x' })).toThrow('mint: "x" is not a Solana address')
    expect(() => solBalanceOptions(client, { owner: 'x' })).toThrow('owner: "x" is not a Solana address')
  })
})
