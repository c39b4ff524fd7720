import { bytesOfBase58 } from '../base/base58.js'
import { readOr } from '../base/check.js'
import { laterError } from '../base/laterErrors.js'
import { isObject } from '../base/wireText.js'
import type { BalanceClient } from '../client/balanceClient.js'

// What nodes answer to actions is checked here, where it enters: behind this file it has its shape.

/** Who is asked. */
export type Asked = Pick<BalanceClient, 'request' | 'status'>

/**
 * Asks over HTTP, and reads the answer.
 * @param read Gives `undefined` for what makes no sense, or throws.
 * @throws LamplightError `rpc/malformed` naming the method, and as every request
 */
export async function ask<T>(
  { request, status }: Asked,
  method: string,
  params: readonly unknown[],
  read: (result: unknown) => T | undefined,
): Promise<T> {
  const result = await request(method, params, { over: 'http' })
  const value = readOr(undefined, () => read(result))
  if (value !== undefined) return value
  throw laterError('rpc/malformed', { endpoint: status.getState().endpoint, method })
}

/** A whole number from 0 to 2^53; JSON has no other kind that could be one of a chain's. */
const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
const isCount = (value: unknown): value is number => count(value) !== undefined
const valueIn = (result: unknown): unknown => (isObject(result) ? result.value : undefined)
const contextSlot = (result: unknown): number | undefined =>
  isObject(result) && isObject(result.context) ? count(result.context.slot) : undefined

/** The newest blockhash, and the last block that it can be used for. */
export interface LatestBlock {
  readonly blockhash: string
  readonly lastValidBlockHeight: number
}

/** No chain's blockhash lives nearly as long, in blocks; a ledger for tests has some of 20,000. */
const LONGEST_LIFE = 100_000

/** Asks for the newest blockhash. @throws LamplightError `rpc/malformed`, and as every request */
export const latestBlock = (client: Asked): Promise<LatestBlock> =>
  ask(client, 'getLatestBlockhash', [{ commitment: 'confirmed' }], (result) => {
    const [value, slot] = [valueIn(result), contextSlot(result)]
    if (!isObject(value) || slot === undefined || typeof value.blockhash !== 'string') return undefined
    const { blockhash, lastValidBlockHeight } = value
    // There are never more blocks than slots.
    if (!isCount(lastValidBlockHeight) || lastValidBlockHeight > slot + LONGEST_LIFE) return undefined
    return bytesOfBase58(blockhash)?.length === 32 ? { blockhash, lastValidBlockHeight } : undefined
  })

/** What the network takes for one signature where nothing is paid for priority, in lamports. */
export const SIGNATURE_FEE = 5000n

/** Asks what the network takes for a message (base64), in lamports. @throws LamplightError `rpc/malformed`, and as every request */
export const feeOf = (client: Asked, message: string): Promise<bigint> =>
  ask(client, 'getFeeForMessage', [message, { commitment: 'confirmed' }], (result) => {
    const value = valueIn(result)
    // The node does not know its blockhash.
    if (value === null) return SIGNATURE_FEE
    return isCount(value) ? BigInt(value) : undefined
  })

/** Asks what an account of so many bytes has to hold, in lamports: it changes, and is never known. @throws LamplightError `rpc/malformed`, and as every request */
export const rentOf = (client: Asked, bytes: number): Promise<number> =>
  ask(client, 'getMinimumBalanceForRentExemption', [bytes], count)

/** Where the chain is. */
export interface ChainPosition {
  readonly epoch: number
  readonly blockHeight: number
  readonly absoluteSlot: number
}

/** Asks where the chain is. @throws LamplightError `rpc/malformed`, and as every request */
export const chainPosition = (client: Asked): Promise<ChainPosition> =>
  ask(client, 'getEpochInfo', [{ commitment: 'confirmed' }], (result) => {
    if (!isObject(result)) return undefined
    const { epoch, blockHeight, absoluteSlot } = result
    return isCount(epoch) && isCount(blockHeight) && isCount(absoluteSlot)
      ? { epoch, blockHeight, absoluteSlot }
      : undefined
  })

