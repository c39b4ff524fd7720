import {
  AddressLookupTableProgram,
  ComputeBudgetProgram,
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  PublicKey,
  SendTransactionError,
  SystemProgram,
  sendAndConfirmTransaction,
  Transaction,
  TransactionMessage,
  VersionedTransaction,
} from '@solana/web3.js'
import { type Localnet, startLocalnet } from 'lamplight-localnet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from './wire.js'

let localnet: Localnet
let connection: Connection
const payer = Keypair.generate()

beforeAll(async () => {
  localnet = await startLocalnet({ automine: true, engine: 'svm' })
  connection = new Connection(localnet.rpcUrl, { commitment: 'confirmed', disableRetryOnRateLimit: true })
  localnet.fund(payer.publicKey, 100 * LAMPORTS_PER_SOL)
})
afterAll(() => localnet.stop())

const newKey = () => Keypair.generate().publicKey
const transferTo = (to: PublicKey, lamports = LAMPORTS_PER_SOL) =>
  new Transaction().add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports }))

async function versioned(to: PublicKey): Promise<VersionedTransaction> {
  const { blockhash } = await connection.getLatestBlockhash()
  const instructions = transferTo(to).instructions
  return new VersionedTransaction(
    new TransactionMessage({
      payerKey: payer.publicKey,
      recentBlockhash: blockhash,
      instructions,
    }).compileToV0Message(),
  )
}

