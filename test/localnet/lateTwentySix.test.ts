import {
  appendTransactionMessageInstructions,
  type Blockhash,
  compileTransaction,
  createTransactionMessage,
  generateKeyPairSigner,
  getBase64EncodedWireTransaction,
  type Instruction,
  type KeyPairSigner,
  setTransactionMessageConfig,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransaction,
} from '@solana/kit'
import {
  Connection,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
  VersionedTransaction,
} from '@solana/web3.js'
import { type Localnet, type LocalnetOptions, startLocalnet } from 'lamplight-localnet'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask, call, openSocket, until } from './wire.js'

const MEMOS = {
  v3: 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
  v4: 'Memo4c2pN8afCj432Lb7RMVKi9PbQnnW7ewFFaV3oAH',
}
const engines = ['svm', 'memory'] as const

async function chain(options: LocalnetOptions = {}): Promise<Localnet> {
  const net = await startLocalnet({ automine: true, ...options })
  onTestFinished(() => net.stop())
  return net
}

const transfer = (from: KeyPairSigner, to: string, lamports: bigint): Instruction => {
  const data = new Uint8Array(12)
  data[0] = 2
  new DataView(data.buffer).setBigUint64(4, lamports, true)
  const accounts = [
    { address: from.address, role: 3 },
    { address: to as never, role: 1 },
  ]
  return { programAddress: SystemProgram.programId.toBase58() as never, accounts, data }
}

const BUDGET = { computeUnitLimit: 100_000, loadedAccountsDataSizeLimit: 1_000_000, priorityFeeLamports: 777n }

/** A transaction of version 1 as kit makes and signs it, in base64. */
async function v1(net: Localnet, payer: KeyPairSigner, instructions: Instruction[], config: object = BUDGET) {
  const { value } = await call(net.rpcUrl, 'getLatestBlockhash', { commitment: 'processed' })
  const lifetime = { blockhash: value.blockhash as Blockhash, lastValidBlockHeight: BigInt(value.lastValidBlockHeight) }
  const empty = setTransactionMessageFeePayer(payer.address, createTransactionMessage({ version: 1 }))
  const alive = setTransactionMessageLifetimeUsingBlockhash(lifetime, empty)
  const message = setTransactionMessageConfig(config, appendTransactionMessageInstructions(instructions, alive))
  return getBase64EncodedWireTransaction(await signTransaction([payer.keyPair], compileTransaction(message)))
}

async function payerOn(net: Localnet): Promise<KeyPairSigner> {
  const payer = await generateKeyPairSigner()
  net.fund(payer.address, 10_000_000_000n)
  return payer
}

