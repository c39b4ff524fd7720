import {
  address,
  appendTransactionMessageInstructions,
  createKeyPairSignerFromBytes,
  createSolanaRpc,
  createSolanaRpcSubscriptions,
  createTransactionMessage,
  devnet,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  isSolanaError,
  type KeyPairSigner,
  lamports,
  pipe,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED,
  sendAndConfirmTransactionFactory,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from '@solana/kit'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'
import { Connection, Keypair, SystemProgram, Transaction } from '@solana/web3.js'
import { getTransferSolInstruction } from '@solana-program/system'
import { findAssociatedTokenPda, getTransferCheckedInstruction, TOKEN_PROGRAM_ADDRESS } from '@solana-program/token'
import { type Localnet, startLocalnet } from 'lamplight-localnet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until, within } from './wire.js'

let localnet: Localnet
const rpcOf = (url: string) => createSolanaRpc(devnet(url))
const subscriptionsOf = (url: string) => createSolanaRpcSubscriptions(devnet(url))
let rpc: ReturnType<typeof rpcOf>
let subscriptions: ReturnType<typeof subscriptionsOf>
let payer: KeyPairSigner
const newAddress = () => address(Keypair.generate().publicKey.toBase58())

beforeAll(async () => {
  localnet = await startLocalnet({ automine: true, engine: 'svm' })
  rpc = rpcOf(localnet.rpcUrl)
  subscriptions = subscriptionsOf(localnet.wsUrl)
  payer = await createKeyPairSignerFromBytes(Keypair.generate().secretKey)
  localnet.fund(payer.address, 10n ** 11n)
})
afterAll(() => localnet.stop())

type Instructions = Parameters<typeof appendTransactionMessageInstructions>[0]

async function signed(instructions: Instructions) {
  const { value: lifetime } = await rpc.getLatestBlockhash().send()
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (m) => setTransactionMessageFeePayerSigner(payer, m),
    (m) => setTransactionMessageLifetimeUsingBlockhash(lifetime, m),
    (m) => appendTransactionMessageInstructions(instructions, m),
  )
  return signTransactionMessageWithSigners(message)
}
const transferTo = (destination: ReturnType<typeof newAddress>, amount: bigint) =>
  signed([getTransferSolInstruction({ source: payer, destination, amount })])

describe('kit, reading', () => {
  it('reads lamports beyond what a double holds, exactly', async () => {
    const key = newAddress()
    localnet.fund(key, 2n ** 60n + 1n)
    expect((await rpc.getBalance(key).send()).value).toBe(2n ** 60n + 1n)
  })

  it('reads an account with its slot', async () => {
    const { value, context } = await rpc.getAccountInfo(payer.address, { encoding: 'base64' }).send()
    expect(value).toMatchObject({ owner: '11111111111111111111111111111111', executable: false, space: 0n })
    expect(context.slot).toBe(await rpc.getSlot().send())
  })

  it('reads data in the forms a node has: bare base58 unless told otherwise, and too much of it never', async () => {
    const mint = address(localnet.createMint({ decimals: 3 }))
    const account = address(localnet.setTokenBalance({ owner: newAddress(), mint, amount: 1n }))
    expect(typeof (await rpc.getAccountInfo(mint).send()).value?.data).toBe('string')
    const [text, form] = (await rpc.getAccountInfo(mint, { encoding: 'base58' }).send()).value?.data ?? []
    expect([typeof text, form]).toEqual(['string', 'base58'])
    await expect(rpc.getAccountInfo(account, { encoding: 'base58' }).send()).rejects.toThrow('less than 128 bytes')
  })

  it('reads parsed token accounts of an owner', async () => {
    const owner = newAddress()
    const mint = address(localnet.createMint({ decimals: 3 }))
    localnet.setTokenBalance({ owner, mint, amount: 1_500n })
    const { value } = await rpc.getTokenAccountsByOwner(owner, { mint }, { encoding: 'jsonParsed' }).send()
    expect(value[0]?.account.data.parsed.info.tokenAmount).toMatchObject({
      amount: '1500',
      decimals: 3,
      uiAmountString: '1.5',
    })
  })

  it('knows the error of a node that has not reached a slot', async () => {
    const slot = await rpc.getSlot().send()
    const error = await rpc
      .getBalance(payer.address, { minContextSlot: slot + 1_000n })
      .send()
      .catch((caught: unknown) => caught)
    expect(isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED)).toBe(true)
  })

  it('gets an airdrop', async () => {
    const key = newAddress()
    await rpc.requestAirdrop(key, lamports(5_000_000n)).send()
    expect((await rpc.getBalance(key).send()).value).toBe(5_000_000n)
  })
})

