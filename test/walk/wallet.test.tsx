import { TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, unpackAccount, unpackMint } from '@solana/spl-token'
import { Connection, PublicKey } from '@solana/web3.js'
import { screen, waitFor } from '@testing-library/react'
import { type UseTokenBalancesParameters, type UseTokenBalancesReturnType, useTokenBalances } from 'lamplight'
import type { Localnet } from 'lamplight/localnet'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

/** Shows a wallet as rows, and keeps every result it was given. */
function shownWallet() {
  const results: UseTokenBalancesReturnType[] = []
  function Wallet(props: UseTokenBalancesParameters) {
    const result = useTokenBalances(props)
    const { data, freshness, incomplete, status } = result
    results.push({ ...result })
    return (
      <ul data-testid="w" data-state={freshness} data-status={status} data-incomplete={incomplete.join()}>
        {data?.map(({ mint, text }) => (
          <li key={mint}>{`${mint} ${text}`}</li>
        ))}
      </ul>
    )
  }
  return { Wallet, results }
}
const wallet = () => screen.getByTestId('w')
const isLive = () => waitFor(() => expect(wallet()).toHaveAttribute('data-state', 'live'), { timeout: 5000 })
const rows = () => [...wallet().querySelectorAll('li')].map((row) => row.textContent)

/** Gives an owner some of each of many mints, half of them of each program; what the second half of a program has is decimal. */
function fill(net: Localnet, owner: string, count: number): Map<string, bigint> {
  const amounts = new Map<string, bigint>()
  for (let i = 0; i < count; i++) {
    const mint = net.createMint({ decimals: i % 10, program: i % 2 ? 'token-2022' : 'token' })
    const amount = BigInt(i + 1) * 123_457n
    net.setTokenBalance({ owner, mint, amount })
    amounts.set(mint, amount)
  }
  return amounts
}

it('shows 500 tokens of both programs after 2 lists and their mints in 5 requests, with the amounts that spl-token reads', async () => {
  const net = await localnet()
  const owner = newAddress()
  const amounts = fill(net, owner, 500)
  net.resetStats()
  const { Wallet, results } = shownWallet()
  renderApp(<Wallet owner={owner} />, net)
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(500))
  expect(net.stats()).toMatchObject({
    httpRequests: 2 + 5,
    requests: { getTokenAccountsByOwner: 2, getMultipleAccounts: 5 },
    accountsRead: 500,
    socketsOpened: 1,
    subscriptions: { program: 2, account: 1 },
  })
  // Nothing was shown before all of it could be.
  const lengths = new Set(results.map(({ data }) => data?.length))
  expect([...lengths]).toEqual([undefined, 500])

  const connection = new Connection(net.rpcUrl)
  const data = results.at(-1)?.data ?? []
  expect(new Map(data.map(({ mint, amount }) => [mint, amount]))).toEqual(amounts)
  for (const programId of [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID]) {
    const { value } = await connection.getTokenAccountsByOwner(new PublicKey(owner), { programId })
    expect(value).toHaveLength(250)
    for (const { pubkey, account } of value) {
      const read = unpackAccount(pubkey, account, programId)
      const balance = data.find(({ mint }) => mint === read.mint.toBase58())
      expect(balance?.amount).toBe(read.amount)
      expect(balance?.accounts).toMatchObject([{ address: pubkey.toBase58(), associated: true, amount: read.amount }])
      const info = await connection.getAccountInfo(read.mint)
      expect(balance?.decimals).toBe(unpackMint(read.mint, info, programId).decimals)
      break
    }
  }
}, 30_000)
