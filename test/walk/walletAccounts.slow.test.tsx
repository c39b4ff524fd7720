import {
  approve,
  closeAccount,
  createAccount,
  createAssociatedTokenAccount,
  createMint,
  createWrappedNativeAccount,
  freezeAccount,
  mintTo,
  NATIVE_MINT,
  transfer,
} from '@solana/spl-token'
import { Connection, Keypair } from '@solana/web3.js'
import { screen, waitFor } from '@testing-library/react'
import { type UseTokenBalancesParameters, useTokenBalance, useWalletTokens } from 'lamplight'
import { expect, it } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet } from '../support/localnet.js'

function Wallet(props: UseTokenBalancesParameters) {
  const { data, freshness } = useWalletTokens(props)
  return (
    <ul data-testid="w" data-state={freshness}>
      {data?.map(({ mint, text, frozen, delegated, spendable, accounts }) => (
        <li key={mint}>{[mint, text, frozen, delegated, spendable, accounts.length].join(' ')}</li>
      ))}
    </ul>
  )
}
const rows = () => [...screen.getByTestId('w').querySelectorAll('li')].map((row) => row.textContent)
const isLive = () => waitFor(() => expect(screen.getByTestId('w')).toHaveAttribute('data-state', 'live'))

/** A wallet on the real programs, with two accounts of one mint, one of another, and wrapped SOL. */
async function richWallet() {
  const net = await localnet({ engine: 'svm' })
  // Without the socket that web3.js would open to be told of it, and never close: the chain confirms at once.
  const connection = new Connection(net.rpcUrl, { commitment: 'confirmed', disableRetryOnRateLimit: true })
  connection.confirmTransaction = async () => ({ context: { slot: 0 }, value: { err: null } })
  const [payer, owner] = [Keypair.generate(), Keypair.generate()]
  net.fund(payer.publicKey, 100_000_000_000n)
  net.fund(owner.publicKey, 100_000_000_000n)
  const mints = [
    await createMint(connection, payer, payer.publicKey, payer.publicKey, 0),
    await createMint(connection, payer, payer.publicKey, payer.publicKey, 0),
  ] as const
  const own = owner.publicKey
  const main = await createAssociatedTokenAccount(connection, payer, mints[0], own)
  const side = await createAccount(connection, payer, mints[0], own, Keypair.generate())
  const other = await createAssociatedTokenAccount(connection, payer, mints[1], own)
  await mintTo(connection, payer, mints[0], main, payer, 100n)
  await mintTo(connection, payer, mints[0], side, payer, 20n)
  await mintTo(connection, payer, mints[1], other, payer, 5n)
  const wrapped = await createWrappedNativeAccount(connection, owner, own, 1_500_000_000)
  return { net, connection, payer, owner, mints, main, side, other, wrapped }
}

it('puts all accounts of a mint together, what is frozen and delegated apart, and wrapped SOL first', async () => {
  const { net, connection, payer, owner, mints, main, side } = await richWallet()
  const [first, second] = mints.map((mint) => mint.toBase58()) as [string, string]
  renderApp(<Wallet owner={owner.publicKey} />, net)
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(3))
  expect(rows()[0]).toBe(`${NATIVE_MINT.toBase58()} 1.5 0 0 1500000000 1`)
  expect(rows().slice(1)).toEqual([`${first} 120 0 0 120 2`, `${second} 5 0 0 5 1`].sort())

  await freezeAccount(connection, payer, side, mints[0], payer)
  await approve(connection, payer, main, payer.publicKey, owner, 30n)
  await waitFor(() => expect(rows()).toContain(`${first} 120 20 30 100 2`))
  expect(net.stats().requests).toMatchObject({ getTokenAccountsByOwner: 2 })
})

it('loses the accounts that are closed, and the mints of which none is left', async () => {
  const { net, connection, payer, owner, mints, other, wrapped } = await richWallet()
  const [first, second] = mints.map((mint) => mint.toBase58()) as [string, string]
  renderApp(<Wallet owner={owner.publicKey} includeZero />, net)
  await isLive()
  await waitFor(() => expect(rows()).toHaveLength(3))
  const before = net.stats().requests.getTokenAccountsByOwner ?? 0

  const theirs = await createAssociatedTokenAccount(connection, payer, mints[1], payer.publicKey)
  await transfer(connection, payer, other, theirs, owner, 5n)
  await waitFor(() => expect(rows()).toContain(`${second} 0 0 0 0 1`))
  expect(net.stats().requests.getTokenAccountsByOwner).toBe(before)
  await closeAccount(connection, payer, other, owner.publicKey, owner)
  await waitFor(() => expect(rows().some((row) => row?.startsWith(second))).toBe(false), { timeout: 5000 })
  await closeAccount(connection, payer, wrapped, owner.publicKey, owner)
  await waitFor(() => expect(rows()).toEqual([`${first} 120 0 0 120 2`]), { timeout: 5000 })
  await isLive()
})

it('hides what is empty unless it is asked for, and shows only the mints that are named', async () => {
  const { net, connection, payer, owner, mints } = await richWallet()
  const none = await createMint(connection, payer, payer.publicKey, null, 0)
  await createAssociatedTokenAccount(connection, payer, none, owner.publicKey)
  const { show } = renderApp(<Wallet owner={owner.publicKey} />, net)
  await waitFor(() => expect(rows()).toHaveLength(3))
  show(<Wallet owner={owner.publicKey} includeZero />)
  await waitFor(() => expect(rows()).toHaveLength(4))
  expect(rows()).toContain(`${none.toBase58()} 0 0 0 0 1`)
  show(<Wallet owner={owner.publicKey} mints={[mints[1], none.toBase58()]} />)
  await waitFor(() => expect(rows()).toEqual([`${mints[1].toBase58()} 5 0 0 5 1`]))
  show(<Wallet owner={null} />)
  await waitFor(() => expect(rows()).toEqual([]))
  expect(screen.getByTestId('w')).toHaveAttribute('data-state', 'stale')
})

it('gives all accounts of one mint as one balance where that is asked for, and never a part of them', async () => {
  const { net, connection, payer, owner, mints, side } = await richWallet()
  const none = await createMint(connection, payer, payer.publicKey, null, 0)
  const seen: (string | undefined)[] = []
  function Both() {
    const associated = useTokenBalance({ owner: owner.publicKey, mint: mints[0] })
    const all = useTokenBalance({ owner: owner.publicKey, mint: mints[0], scope: 'all' })
    const nothing = useTokenBalance({ owner: owner.publicKey, mint: none, scope: 'all' })
    seen.push(all.data?.text)
    const texts = [associated, all, nothing].map(({ data, freshness }) => `${data?.text} ${data?.exists} ${freshness}`)
    return <p data-testid="w">{texts.join(', ')}</p>
  }
  renderApp(<Both />, net)
  const text = (expected: string) => waitFor(() => expect(screen.getByTestId('w')).toHaveTextContent(expected))
  await text('100 true live, 120 true live, 0 false live')
  await mintTo(connection, payer, mints[0], side, payer, 2n)
  await text('100 true live, 122 true live, 0 false live')
  expect([...new Set(seen)]).toEqual([undefined, '120', '122'])
})
