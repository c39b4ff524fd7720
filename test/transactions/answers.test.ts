import {
  appendTransactionMessageInstructions,
  type Blockhash,
  compileTransaction,
  createKeyPairSignerFromBytes,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  setTransactionMessageConfig,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransaction,
} from '@solana/kit'
import { Connection, Keypair, type Transaction } from '@solana/web3.js'
import { type Signer, transferSol } from 'lamplight/actions'
import { expect, it } from 'vitest'
import { rentOf } from '../../src/transactions/answers.js'
import { newAddress } from '../support/localnet.js'
import { answer, type UnrulyStage, unrulyStage } from './unruly.js'

it.each([null, {}, '2039280', -1, 1.5, 2 ** 53, [2039280], { value: 2039280 }])(
  'a rent of %j is refused where it enters',
  async (result) => {
    const here = await unrulyStage()
    here.unruly = (method) => (method === 'getMinimumBalanceForRentExemption' ? answer(result) : undefined)
    await expect(rentOf(here.client, 165)).rejects.toMatchObject({
      code: 'rpc/malformed',
      context: { method: 'getMinimumBalanceForRentExemption' },
    })
  },
)

it('a rent is what the node says, whatever that is', async () => {
  const here = await unrulyStage()
  expect(await rentOf(here.client, 165)).toBe(2_039_280)
  here.unruly = (method) => (method === 'getMinimumBalanceForRentExemption' ? answer(1_019_640) : undefined)
  expect(await rentOf(here.client, 165)).toBe(1_019_640)
})

/** A wallet that sends by itself, and makes of what it is asked for a transaction of version 1, with `lamports` more in it. */
async function walletOfVersion1({ net }: UnrulyStage, lamports = 0n): Promise<Signer> {
  const { publicKey, secretKey } = Keypair.generate()
  net.fund(publicKey.toBase58(), 10_000_000_000n)
  const payer = await createKeyPairSignerFromBytes(secretKey)
  const connection = new Connection(net.rpcUrl, 'confirmed')
  const roleOf = (isSigner: boolean, isWritable: boolean) => (isSigner ? 2 : 0) + (isWritable ? 1 : 0)
  const made = ({ programId, keys, data }: Transaction['instructions'][number]) => {
    const changed = Uint8Array.from(data)
    if (data.length === 12) {
      const view = new DataView(changed.buffer)
      view.setBigUint64(4, view.getBigUint64(4, true) + lamports, true)
    }
    const accounts = keys.map((key) => ({
      address: key.pubkey.toBase58() as never,
      role: roleOf(key.isSigner, key.isWritable),
    }))
    return { programAddress: programId.toBase58() as never, accounts, data: changed }
  }
  return {
    publicKey,
    connection,
    async sendTransaction({ instructions }: Transaction) {
      const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash()
      const lifetime = { blockhash: blockhash as Blockhash, lastValidBlockHeight: BigInt(lastValidBlockHeight) }
      const empty = setTransactionMessageFeePayer(payer.address, createTransactionMessage({ version: 1 }))
      const alive = setTransactionMessageLifetimeUsingBlockhash(lifetime, empty)
      const transfers = instructions.filter(({ programId }) => !programId.toBase58().startsWith('ComputeBudget'))
      const full = appendTransactionMessageInstructions(transfers.map(made), alive)
      const limits = { computeUnitLimit: 100_000, loadedAccountsDataSizeLimit: 1_000_000, priorityFeeLamports: 777n }
      const signed = await signTransaction(
        [payer.keyPair],
        compileTransaction(setTransactionMessageConfig(limits, full)),
      )
      const raw = Buffer.from(getBase64EncodedWireTransaction(signed), 'base64')
      return connection.sendRawTransaction(raw, { skipPreflight: true })
    },
  } as never
}

it.each([
  ['the same: it is confirmed', 0n, 'confirmed'],
  ['something else: it says so', 1n, 'failed'],
])('a transaction of version 1 that a wallet sent is read, and does %s', async (_, more, phase) => {
  const here = await unrulyStage()
  let versions = 0
  here.unruly = (method, genuine) => {
    if (method === 'getTransaction' && (genuine as { version?: unknown } | null)?.version === 1) versions++
    return undefined
  }
  const signer = await walletOfVersion1(here, more)
  const run = transferSol(here.client, signer, { to: newAddress(), lamports: 5_000_000n }, here.options)
  const end = await run.catch((error) => error)
  expect(here.phases().at(-1)).toBe(phase)
  expect(versions).toBeGreaterThan(0)
  if (more > 0n) expect(end).toMatchObject({ code: 'wallet/altered', context: { signature: expect.any(String) } })
})