describe('web3.js, about the chain', () => {
  it('reads the version', async () => {
    expect((await connection.getVersion())['solana-core']).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('reads slot, block height and epoch that fit each other', async () => {
    const [slot, height, epoch] = await Promise.all([
      connection.getSlot(),
      connection.getBlockHeight(),
      connection.getEpochInfo(),
    ])
    expect(height).toBe(slot)
    expect(epoch.absoluteSlot).toBe(slot)
    expect(epoch.slotIndex).toBe(slot % epoch.slotsInEpoch)
  })

  it('gets a blockhash that is valid, and refuses one it never made', async () => {
    const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
    expect(lastValidBlockHeight).toBeGreaterThan(await connection.getBlockHeight())
    expect((await connection.isBlockhashValid(blockhash)).value).toBe(true)
    expect((await connection.isBlockhashValid(newKey().toBase58())).value).toBe(false)
  })

  it('has a genesis hash that no other chain has', async () => {
    const other = await startLocalnet({ engine: 'memory', slotMs: 0 })
    const hash = await connection.getGenesisHash()
    expect(new PublicKey(hash).toBytes()).toHaveLength(32)
    expect(await new Connection(other.rpcUrl).getGenesisHash()).not.toBe(hash)
    await other.stop()
  })

  it('knows what rent is', async () => {
    expect(await connection.getMinimumBalanceForRentExemption(165)).toBe(2_039_280)
  })

  it('says what a message costs', async () => {
    const transaction = transferTo(newKey())
    transaction.feePayer = payer.publicKey
    transaction.recentBlockhash = (await connection.getLatestBlockhash()).blockhash
    expect((await connection.getFeeForMessage(transaction.compileMessage())).value).toBe(5_000)
  })

  it('gets block times, transaction counts, samples and priority fees', async () => {
    expect(await connection.getBlockTime(await connection.getSlot())).toBeGreaterThan(1_600_000_000)
    expect(await connection.getTransactionCount()).toBeGreaterThanOrEqual(0)
    expect(Array.isArray(await connection.getRecentPerformanceSamples(3))).toBe(true)
    expect((await connection.getRecentPrioritizationFees())[0]?.prioritizationFee).toBe(0)
  })
})

describe('web3.js, about accounts', () => {
  it('sees an airdrop once it is confirmed', async () => {
    const key = newKey()
    await connection.confirmTransaction(await connection.requestAirdrop(key, LAMPORTS_PER_SOL))
    expect(await connection.getBalance(key)).toBe(LAMPORTS_PER_SOL)
  })

  it('gets null for an account that does not exist, and 0 for its balance', async () => {
    const key = newKey()
    expect(await connection.getAccountInfo(key)).toBeNull()
    expect(await connection.getBalance(key)).toBe(0)
  })

  it('reads many accounts in the order asked, holes included', async () => {
    const [a, b] = [newKey(), newKey()]
    localnet.fund(a, 1)
    localnet.fund(b, 2)
    const infos = await connection.getMultipleAccountsInfo([b, newKey(), a])
    expect(infos.map((info) => info?.lamports)).toEqual([2, undefined, 1])
  })

  it('reads a slice of the data', async () => {
    const mint = new PublicKey(localnet.createMint({ decimals: 7 }))
    const info = await connection.getAccountInfo(mint, { dataSlice: { offset: 44, length: 2 } })
    expect([...(info?.data ?? [])]).toEqual([7, 1])
  })

  it("finds a program's accounts by size and by bytes", async () => {
    const mint = new PublicKey(localnet.createMint({ decimals: 2 }))
    const owner = newKey()
    const account = localnet.setTokenBalance({ owner, mint, amount: 5n })
    const program = new PublicKey('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA')
    const filters = [{ dataSize: 165 }, { memcmp: { offset: 32, bytes: owner.toBase58() } }]
    const found = await connection.getProgramAccounts(program, { filters })
    expect(found.map(({ pubkey }) => pubkey.toBase58())).toEqual([account])
    expect(await connection.getProgramAccounts(program, { filters: [...filters, { dataSize: 82 }] })).toEqual([])
  })

  it('parses a mint', async () => {
    const mint = new PublicKey(localnet.createMint({ decimals: 4, authority: payer.publicKey }))
    const info = (await connection.getParsedAccountInfo(mint)).value?.data
    expect(info).toMatchObject({
      program: 'spl-token',
      parsed: {
        type: 'mint',
        info: { decimals: 4, mintAuthority: payer.publicKey.toBase58(), freezeAuthority: null, supply: '0' },
      },
    })
  })

  it('refuses more than a hundred accounts at once', async () => {
    const keys = Array.from({ length: 101 }, newKey)
    await expect(connection.getMultipleAccountsInfo(keys)).rejects.toThrow('Too many inputs provided; max 100')
  })
})

describe('web3.js, sending', () => {
  it('transfers lamports and charges the fee', async () => {
    const to = newKey()
    const before = await connection.getBalance(payer.publicKey)
    await sendAndConfirmTransaction(connection, transferTo(to), [payer])
    expect(await connection.getBalance(to)).toBe(LAMPORTS_PER_SOL)
    expect(await connection.getBalance(payer.publicKey)).toBe(before - LAMPORTS_PER_SOL - 5_000)
  })

  it('sends a version 0 transaction', async () => {
    const to = newKey()
    const transaction = await versioned(to)
    transaction.sign([payer])
    await connection.confirmTransaction(await connection.sendTransaction(transaction))
    expect(await connection.getBalance(to)).toBe(LAMPORTS_PER_SOL)
  })

  it('uses an address lookup table', async () => {
    const to = newKey()
    const [create, table] = AddressLookupTableProgram.createLookupTable({
      authority: payer.publicKey,
      payer: payer.publicKey,
      recentSlot: (await connection.getSlot()) - 1,
    })
    const extend = AddressLookupTableProgram.extendLookupTable({
      lookupTable: table,
      authority: payer.publicKey,
      payer: payer.publicKey,
      addresses: [to],
    })
    await sendAndConfirmTransaction(connection, new Transaction().add(create, extend), [payer])
    localnet.tick(2)
    const lookup = (await connection.getAddressLookupTable(table)).value
    expect(lookup?.state.addresses.map(String)).toEqual([to.toBase58()])
    const { blockhash } = await connection.getLatestBlockhash()
    const message = new TransactionMessage({
      payerKey: payer.publicKey,
      recentBlockhash: blockhash,
      instructions: transferTo(to).instructions,
    }).compileToV0Message(lookup ? [lookup] : [])
    const transaction = new VersionedTransaction(message)
    transaction.sign([payer])
    const signature = await connection.sendTransaction(transaction)
    await connection.confirmTransaction(signature)
    expect(await connection.getBalance(to)).toBe(LAMPORTS_PER_SOL)
    const landed = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 })
    expect(landed?.meta?.loadedAddresses?.writable.map(String)).toEqual([to.toBase58()])
  })

  it('is told the logs when preflight fails', async () => {
    const failing = sendAndConfirmTransaction(connection, transferTo(newKey(), 10_000 * LAMPORTS_PER_SOL), [payer])
    const error = await failing.catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(SendTransactionError)
    expect((error as SendTransactionError).logs?.join()).toContain('insufficient lamports')
    expect(String(error)).toContain('custom program error: 0x1')
  })

  it('lands a failing transaction that skips preflight, and takes its fee', async () => {
    const before = await connection.getBalance(payer.publicKey)
    const transaction = transferTo(newKey(), 10_000 * LAMPORTS_PER_SOL)
    const signature = await connection.sendTransaction(transaction, [payer], { skipPreflight: true })
    // web3.js gives the error in one race of its own and throws it, bare, in another.
    const fault = await connection.confirmTransaction(signature).then(
      ({ value }) => value.err,
      (thrown: unknown) => thrown,
    )
    expect(fault).toEqual({ InstructionError: [0, { Custom: 1 }] })
    expect(await connection.getBalance(payer.publicKey)).toBe(before - 5_000)
  })

  it('cannot send the same transaction twice', async () => {
    const transaction = await versioned(newKey())
    transaction.sign([payer])
    await connection.sendTransaction(transaction)
    await expect(connection.sendTransaction(transaction)).rejects.toThrow('already been processed')
  })

  it('cannot send with a blockhash the chain never had', async () => {
    const transaction = transferTo(newKey())
    transaction.feePayer = payer.publicKey
    transaction.recentBlockhash = newKey().toBase58()
    transaction.sign(payer)
    await expect(connection.sendRawTransaction(transaction.serialize())).rejects.toThrow('Blockhash not found')
  })

  it('cannot send with a broken signature', async () => {
    const transaction = await versioned(newKey())
    transaction.sign([payer])
    transaction.signatures[0]?.set([1, 2, 3])
    await expect(connection.sendRawTransaction(transaction.serialize())).rejects.toThrow(
      'signature verification failure',
    )
  })

  it('pays the priority it offers', async () => {
    const transaction = transferTo(newKey()).add(
      ComputeBudgetProgram.setComputeUnitLimit({ units: 10_000 }),
      ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1_000_000 }),
    )
    const signature = await sendAndConfirmTransaction(connection, transaction, [payer])
    const landed = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 })
    expect(landed?.meta?.fee).toBe(15_000)
    expect((landed?.meta?.preBalances[0] ?? 0) - (landed?.meta?.postBalances[0] ?? 0)).toBe(LAMPORTS_PER_SOL + 15_000)
  })

  it('simulates without changing anything', async () => {
    const to = newKey()
    const transaction = await versioned(to)
    const { value } = await connection.simulateTransaction(transaction, {
      sigVerify: false,
      accounts: { encoding: 'base64', addresses: [to.toBase58()] },
    })
    expect(value.err).toBeNull()
    expect(value.accounts?.[0]?.lamports).toBe(LAMPORTS_PER_SOL)
    expect(value.unitsConsumed).toBeGreaterThan(0)
    expect(await connection.getBalance(to)).toBe(0)
  })

  it("simulates with a blockhash of the node's choice", async () => {
    const transaction = await versioned(newKey())
    transaction.message.recentBlockhash = newKey().toBase58()
    expect((await connection.simulateTransaction(transaction)).value.err).toBe('BlockhashNotFound')
    const replaced = await connection.simulateTransaction(transaction, { replaceRecentBlockhash: true })
    expect(replaced.value.err).toBeNull()
  })
})

