import { type Address, address } from '../base/address.js'
import { base64Of } from '../base/bytes.js'
import { messageOf, readOr } from '../base/check.js'
import { systemClock } from '../base/clock.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { balanceKeys } from '../cache/queries.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { type Delta, newPendingTransaction } from '../client/pending/pendingTransaction.js'
import type {
  ActionOptions,
  ActionPlan,
  ActionProgress,
  ActionReceipt,
  ActionRequest,
  Planning,
  Signer,
} from './action.js'
import { feeOf, keptTransaction, latestBlock } from './answers.js'
import { loadChainCode } from './chainCode.js'
import { endOf, type Running, type Standing, startRun } from './running.js'
import { changeOf, keptMessage, messageIn } from './signedMessage.js'
import { type Signed, signedBy, unavailable } from './signing.js'
import { type Submission, submit } from './submit.js'
import { type Built, build } from './transaction.js'

/** Messages that were signed are remembered this long back. */
const REMEMBERED = 200

type Tell = (progress: ActionProgress) => void

/** What runs now, and what was signed: one for a cluster in a query cache. */
interface InFlightTransactions {
  readonly running: Map<string, Running>
  readonly signed: Set<string>
}

function inFlightOf({ queryClient, cluster }: BalanceClient): InFlightTransactions {
  const key = [...balanceKeys.cluster(cluster), 'actions']
  const known = queryClient.getQueryDefaults(key).meta?.inFlight as InFlightTransactions | undefined
  if (known) return known
  const inFlight: InFlightTransactions = { running: new Map(), signed: new Set() }
  queryClient.setQueryDefaults(key, { meta: { inFlight } })
  return inFlight
}

/**
 * Takes an action from its plan to the chain. The same request of the same wallet, made again while it runs, is the one
 * that runs: it is neither signed nor sent twice. It goes on for as long as one of those who asked for it has not given it up.
 */
export function runAction(
  client: BalanceClient,
  signer: Signer,
  request: ActionRequest,
  options: ActionOptions,
): Promise<ActionReceipt> {
  const inFlight = inFlightOf(client)
  // What is wrong with the key is told by the action itself.
  const owner = readOr('none', () => signer.publicKey?.toBase58())
  const key = `${owner}:${request.key}`
  const known = inFlight.running.get(key)
  if (known) return known.join(options)
  const running = startRun(
    request.name,
    (standing, tell, signal) => walk({ client, signer, request, options, inFlight, standing, tell, signal }),
    () => void (inFlight.running.get(key) === running && inFlight.running.delete(key)),
  )
  inFlight.running.set(key, running)
  return running.join(options)
}

interface Walk {
  readonly client: BalanceClient
  readonly signer: Signer
  readonly request: ActionRequest
  readonly options: ActionOptions
  readonly inFlight: InFlightTransactions
  readonly standing: Standing
  readonly tell: Tell
  readonly signal: AbortSignal
}

async function walk({
  client,
  signer,
  request,
  options,
  inFlight,
  standing,
  tell,
  signal,
}: Walk): Promise<ActionReceipt> {
  const { name } = request
  const { clock = systemClock } = options
  try {
    const payer = connected(name, signer)
    const planning: Planning = { client, chain: await loadChainCode(), payer, clock }
    const plan = await request.plan(planning)
    const built = await build(name, planning, plan, { ...options, signal }, (message) => inFlight.signed.has(message))
    signal.throwIfAborted()
    tell({ phase: 'signing', quote: built.quote })
    const signed = await signedBy({ name, signer, planning, built, standing, signal })
    remember(inFlight.signed, built.message)
    if (connected(name, signer) !== payer && signed.bytes)
      throw unavailable(name, 'another account was connected meanwhile')
    const submission = await submissionOf(planning, plan, built, signed)
    signal.throwIfAborted()
    standing.signature = signed.signature
    const receipt = await submit(name, submission, { client, clock, signal, onProgress: tell })
    if (!signed.bytes) await requireSame(name, planning, built, receipt)
    tell({ phase: 'confirmed', ...receipt })
    return receipt
  } catch (reason) {
    const error = errorOf(name, reason, standing)
    tell(endOf(error))
    throw error
  }
}

/** Whatever was thrown ends the action, as an error of this library. */
function errorOf(action: string, reason: unknown, { signature }: Standing): LamplightError {
  if (isLamplightError(reason)) return reason
  const why = messageOf(reason)
  return signature === null
    ? laterError('action/failed', { action, reason: 'unknown', why, signature, logs: [] }, { cause: reason })
    : laterError('action/unconfirmed', { action, signature, why }, { cause: reason })
}

function connected(name: string, { publicKey }: Signer): Address {
  if (!publicKey) throw unavailable(name, 'it is not connected')
  return address(publicKey, 'signer.publicKey')
}

function remember(signed: Set<string>, message: string) {
  signed.add(message)
  for (const oldest of signed) if (signed.size > REMEMBERED) signed.delete(oldest)
}

/** A wallet's blockhash may be of a node that is ahead of ours, by this many blocks at most. */
const AHEAD = 64

/** What flies: with the fee and the lifetime that the wallet, which may have changed the transaction, has made of it. */
async function submissionOf(
  { client, payer }: Planning,
  plan: ActionPlan,
  built: Built,
  signed: Signed,
): Promise<Submission> {
  const { signature, bytes, message } = signed
  const { networkFee, rent } = built.quote
  const text = message && base64Of(message.serialize())
  // What is signed is sent, whether or not a node says what it costs.
  const fee = text && text !== built.message ? await feeOf(client, text).catch(() => networkFee) : networkFee
  // Another blockhash, or one that only the wallet knows, is not known to end before the newest one there is by now.
  const isOwn = message?.recentBlockhash === built.blockhash
  const lastValidBlockHeight = isOwn
    ? built.lastValidBlockHeight
    : await latestBlock(client).then(
        (newest) => newest.lastValidBlockHeight + AHEAD,
        () => Infinity,
      )
  const paid = (lamports: bigint): Delta => ({ address: payer, lamports: -lamports, tokens: 0n })
  return {
    ...{ signature, bytes, lastValidBlockHeight },
    pendingTransaction: newPendingTransaction(signature, [...plan.deltas, paid(fee + rent)], [paid(fee)]),
  }
}

/** Of what a wallet has sent itself only a signature came back: it has to be of what was asked for. */
async function requireSame(request: string, { client, chain }: Planning, built: Built, { signature }: ActionReceipt) {
  const kept = await keptTransaction(client, signature).catch(() => null)
  const message = kept?.bytes && keptMessage(chain, kept.bytes)
  // A node that cannot give it says nothing against it.
  const why = message ? changeOf(messageIn(chain, built.message), message) : null
  if (why !== null) throw laterError('wallet/altered', { request, why, signature })
}
