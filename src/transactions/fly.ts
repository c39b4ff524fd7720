import type { Clock } from '../base/clock.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { balanceKeys } from '../cache/queries.js'
import type { BalanceClient } from '../client/balanceClient.js'
import type { Flight } from '../client/pending/flight.js'
import { type Overlay, overlayOf } from '../client/pending/overlay.js'
import type { AccountRecord } from '../token/balance.js'
import type { ActionProgress, ActionReceipt } from './action.js'
import { keptTransaction, type Sight } from './answers.js'
import { type Fate, follow, type Sent } from './confirmation.js'
import { failureOf } from './failure.js'

/** A signed transaction, and what it does to balances. */
export interface Flown extends Sent {
  readonly flight: Flight
}

/** What a flight is joined to. */
export interface FlyParts {
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
export async function fly(name: string, flown: Flown, parts: FlyParts): Promise<ActionReceipt> {
  const { client, signal, onProgress } = parts
  const { signature } = flown
  const overlay = overlayOf(client)
  let flight = flown.flight
  const learn = (news: Partial<Flight>) => {
    flight = { ...flight, ...news }
    // What was given up is not shown again by an answer that was on its way.
    if (!signal.aborted) overlay.set(flight)
  }
  learn({})
  onProgress({ phase: 'sending', signature })
  const fate = await followed(flown, parts, overlay, (sight) => learn(newsOf(sight)))
  if (fate.type !== 'landed') {
    overlay.drop([signature])
    throw endedBadly(name, signature, fate)
  }
  const { slot, err } = fate
  learn({ slot, failed: err !== null })
  void catchUp(parts, flight, slot)
  if (err === null) return { signature, slot }
  const logs = await logsOf(client, signature).catch(() => [])
  throw laterError('action/failed', { action: name, ...failureOf(err, logs), signature, logs })
}

function endedBadly(action: string, signature: string, fate: Exclude<Fate, { type: 'landed' }>): LamplightError {
  if (fate.type === 'expired') return laterError('action/expired', { action, signature })
  if (fate.type === 'unknown') return laterError('action/unconfirmed', { action, signature, why: fate.why })
  const { error } = fate
  // The sentence it becomes part of has a full stop of its own.
  const why = error.message.replace(/\.$/, '')
  return laterError('action/failed', { action, reason: 'unknown', why, signature: null, logs: [] }, { cause: error })
}

/** A slot that is not confirmed may still be dropped with the fork that it is on: it only tells that those before it do not hold it. */
function newsOf(sight: Sight): Partial<Flight> {
  if (sight.type === 'absent') return { slot: null, absentAt: sight.upTo }
  const { slot, err, confirmed } = sight
  return confirmed ? { slot, failed: err !== null } : { slot: null, absentAt: slot - 1 }
}

async function followed(
  flown: Flown,
  { client, clock, signal, onProgress }: FlyParts,
  overlay: Overlay,
  onSight: (sight: Sight) => void,
): Promise<Fate> {
  const { signature } = flown
  let isTaken = false
  let lookNow = () => {}
  const stop = overlay.onAsked((id) => void (id === signature && lookNow()))
  // At once: a request that is on its way may take long.
  const drop = () => overlay.drop([signature])
  signal.addEventListener('abort', drop)
  try {
    return await follow(flown, {
      ...{ client, clock, signal, onSight },
      onTaken() {
        if (isTaken) return
        isTaken = true
        onProgress({ phase: 'confirming', signature })
      },
      onWaiting: (look) => {
        lookNow = look
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
async function catchUp({ client, clock }: FlyParts, { deltas, costs }: Flight, slot: number): Promise<void> {
  const { queryClient, cluster, commitment } = client
  // A finalized value is seconds away, and what is pending until then is right.
  if (commitment === 'finalized') return
  const accounts = new Set([...deltas, ...costs].map(({ address }) => address))
  const isLate = (key: readonly unknown[]) => (queryClient.getQueryData<AccountRecord>(key)?.slot ?? slot) < slot
  const wishes = [...accounts].map((address) => ({ address, commitment }))
  if (wishes.every((wish) => client.isLive(wish))) await new Promise<void>((resume) => clock.schedule(resume, PUSH_MS))
  await Promise.allSettled(
    wishes.map(async (wish) => {
      const key = balanceKeys.account(cluster, commitment, wish.address)
      if (!isLate(key)) return
      const record = await client.readAccount(wish, { minSlot: slot })
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
