import type { AccountInfo, Connection, PublicKey, TransactionInstruction } from '@solana/web3.js'
import { bytesOfBase64 } from '../base/bytes.js'
import { isLamplightError } from '../base/errors.js'
import { isObject } from '../base/wireText.js'
import type { Mint } from '../token/mint.js'
import type { Planning } from './action.js'
import { refusal } from './guards.js'

/** What a hook is told of a transfer. */
export interface HookedTransfer {
  readonly source: PublicKey
  readonly mint: PublicKey
  readonly target: PublicKey
  readonly sender: PublicKey
  readonly amount: bigint
}

/**
 * Adds to a transfer the accounts that the mint's hook asks for: the token program runs the hook with them, and without them
 * the transfer fails. Nothing for a mint without a hook.
 * https://www.solana-program.com/docs/transfer-hook-interface
 * @throws LamplightError `action/refused` with `transfer-hook` where they cannot be told, and as every read
 */
export async function addHookAccounts(
  planning: Planning,
  transfer: TransactionInstruction,
  { transferHook }: Pick<Mint, 'transferHook'>,
  { source, mint, target, sender, amount }: HookedTransfer,
): Promise<void> {
  if (transferHook === null) return
  const { spl, web3 } = planning.chain
  const [hook, before] = [new web3.PublicKey(transferHook), transfer.keys.length]
  try {
    const add = spl.addExtraAccountMetasForExecute
    await add(accountsOf(planning), transfer, hook, source, mint, target, sender, amount)
  } catch (error) {
    if (isLamplightError(error)) throw error
    const why = error instanceof Error ? error.message || error.name : String(error)
    throw refusal(
      'transfer',
      'transfer-hook',
      `the accounts that the hook ${transferHook} asks for cannot be told: ${why}`,
    )
  }
  // A hook that keeps no list is run all the same, and has to be at hand.
  if (transfer.keys.length === before) transfer.keys.push({ pubkey: hook, isSigner: false, isWritable: false })
  // The hook's author writes that list: none of it may have the wallet sign for more than the transfer does.
  for (const key of transfer.keys.slice(before)) key.isSigner = false
}

/** The part of a `Connection` that is used: reads go through the client, with its endpoints and its budget. */
function accountsOf({ client, chain }: Planning): Connection {
  const reads: Pick<Connection, 'getAccountInfo'> = {
    async getAccountInfo(key) {
      const config = { encoding: 'base64', commitment: 'confirmed' }
      const answer = await client.request('getAccountInfo', [key.toBase58(), config], { over: 'http' })
      const value = isObject(answer) ? answer.value : undefined
      if (value === null) return null
      const { data, owner, lamports, executable } = isObject(value) ? value : {}
      const text = Array.isArray(data) ? data[0] : undefined
      const bytes = typeof text === 'string' ? bytesOfBase64(text) : undefined
      if (!bytes || typeof owner !== 'string') throw new TypeError(`${key.toBase58()} came unreadable`)
      const account = {
        lamports: Number(lamports),
        executable: executable === true,
        owner: new chain.web3.PublicKey(owner),
      }
      return { ...account, data: Buffer.from(bytes) } as AccountInfo<Buffer>
    },
  }
  return reads as Connection
}
