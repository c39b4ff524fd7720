import { QueryClient, QueryObserver } from '@tanstack/query-core'
import { type Address, balanceKeys, createBalanceClient, solBalanceOptions, tokenBalanceOptions } from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localnet, newAddress } from '../../support/localnet.js'

async function app() {
  const net = await localnet()
  const queryClient = new QueryClient()
  const client = createBalanceClient({ queryClient, rpcUrl: net.rpcUrl, url: false, cluster: 'test' })
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