describe.each(engines)('a transaction of version 1 on the %s engine', (engine) => {
  it('is run, costs what it says, and is read by who says that it can', async () => {
    const net = await chain({ engine })
    const payer = await payerOn(net)
    const to = Keypair.generate().publicKey.toBase58()
    const wire = await v1(net, payer, [transfer(payer, to, 2_000_000_000n)])
    const simulated = await call(net.rpcUrl, 'simulateTransaction', wire, { encoding: 'base64', sigVerify: true })
    expect(simulated.value.err).toBeNull()
    const signature = await call(net.rpcUrl, 'sendTransaction', wire, { encoding: 'base64' })
    const balance = async (key: string) => (await call(net.rpcUrl, 'getBalance', key)).value
    expect([await balance(to), await balance(payer.address)]).toEqual([2_000_000_000, 7_999_994_223])
    for (const config of [undefined, {}, { maxSupportedTransactionVersion: 0 }, 'json'])
      expect((await ask(net.rpcUrl, 'getTransaction', signature, config)).error).toEqual({
        code: -32015,
        message:
          'Transaction version (1) is not supported by the requesting client. Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": 1',
      })
    const options = { maxSupportedTransactionVersion: 1, commitment: 'confirmed' } as const
    const read = await call(net.rpcUrl, 'getTransaction', signature, options)
    expect(read).toMatchObject({ version: 1, meta: { fee: 5_777, err: null } })
    expect(read.transaction.message).toMatchObject({
      transactionConfig: { computeUnitLimit: 100_000, priorityFee: 777, heapSize: null },
      accountKeys: [payer.address, to, SystemProgram.programId.toBase58()],
    })
    expect(read.transaction.message).not.toHaveProperty('addressTableLookups')
    const parsed = await new Connection(net.rpcUrl, 'confirmed').getTransaction(signature, options)
    expect(parsed).toMatchObject({ version: 1 })
    const [text] = (await call(net.rpcUrl, 'getTransaction', signature, { ...options, encoding: 'base64' })).transaction
    expect(text).toBe(wire)
    expect(VersionedTransaction.deserialize(Buffer.from(text, 'base64')).version).toBe(1)
  })

  it('may be as long as 4,096 bytes, and older ones may not', async () => {
    const net = await chain({ engine })
    const payer = await payerOn(net)
    const instructions = Array.from({ length: 40 }, () =>
      transfer(payer, Keypair.generate().publicKey.toBase58(), 5_000_000n),
    )
    const wire = await v1(net, payer, instructions)
    expect(atob(wire).length).toBeGreaterThan(1_232)
    const signature = await call(net.rpcUrl, 'sendTransaction', wire, { encoding: 'base64' })
    expect((await call(net.rpcUrl, 'getSignatureStatuses', [signature])).value[0]).toMatchObject({ err: null })
    const tooLong = Buffer.concat([Buffer.from([1]), Buffer.alloc(64), Buffer.alloc(1_300)]).toString('base64')
    expect((await ask(net.rpcUrl, 'sendTransaction', tooLong, { encoding: 'base64' })).error?.code).toBe(-32602)
  })

  it('that names no limit for what it loads fails as on the cluster', async () => {
    const net = await chain({ engine })
    const payer = await payerOn(net)
    const to = Keypair.generate().publicKey.toBase58()
    const wire = await v1(net, payer, [transfer(payer, to, 2_000_000_000n)], { computeUnitLimit: 100_000 })
    const { error } = await ask(net.rpcUrl, 'sendTransaction', wire, { encoding: 'base64' })
    expect(error).toMatchObject({ code: -32002, data: { err: 'MaxLoadedAccountsDataSizeExceeded' } })
  })

  it('that was damaged anywhere ends in an error and not in the end of the process', async () => {
    const net = await chain({ engine })
    const payer = await payerOn(net)
    const wire = await v1(net, payer, [transfer(payer, Keypair.generate().publicKey.toBase58(), 5_000_000n)])
    const bytes = Buffer.from(wire, 'base64')
    const configs = [{ encoding: 'base64' }, { encoding: 'base64', skipPreflight: true }]
    for (let at = 0; at < bytes.length; at += at < 48 || at > 140 ? 1 : 7)
      for (const value of [0, at % 2 ? 129 : 255]) {
        const damaged = Buffer.from(bytes)
        damaged[at] = value
        for (const text of [damaged, damaged.subarray(0, at)].map((each) => each.toString('base64'))) {
          await ask(net.rpcUrl, 'simulateTransaction', text, { encoding: 'base64', replaceRecentBlockhash: true })
          if (at % 7 === 0) await ask(net.rpcUrl, 'sendTransaction', text, configs[at % 2])
        }
      }
    expect(await call(net.rpcUrl, 'getHealth')).toBe('ok')
  }, 90_000)
})

describe.each(engines)('memos on the %s engine', (engine) => {
  it.each(Object.entries(MEMOS))('of %s are run, and told in the list of an address', async (_, program) => {
    const net = await chain({ engine })
    const payer = Keypair.generate()
    net.fund(payer.publicKey.toBase58(), 1_000_000_000n)
    const connection = new Connection(net.rpcUrl, 'confirmed')
    const memo = (text: string) =>
      new TransactionInstruction({ programId: new PublicKey(program), keys: [], data: Buffer.from(text) })
    const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
    const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight })
    transaction.add(memo('for coffee'), memo('☕'))
    const signature = await connection.sendTransaction(transaction, [payer])
    const [row] = await connection.getSignaturesForAddress(payer.publicKey)
    expect(row).toMatchObject({ signature, err: null, memo: '[10] for coffee; [3] ☕' })
  })
})