describe('web3.js, looking back', () => {
  it('gets statuses, with null for what it does not know', async () => {
    const signature = await sendAndConfirmTransaction(connection, transferTo(newKey()), [payer])
    const { value } = await connection.getSignatureStatuses([signature, '1'.repeat(64)])
    expect(value[0]).toMatchObject({ err: null, confirmationStatus: 'finalized' })
    expect(value[1]).toBeNull()
  })

  it('gets a transaction with balances before and after', async () => {
    const to = newKey()
    const signature = await sendAndConfirmTransaction(connection, transferTo(to), [payer])
    const landed = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 })
    const index = landed?.transaction.message.staticAccountKeys.findIndex((key) => key.equals(to)) ?? -1
    expect(landed?.meta?.preBalances[index]).toBe(0)
    expect(landed?.meta?.postBalances[index]).toBe(LAMPORTS_PER_SOL)
    expect(landed?.meta?.logMessages?.join()).toContain('success')
  })

  it('gets a parsed transaction', async () => {
    const signature = await sendAndConfirmTransaction(connection, transferTo(newKey()), [payer])
    const landed = await connection.getParsedTransaction(signature, { maxSupportedTransactionVersion: 0 })
    expect(landed?.transaction.message.accountKeys[0]).toMatchObject({
      pubkey: payer.publicKey,
      signer: true,
      writable: true,
    })
  })

  it("lists an address's signatures, newest first, in pages", async () => {
    const to = newKey()
    const sent: string[] = []
    for (let i = 1; i <= 3; i++)
      sent.unshift(await sendAndConfirmTransaction(connection, transferTo(to, i * 1_000_000), [payer]))
    const all = await connection.getSignaturesForAddress(to)
    expect(all.map(({ signature }) => signature)).toEqual(sent)
    const page = await connection.getSignaturesForAddress(to, { before: sent[0] as string, limit: 1 })
    expect(page.map(({ signature }) => signature)).toEqual([sent[1]])
    const newer = await connection.getSignaturesForAddress(to, { until: sent[1] as string })
    expect(newer.map(({ signature }) => signature)).toEqual([sent[0]])
  })
})

