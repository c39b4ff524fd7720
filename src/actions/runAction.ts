import type { Transaction } from '@solana/web3.js'
import { base58Of } from '../base/base58.js'
import { systemClock } from '../base/clock.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { base64Of } from '../base/wireText.js'
import { balanceKeys } from '../cache/queries.js'
import { type Delta, newFlight } from '../pending/flight.js'
import { loadChainCode } from '../sending/chainCode.js'
import { walletErrorOf } from '../signin/walletError.js'
import type { BalanceClient } from '../sync/balanceClient.js'
import { type Address, address } from '../token/address.js'
import type {
  ActionOptions,
  ActionPlan,
  ActionProgress,
  ActionReceipt,
  ActionRequest,
  Planning,
  Signer,
} from './action.js'
import { type Flown, fly } from './fly.js'
import { type Built, build, feeOf, latestBlock } from './transaction.js'

/** Messages that were signed are remembered this long back. */
const REMEMBERED = 200

interface Running {
  readonly receipt: Promise<ActionReceipt>
  /** Has somebody more told of it, from where it is now. */
  join(listener: Tell | undefined): void
}
type Tell = (progress: ActionProgress) => void

/** What runs now, and what was signed: one for a cluster in a query cache. */
interface Desk {
  readonly running: Map<string, Running>
  readonly signed: Set<string>
}

function deskOf({ queryClient, cluster }: BalanceClient): Desk {
  const key = [...balanceKeys.cluster(cluster), 'actions']
  const known = queryClient.getQueryDefaults(key).meta?.desk as Desk | undefined
  if (known) return known
  const desk: Desk = { running: new Map(), signed: new Set() }
  queryClient.setQueryDefaults(key, { meta: { desk } })
  return desk
}

/**
 * Takes an action from its plan to the chain. The same request of the same wallet, made again while it runs, is the one
 * that runs: it is neither signed nor sent twice.
 */
export function runAction(
  client: BalanceClient,
  signer: Signer,
  request: ActionRequest,
  options: ActionOptions,
): Promise<ActionReceipt> {
  const desk = deskOf(client)
  const key = `${signer.publicKey?.toBase58()}:${request.key}`
  let running = desk.running.get(key)
  if (!running) {
    running = start((onProgress) => walk(client, signer, request, { ...options, onProgress }, desk))
    desk.running.set(key, running)
    const done = () => void desk.running.delete(key)
    running.receipt.then(done, done)
  }
  running.join(options.onProgress)
  return running.receipt
}

function start(run: (tell: Tell) => Promise<ActionReceipt>): Running {
  const listeners: Tell[] = []
  let last: ActionProgress = { phase: 'building' }
  const receipt = run((progress) => {
    last = progress
    for (const tell of listeners) tell(progress)
  })
  return {
    receipt,
    join(listener) {
      if (!listener) return
      listeners.push(listener)
      listener(last)
    },
  }
}

async function walk(
  client: BalanceClient,
  signer: Signer,
  request: ActionRequest,
  options: ActionOptions,
  desk: Desk,
): Promise<ActionReceipt> {
  const { name } = request
  const { onProgress = () => {}, signal = new AbortController().signal, clock = systemClock } = options
  try {
    const payer = connected(name, signer)
    const planning: Planning = { client, chain: await loadChainCode(), payer, clock }
    const plan = await request.plan(planning)
    const built = await build(name, planning, plan, options, (message) => desk.signed.has(message))
    signal.throwIfAborted()
    onProgress({ phase: 'signing', quote: built.quote })
    const signed = await sign(name, signer, built, signal)
    remember(desk.signed, built.message)
    if (connected(name, signer) !== payer) throw unavailable(name, 'another account was connected meanwhile')
    const receipt = await fly(name, await flownOf(planning, plan, built, signed), {
      ...options,
      client,
      clock,
      signal,
      onProgress,
    })
    onProgress({ phase: 'confirmed', ...receipt })
    return receipt
  } catch (reason) {
    const error = signal.aborted ? unavailable(name, 'the action was given up', reason) : reason
    if (isLamplightError(error)) onProgress({ phase: phaseOf(error), error })
    throw error
  }
}

const unavailable = (request: string, why: string, cause?: unknown) =>
  laterError('wallet/unavailable', { request, why }, { cause })

/** How an action that ended with an error ended. */
const phaseOf = ({ code }: LamplightError) =>
  code === 'wallet/rejected' ? 'rejected' : code === 'action/expired' ? 'expired' : 'failed'

function connected(name: string, { publicKey }: Signer): Address {
  if (!publicKey) throw unavailable(name, 'it is not connected')
  return address(publicKey, 'signer.publicKey')
}

function remember(signed: Set<string>, message: string) {
  signed.add(message)
  for (const oldest of signed) if (signed.size > REMEMBERED) signed.delete(oldest)
}

/** What the wallet made of a transaction. */
type Signed = Pick<Flown, 'signature' | 'bytes'> & { readonly transaction: Transaction | null }

async function sign(name: string, signer: Signer, { transaction }: Built, signal: AbortSignal): Promise<Signed> {
  const { signTransaction, sendTransaction, connection } = signer
  const given = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  try {
    if (signTransaction) {
      const signed = await Promise.race([signTransaction.call(signer, transaction), given])
      const bytes = Uint8Array.from(signed.serialize())
      return { signature: base58Of(Uint8Array.from(signed.signature as Uint8Array)), bytes, transaction: signed }
    }
    if (!sendTransaction || !connection) throw unavailable(name, 'it can neither sign nor send a transaction')
    const signature = await Promise.race([sendTransaction.call(signer, transaction, connection), given])
    return { signature, bytes: null, transaction: null }
  } catch (error) {
    throw signal.aborted ? error : walletErrorOf(name, error)
  }
}

/** What flies: with the fee and the lifetime that the wallet, which may have changed the transaction, has made of it. */
async function flownOf(planning: Planning, plan: ActionPlan, built: Built, signed: Signed): Promise<Flown> {
  const { payer } = planning
  const message = signed.transaction && base64Of(signed.transaction.serializeMessage())
  const { networkFee, rent } = built.quote
  const fee = message && message !== built.message ? await feeOf(planning, message) : networkFee
  // Another blockhash is not known to end before the newest one does.
  const isOther = signed.transaction !== null && signed.transaction.recentBlockhash !== built.blockhash
  const lastValidBlockHeight = isOther ? (await latestBlock(planning)).lastValidBlockHeight : built.lastValidBlockHeight
  const paid = (lamports: bigint): Delta => ({ address: payer, lamports: -lamports, tokens: 0n })
  const { signature, bytes } = signed
  return {
    ...{ signature, bytes, lastValidBlockHeight },
    flight: newFlight(signature, [...plan.deltas, paid(fee + rent)], [paid(fee)]),
  }
}
