import {
  amountToUiAmount,
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeInterestBearingMintInstruction,
  createInitializeMint2Instruction,
  createInitializePausableConfigInstruction,
  createInitializeScaledUiAmountConfigInstruction,
  createMintToInstruction,
  createPauseInstruction,
  createResumeInstruction,
  createUpdateMultiplierDataInstruction,
  ExtensionType,
  getAssociatedTokenAddressSync,
  getMintLen,
  TOKEN_2022_PROGRAM_ID,
} from '@solana/spl-token'
import {
  Connection,
  Keypair,
  type PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js'
import type { QueryClient } from '@tanstack/react-query'
import { screen, waitFor } from '@testing-library/react'
import { address, type BalanceEvent, balanceKeys, type WebSocketProviderProps } from 'lamplight'
import { TokenBalance, type TokenBalanceProps } from 'lamplight/components'
import type { AccountRecord } from 'lamplight/core'
import type { LedgerAccount, Localnet, LocalnetOptions } from 'lamplight-localnet'
import { expect, it, vi } from 'vitest'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

const balance = (id = 'b') => screen.getByTestId(id)
const isLive = (id = 'b') => waitFor(() => expect(balance(id)).toHaveAttribute('data-state', 'live'))
const program = TOKEN_2022_PROGRAM_ID

/** A chain with one mint that has an extension, made by the program itself, and one holder of it. */
async function chainWith(
  extension: ExtensionType,
  initialize: (mint: PublicKey, authority: PublicKey) => TransactionInstruction,
  amount: bigint,
  options: LocalnetOptions = {},
) {
  const net = await localnet({ engine: 'svm', ...options })
  const connection = new Connection(net.rpcUrl, { commitment: 'confirmed', disableRetryOnRateLimit: true })
  const [payer, mint, owner] = [Keypair.generate(), Keypair.generate(), Keypair.generate().publicKey]
  net.fund(payer.publicKey, 10_000_000_000n)
  // Without the socket that web3.js would open to be told of it, and never close.
  const signed = async (instructions: TransactionInstruction[], signers: Keypair[]) => {
    const signature = await connection.sendTransaction(new Transaction().add(...instructions), signers)
    const landed = async () => (await connection.getSignatureStatus(signature)).value?.confirmationStatus
    await waitFor(async () => expect(await landed()).toMatch(/confirmed|finalized/), { timeout: 5000 })
  }
  const send = (...instructions: TransactionInstruction[]) => signed(instructions, [payer])
  const space = getMintLen([extension])
  const account = getAssociatedTokenAddressSync(mint.publicKey, owner, true, program)
  await signed(
    [
      SystemProgram.createAccount({
        fromPubkey: payer.publicKey,
        newAccountPubkey: mint.publicKey,
        space,
        lamports: await connection.getMinimumBalanceForRentExemption(space),
        programId: program,
      }),
      initialize(mint.publicKey, payer.publicKey),
      createInitializeMint2Instruction(mint.publicKey, 2, payer.publicKey, null, program),
      createAssociatedTokenAccountIdempotentInstruction(payer.publicKey, account, owner, mint.publicKey, program),
      createMintToInstruction(mint.publicKey, account, payer.publicKey, amount, [], program),
    ],
    [payer, mint],
  )
  const ask = (units: bigint) => amountToUiAmount(connection, payer, mint.publicKey, units, program)
  net.resetStats()
  const show = (provider: Partial<WebSocketProviderProps> = {}, props: Partial<TokenBalanceProps> = {}) =>
    renderApp(<TokenBalance owner={owner} mint={mint.publicKey} data-testid="b" {...props} />, net, provider)
  return { net, payer, mint: mint.publicKey, account, owner, send, ask, show }
}

/** The cluster's name in the keys of the one app that uses a cache. */
const clusterOf = (queryClient: QueryClient) =>
  queryClient.getQueryCache().findAll({ queryKey: balanceKeys.all })[0]?.queryKey[1] as string
/** Seconds since the epoch on the chain. */
const timeOf = (net: Localnet) => net.ledger.slots.at(net.ledger.slots.frozen).unixTime
const scaled = (mint: PublicKey, authority: PublicKey) =>
  createInitializeScaledUiAmountConfigInstruction(mint, authority, 2.5, program)
const interest = (mint: PublicKey, authority: PublicKey) =>
  createInitializeInterestBearingMintInstruction(mint, authority, 30_000, program)

it('shows a multiplier, and its change as it happens, without reading again', async () => {
  const { net, show, send, payer, mint, account } = await chainWith(ExtensionType.ScaledUiAmountConfig, scaled, 1001n)
  const events: BalanceEvent[] = []
  show({ onEvent: (event) => events.push(event) })
  await isLive()
  expect(balance()).toHaveTextContent(/^25\.02$/)
  // The mint and a guess; the account, the mint's gap and the time.
  expect(net.stats()).toMatchObject({ httpRequests: 2, accountsRead: 5 })
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(2))
  await send(createUpdateMultiplierDataInstruction(mint, payer.publicKey, 3, 0n, [], program))
  await waitFor(() => expect(balance()).toHaveTextContent(/^30\.03$/))
  expect(balance()).toHaveAttribute('data-state', 'live')
  expect(net.stats()).toMatchObject({ accountsRead: 5 })
  // A mint and the chain's time are no balances.
  const told = events.flatMap((event) => (event.type === 'balance:updated' ? [event.address] : []))
  expect(told).toContain(account.toBase58())
  expect(told).not.toContain(mint.toBase58())
  expect(told.some((address) => address.startsWith('Sysvar'))).toBe(false)
})