describe('web3.js, subscribing', () => {
  it("hears of an account's change", async () => {
    const to = newKey()
    const seen: number[] = []
    const id = connection.onAccountChange(to, ({ lamports }) => seen.push(lamports), { commitment: 'confirmed' })
    await until(() => localnet.stats().subscriptions.account > 0, 'the subscription')
    localnet.fund(to, 5)
    await until(() => seen.includes(5), 'the notification')
    await connection.removeAccountChangeListener(id)
    await until(() => localnet.stats().subscriptions.account === 0, 'the end of the subscription')
  })

  it("hears of a program's accounts", async () => {
    const mint = localnet.createMint({ decimals: 0 })
    const seen: string[] = []
    const program = new PublicKey('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA')
    const id = connection.onProgramAccountChange(program, ({ accountId }) => seen.push(accountId.toBase58()), {
      filters: [{ dataSize: 165 }],
    })
    await until(() => localnet.stats().subscriptions.program > 0, 'the subscription')
    const account = localnet.setTokenBalance({ owner: newKey(), mint, amount: 1n })
    await until(() => seen.includes(account), 'the notification')
    expect(seen).not.toContain(mint)
    await connection.removeProgramAccountChangeListener(id)
  })

  it('hears logs, slots and roots', async () => {
    const heard = new Set<string>()
    const ids = [
      connection.onLogs(payer.publicKey, ({ logs }) => logs.length > 0 && heard.add('logs'), 'confirmed'),
      connection.onSlotChange(({ parent, slot }) => parent < slot && heard.add('slot')),
      connection.onRootChange(() => heard.add('root')),
    ] as const
    await until(() => {
      const { logs, slot, root } = localnet.stats().subscriptions
      return logs + slot + root === 3
    }, 'the subscriptions')
    await sendAndConfirmTransaction(connection, transferTo(newKey()), [payer])
    await until(() => heard.size === 3, 'all three')
    await connection.removeOnLogsListener(ids[0])
    await connection.removeSlotChangeListener(ids[1])
    await connection.removeRootChangeListener(ids[2])
  })
})
