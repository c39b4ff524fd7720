import type { Clock } from '../base/clock.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { balanceKeys } from '../cache/queries.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { type OptimisticUpdates, optimisticUpdatesOf } from '../client/pending/optimisticUpdates.js'
import type { PendingTransaction } from '../client/pending/pendingTransaction.js'
import type { AccountRecord } from '../token/balance.js'
import type { ActionProgress, ActionReceipt } from './action.js'
import { keptTransaction, type SignatureStatus } from './answers.js'
import { follow, type Outcome, type Sent } from './confirmation.js'
import { failureOf } from './failure.js'

/** A signed transaction, and what it does to balances. */
export interface Submission extends Sent {
  readonly pendingTransaction: PendingTransaction
}

/** What a pending transaction is joined to. */
export interface SubmitParts {
  readonly client: BalanceClient
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onProgress: (progress: ActionProgress) => void
}

/**
 * Sends a signed transaction and follows it to its end, with what it does shown as pending from now on until the chain's own
 * value holds it, or until it is known that it never will, or nobody says.
 * @throws LamplightError `action/failed`, `action/expired`, `action/unconfirmed`, and what the signal was aborted with
 */
export async function submit(name: string, submission: Submission, parts: SubmitParts): Promise<ActionReceipt> {
  const { client, signal, onProgress } = parts
  const { signature } = submission
  const optimisticUpdates = optimisticUpdatesOf(client)
  let pendingTransaction = submission.pendingTransaction
  const learn = (news: Partial<PendingTransaction>) => {
    pendingTransaction = { ...pendingTransaction, ...news }
    // What was given up is not shown again by an answer that was on its way.
    if (!signal.aborted) optimisticUpdates.set(pendingTransaction)
  }
  learn({})
  onProgress({ phase: 'sending', signature })
  const outcome = await followed(submission, parts, optimisticUpdates, (signatureStatus) =>
    learn(newsOf(signatureStatus)),
  )
  if (outcome.type !== 'landed') {
    optimisticUpdates.drop([signature])
    throw endedBadly(name, signature, outcome)
  }
  const { slot, err } = outcome
  learn({ slot, failed: err !== null })
  void catchUp(parts, pendingTransaction, slot)
  if (err === null) return { signature, slot }
  const logs = await logsOf(client, signature).catch(() => [])
  throw laterError('action/failed', { action: name, ...failureOf(err, logs), signature, logs })
}

function endedBadly(action: string, signature: string, outcome: Exclude<Outcome, { type: 'landed' }>): LamplightError {
  if (outcome.type === 'expired') return laterError('action/expired', { action, signature })
  if (outcome.type === 'unknown') return laterError('action/unconfirmed', { action, signature, why: outcome.why })
  const { error } = outcome
  // The sentence it becomes part of has a full stop of its own.
  const why = error.message.replace(/\.$/, '')
  return laterError('action/failed', { action, reason: 'unknown', why, signature: null, logs: [] }, { cause: error })
}

/** A slot that is not confirmed may still be dropped with the fork that it is on: it only tells that those before it do not hold it. */
function newsOf(signatureStatus: SignatureStatus): Partial<PendingTransaction> {
  if (signatureStatus.type === 'absent') return { slot: null, absentAt: signatureStatus.upTo }
  const { slot, err, confirmed } = signatureStatus
  return confirmed ? { slot, failed: err !== null } : { slot: null, absentAt: slot - 1 }
}

async function followed(
  submission: Submission,
  { client, clock, signal, onProgress }: SubmitParts,
  optimisticUpdates: OptimisticUpdates,
  onStatus: (signatureStatus: SignatureStatus) => void,
): Promise<Outcome> {
  const { signature } = submission
  let isAccepted = false
  let checkNow = () => {}
  const stop = optimisticUpdates.onAsked((id) => void (id === signature && checkNow()))
  // At once: a request that is on its way may take long.
  const drop = () => optimisticUpdates.drop([signature])
  signal.addEventListener('abort', drop)
  try {
    return await follow(submission, {
      ...{ client, clock, signal, onStatus },
      onAccepted() {
        if (isAccepted) return
        isAccepted = true
        onProgress({ phase: 'confirming', signature })
      },
      onWaiting: (look) => {
        checkNow = look
      },
    })
  } catch (error) {
    drop()
    throw error
  } finally {
    stop()
    signal.removeEventListener('abort', drop)
  }
}

/** How long a push may take before the accounts are read instead, in milliseconds. */
const PUSH_MS = 1000

/** Reads what the cache holds of the accounts as of the transaction's slot, where the stream does not bring it. */
async function catchUp(
  { client, clock }: SubmitParts,
  { deltas, costs }: PendingTransaction,
  slot: number,
): Promise<void> {
  const { queryClient, cluster, commitment } = client
  // A finalized value is seconds away, and what is pending until then is right.
  if (commitment === 'finalized') return
  const accounts = new Set([...deltas, ...costs].map(({ address }) => address))
  const isLate = (key: readonly unknown[]) => (queryClient.getQueryData<AccountRecord>(key)?.slot ?? slot) < slot
  const requests = [...accounts].map((address) => ({ address, commitment }))
  if (requests.every((request) => client.isLive(request)))
    await new Promise<void>((resume) => clock.schedule(resume, PUSH_MS))
  await Promise.allSettled(
    requests.map(async (request) => {
      const key = balanceKeys.account(cluster, commitment, request.address)
      if (!isLate(key)) return
      const record = await client.readAccount(request, { minSlot: slot })
      queryClient.setQueryData(key, record)
    }),
  )
}

/** A transaction that just landed may be known of before it can be looked up. */
const LOG_TRIES = 3

async function logsOf(client: BalanceClient, signature: string): Promise<readonly string[]> {
  for (let tries = 0; tries < LOG_TRIES; tries++) {
    const kept = await keptTransaction(client, signature)
    if (kept) return kept.logs
  }
  return []
}