it('finds out about a changed multiplier where it can only poll', async () => {
  const { show, send, payer, mint } = await chainWith(ExtensionType.ScaledUiAmountConfig, scaled, 1001n)
  show({ url: false }, { pollInterval: 250 })
  await waitFor(() => expect(balance()).toHaveTextContent(/^25\.02$/))
  await send(createUpdateMultiplierDataInstruction(mint, payer.publicKey, 3, 0n, [], program))
  await waitFor(() => expect(balance()).toHaveTextContent(/^30\.03$/))
  expect(balance()).toHaveAttribute('data-state', 'polling')
})

it('switches to a scheduled multiplier at its time on the chain, without reading again', async () => {
  const chain = await chainWith(ExtensionType.ScaledUiAmountConfig, scaled, 1001n, { automine: false, slotMs: 50 })
  const { net, show, send, payer, mint, ask } = chain
  // The page's clock is a year behind the chain's.
  net.warp({ seconds: 31_556_736 })
  const at = timeOf(net) + 5
  await send(createUpdateMultiplierDataInstruction(mint, payer.publicKey, 4, BigInt(at), [], program))
  show()
  await isLive()
  expect(balance()).toHaveTextContent(/^25\.02$/)
  expect(timeOf(net)).toBeLessThan(at)
  const { accountsRead } = net.stats()
  await waitFor(() => expect(balance()).toHaveTextContent(/^40\.04$/), { timeout: 10_000 })
  await waitFor(async () => expect(await ask(1001n)).toBe('40.04'))
  expect(balance()).toHaveAttribute('data-state', 'live')
  // What was read before its node had got to the slot of its subscription is read once more; nothing is read for the time.
  expect(net.stats().accountsRead).toBeLessThanOrEqual(accountsRead + 3)
})

it('lets interest grow on screen, counted on the clock of the chain', async () => {
  const chain = await chainWith(ExtensionType.InterestBearingConfig, interest, 10n ** 17n, {
    automine: false,
    slotMs: 50,
  })
  const { net, show, ask } = chain
  net.warp({ seconds: 31_556_736 })
  show()
  await isLive()
  const asked = await ask(10n ** 17n)
  const shown = () => (balance().textContent ?? '').replaceAll(',', '')
  const first = shown()
  const asks: number[] = []
  // 300 % a year for a year: the page's own clock would have shown none of it.
  expect(Number(asked)).toBeGreaterThan(2e16)
  expect(Math.abs(Number(first) / Number(asked) - 1)).toBeLessThan(1e-5)
  // What was read before its node had got to the slot of its subscription is read once more.
  const read = () => net.stats().accountsRead
  await vi.waitUntil(() => read() === asks.at(-1) || !asks.push(read()), { interval: 1500, timeout: 15_000 })
  const accountsRead = read()
  await waitFor(() => expect(shown()).not.toBe(first), { timeout: 3000 })
  expect(Number(shown())).toBeGreaterThan(Number(first))
  expect(net.stats().accountsRead).toBe(accountsRead)
})