/** What a node found when it tried a transaction. */
export interface Simulation {
  /** `null` when it went through. */
  readonly err: unknown
  readonly logs: readonly string[]
  /** What the accounts that were asked for would hold, in lamports, in their order. */
  readonly lamports: readonly bigint[]
}

/**
 * Has a node try a transaction.
 * @param addresses The accounts to tell of.
 * @throws LamplightError `rpc/malformed`, and as every request
 */
export const simulate = (client: Asked, transaction: string, addresses: readonly string[]): Promise<Simulation> => {
  const accounts = { encoding: 'base64', addresses }
  const how = { encoding: 'base64', sigVerify: false, replaceRecentBlockhash: true, commitment: 'confirmed', accounts }
  return ask(client, 'simulateTransaction', [transaction, how], (result) => {
    const value = valueIn(result)
    // What does not say that it went through has not.
    if (!isObject(value) || value.err === undefined) return undefined
    const { err } = value
    const logs = textsIn(value.logs)
    if (err !== null) return { err, logs, lamports: [] }
    const after = Array.isArray(value.accounts) ? value.accounts : []
    const lamports = addresses.map((_, i) => lamportsIn(after[i]))
    return lamports.every((each) => each !== undefined) ? { err, logs, lamports } : undefined
  })
}

/** An account that is not there holds nothing; one that was not told of is none of the two. */
function lamportsIn(account: unknown): bigint | undefined {
  if (account === null) return 0n
  if (!isObject(account)) return undefined
  const { lamports } = account
  return isCount(lamports) || (typeof lamports === 'bigint' && lamports >= 0n) ? BigInt(lamports) : undefined
}

const textsIn = (lines: unknown): readonly string[] =>
  Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : []

/** Where the newest answer has seen a transaction. */
export type SignatureStatus =
  | { readonly type: 'absent'; readonly upTo: number }
  | { readonly type: 'seen'; readonly slot: number; readonly err: unknown; readonly confirmed: boolean }

/**
 * Asks what a node knows of a transaction.
 * @param isOld Whether it may be further back than a node's memory of the last minutes; not every node keeps more.
 * @throws LamplightError `rpc/malformed`, and as every request
 */
export const signatureStatusOf = (client: Asked, signature: string, isOld = false): Promise<SignatureStatus> =>
  ask(
    client,
    'getSignatureStatuses',
    [[signature], ...(isOld ? [{ searchTransactionHistory: true }] : [])],
    (result) => {
      const [upTo, value] = [contextSlot(result), valueIn(result)]
      if (upTo === undefined || !Array.isArray(value) || value.length !== 1) return undefined
      const [status] = value
      if (status === null) return { type: 'absent', upTo }
      if (!isObject(status) || status.err === undefined || !isCount(status.slot)) return undefined
      const { slot, err, confirmationStatus, confirmations } = status
      // A slot that no node has reached would make every later read look old.
      if (slot > upTo) return undefined
      // Nodes of before 2020 say nothing but that there is no more to count.
      const confirmed =
        confirmationStatus === 'confirmed' || confirmationStatus === 'finalized' || confirmations === null
      return { type: 'seen', slot, err, confirmed }
    },
  )

/** A transaction as a node keeps it. */
export interface KeptTransaction {
  /** `null` where the node gave none. */
  readonly bytes: string | null
  readonly logs: readonly string[]
}

/**
 * Asks for a transaction of any version; `null` while the node does not have it.
 * @throws LamplightError `rpc/malformed`, `rpc/refused` (-32015: a node that cannot give one of its version), and as every request
 */
export const keptTransaction = async (client: Asked, signature: string): Promise<KeptTransaction | null> => {
  const how = { commitment: 'confirmed', encoding: 'base64', maxSupportedTransactionVersion: 1 }
  const found = await ask(client, 'getTransaction', [signature, how], (result) => {
    if (result === null) return 'none' as const
    if (!isObject(result)) return undefined
    const [bytes] = Array.isArray(result.transaction) ? result.transaction : []
    const logs = isObject(result.meta) ? textsIn(result.meta.logMessages) : []
    return { bytes: typeof bytes === 'string' ? bytes : null, logs }
  })
  return found === 'none' ? null : found
}