describe('kit, sending', () => {
  it('sends and confirms over both transports', async () => {
    const to = newAddress()
    const sendAndConfirm = sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions: subscriptions })
    const transaction = await transferTo(to, 2_000_000n)
    await sendAndConfirm(transaction as Parameters<typeof sendAndConfirm>[0], { commitment: 'confirmed' })
    expect((await rpc.getBalance(to).send()).value).toBe(2_000_000n)
    const { value } = await rpc.getSignatureStatuses([getSignatureFromTransaction(transaction)]).send()
    expect(value[0]?.err).toBeNull()
  })

  it('transfers a token that a cheat gave', async () => {
    const mint = address(localnet.createMint({ decimals: 2 }))
    const source = address(localnet.setTokenBalance({ owner: payer.address, mint, amount: 900n }))
    const owner = newAddress()
    localnet.setTokenBalance({ owner, mint, amount: 0n })
    const [destination] = await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS })
    const transfer = getTransferCheckedInstruction({
      source,
      mint,
      destination,
      authority: payer,
      amount: 400n,
      decimals: 2,
    })
    await rpc.sendTransaction(getBase64EncodedWireTransaction(await signed([transfer])), { encoding: 'base64' }).send()
    expect((await rpc.getTokenAccountBalance(destination).send()).value.amount).toBe('400')
    expect((await rpc.getTokenAccountBalance(source).send()).value.uiAmountString).toBe('5')
  })

  it('simulates', async () => {
    const wire = getBase64EncodedWireTransaction(await transferTo(newAddress(), 10n ** 15n))
    const { value } = await rpc.simulateTransaction(wire, { encoding: 'base64' }).send()
    expect(value.err).toEqual({ InstructionError: [0n, { Custom: 1n }] })
  })
})

describe('kit, subscribing', () => {
  it("hears of an account's change", async () => {
    const key = newAddress()
    const abort = new AbortController()
    const changes = await subscriptions
      .accountNotifications(key, { encoding: 'base64' })
      .subscribe({ abortSignal: abort.signal })
    localnet.fund(key, 2n ** 59n + 3n)
    const next = await within(changes[Symbol.asyncIterator]().next(), 'the notification')
    expect(next.value?.value.lamports).toBe(2n ** 59n + 3n)
    abort.abort()
    await until(() => localnet.stats().subscriptions.account === 0, 'the end of the subscription')
  })

  it('hears of slots', async () => {
    const abort = new AbortController()
    const slots = await subscriptions.slotNotifications().subscribe({ abortSignal: abort.signal })
    const top = BigInt(localnet.tick())
    const next = await within(slots[Symbol.asyncIterator]().next(), 'the notification')
    expect(next.value?.parent).toBe(top)
    abort.abort()
  })
})

describe('the burner wallet', () => {
  it('connects, signs and sends', async () => {
    const wallet = new UnsafeBurnerWalletAdapter()
    await wallet.connect()
    if (!wallet.publicKey) throw new Error('the wallet has no key')
    localnet.fund(wallet.publicKey, 10n ** 9n)
    const connection = new Connection(localnet.rpcUrl, 'confirmed')
    const to = Keypair.generate().publicKey
    const transaction = new Transaction().add(
      SystemProgram.transfer({ fromPubkey: wallet.publicKey, toPubkey: to, lamports: 5_000_000 }),
    )
    const signature = await wallet.sendTransaction(transaction, connection)
    await connection.confirmTransaction(signature)
    expect(await connection.getBalance(to)).toBe(5_000_000)
  })
})