it('tells at once that a paused mint lets nothing be moved', async () => {
  const pausable = (mint: PublicKey, authority: PublicKey) =>
    createInitializePausableConfigInstruction(mint, authority, program)
  const { show, send, payer, mint } = await chainWith(ExtensionType.PausableConfig, pausable, 500n)
  show({}, { children: ({ data }) => `${data?.spendable} of ${data?.amount}, ${data?.paused ? 'paused' : 'free'}` })
  await isLive()
  expect(balance()).toHaveTextContent('500 of 500, free')
  await send(createPauseInstruction(mint, payer.publicKey, [], program))
  await waitFor(() => expect(balance()).toHaveTextContent('0 of 500, paused'))
  await send(createResumeInstruction(mint, payer.publicKey, [], program))
  await waitFor(() => expect(balance()).toHaveTextContent('500 of 500, free'))
})

it('makes no new balance of it when only the supply of a followed mint changes', async () => {
  const { net, show, mint, owner } = await chainWith(ExtensionType.ScaledUiAmountConfig, scaled, 1001n)
  const shown = new Set<unknown>()
  const children: TokenBalanceProps['children'] = ({ data }) => {
    shown.add(data)
    return data?.text
  }
  const { queryClient } = show({}, { children })
  await isLive()
  const key = balanceKeys.account(clusterOf(queryClient), 'confirmed', address(mint))
  const supply = () => queryClient.getQueryData<AccountRecord>(key)?.mint?.supply
  expect(supply()).toBe(1001n)
  const before = shown.size
  net.setTokenBalance({ owner: Keypair.generate().publicKey, mint, amount: 5n })
  await waitFor(() => expect(supply()).toBe(1006n))
  // A change that does show, behind the one that must not.
  net.setTokenBalance({ owner, mint, amount: 1002n })
  await waitFor(() => expect(balance()).toHaveTextContent('25.05'))
  expect(shown.size).toBe(before + 1)
})

it('says that a mint is missing, and shows the balance when it is there', async () => {
  const net = await localnet()
  const [owner, mint] = [newAddress(), newAddress()]
  renderApp(<TokenBalance owner={owner} mint={mint} pollInterval={250} data-testid="b" />, net)
  await waitFor(() => expect(balance()).toHaveAttribute('data-state', 'error'))
  net.createMint({ address: mint, decimals: 1 })
  net.setTokenBalance({ owner, mint, amount: 15n })
  await waitFor(() => expect(balance()).toHaveTextContent('1.5'))
})

it('keeps what one hostile account says to that account', async () => {
  const net = await localnet()
  const [good, bad] = [newAddress(), newAddress()]
  const mint = net.createMint({ decimals: 1, uiMultiplier: 2 })
  net.setTokenBalance({ owner: good, mint, amount: 15n })
  const account = net.setTokenBalance({ owner: bad, mint, amount: 15n })
  const held = net.ledger.head(account) as LedgerAccount
  // An extension that is said to be longer than the bytes there are.
  net.ledger.setAccounts([[account, { ...held, data: Uint8Array.from([...held.data, 2, 0, 8, 0, 1]) }]])
  renderApp(
    <>
      <TokenBalance owner={good} mint={mint} data-testid="good" />
      <TokenBalance owner={bad} mint={mint} data-testid="bad" />
    </>,
    net,
  )
  await isLive('good')
  expect(balance('good')).toHaveTextContent(/^3$/)
  await waitFor(() => expect(balance('bad')).toHaveAttribute('data-state', 'error'))
  expect(balance('bad')).not.toHaveTextContent(/\d/)
  net.ledger.setAccounts([[account, held]])
  await waitFor(() => expect(balance('bad')).toHaveTextContent(/^3$/))
})