describe('the list of what named an address', () => {
  it('says where in its block each stands, and refuses to be cut at what is not known', async () => {
    const net = await chain({ automine: false, slotMs: 0, engine: 'memory' })
    const key = Keypair.generate().publicKey.toBase58()
    const other = Keypair.generate().publicKey.toBase58()
    const airdrop = (to: string) => call(net.rpcUrl, 'requestAirdrop', to, 1_000_000_000)
    const sent = [await airdrop(key), await airdrop(other), await airdrop(key)]
    net.tick()
    sent.push(await airdrop(key))
    net.tick(2)
    const list = (config: object = {}) =>
      call(net.rpcUrl, 'getSignaturesForAddress', key, { commitment: 'processed', ...config })
    const rows = await list()
    expect(rows.map((row: { signature: string }) => row.signature)).toEqual([sent[3], sent[2], sent[0]])
    expect(rows.map((row: { transactionIndex: number }) => row.transactionIndex)).toEqual([0, 2, 0])
    const cut = async (config: object) =>
      (await list(config)).map((row: { signature: string }) => sent.indexOf(row.signature))
    expect(await cut({ before: sent[3] })).toEqual([2, 0])
    expect(await cut({ until: sent[0] })).toEqual([3, 2])
    // One that names another address has its place as well.
    expect(await cut({ before: sent[1] })).toEqual([0])
    for (const name of ['before', 'until']) {
      const config = { commitment: 'processed', [name]: '1'.repeat(64) }
      expect((await ask(net.rpcUrl, 'getSignaturesForAddress', key, config)).error?.code).toBe(-32020)
    }
  })
})

describe('consensus and rent', () => {
  it('of Alpenglow confirm and finalize the same block, at any slot time', async () => {
    for (const slotMs of [50, 200]) {
      const net = await chain({ automine: false, slotMs, consensus: 'alpenglow', engine: 'memory' })
      const key = Keypair.generate().publicKey.toBase58()
      const socket = await openSocket(net.wsUrl)
      const [confirmed, finalized] = [
        await socket.subscribe('accountSubscribe', key, { encoding: 'base64', commitment: 'confirmed' }),
        await socket.subscribe('accountSubscribe', key, { encoding: 'base64', commitment: 'finalized' }),
      ]
      const signature = await call(net.rpcUrl, 'requestAirdrop', key, 1_000_000_000)
      const status = await until(async () => {
        const { value } = await call(net.rpcUrl, 'getSignatureStatuses', [signature])
        expect(value[0]?.confirmationStatus).not.toBe('confirmed')
        return value[0]?.confirmationStatus === 'finalized' && value[0]
      }, 'the final block')
      expect(status.confirmations).toBeNull()
      const slots = (await socket.received(2)).map(({ params }) => [params.subscription, params.result.context.slot])
      expect(Object.fromEntries(slots)).toEqual({ [confirmed]: slots[0]?.[1], [finalized]: slots[0]?.[1] })
      const heads = ['confirmed', 'finalized'].map((commitment) => call(net.rpcUrl, 'getSlot', { commitment }))
      const [a, b] = await Promise.all(heads)
      // Asked one after the other: at most the time between them apart.
      expect(Math.abs(a - b)).toBeLessThan(20)
      expect(await call(net.rpcUrl, 'getAgGenesisCert')).toMatchObject({ block: { slot: expect.any(Number) } })
      socket.raw.close()
    }
    const old = await chain({ engine: 'memory' })
    expect(await call(old.rpcUrl, 'getAgGenesisCert')).toBeNull()
    await expect(startLocalnet({ consensus: 'alpenglow', finalizedLag: 9, engine: 'memory' })).rejects.toThrow(
      'finalizedLag',
    )
    await expect(startLocalnet({ consensus: 'poh' as never, engine: 'memory' })).rejects.toThrow('consensus: "poh"')
  })

  it.each(engines)('ask of an account what the option says (%s)', async (engine) => {
    const net = await chain({ engine, rentLamportsPerByte: 5_080 })
    const rent = (bytes: number) => call(net.rpcUrl, 'getMinimumBalanceForRentExemption', bytes)
    expect([await rent(0), await rent(82), await rent(165)]).toEqual([650_240, 1_066_800, 1_488_440])
    const payer = Keypair.generate()
    net.fund(payer.publicKey.toBase58(), 1_000_000_000n)
    const connection = new Connection(net.rpcUrl, 'confirmed')
    const send = async (lamports: number) => {
      const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
      const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight })
      const toPubkey = Keypair.generate().publicKey
      return connection.sendTransaction(
        transaction.add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey, lamports })),
        [payer],
      )
    }
    await send(650_240)
    await expect(send(650_239)).rejects.toThrow('insufficient funds for rent')
  })
})
