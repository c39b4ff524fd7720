import { base64Of } from '../base/bytes.js'
import type { Clock } from '../base/clock.js'
import { isLamplightError } from '../base/errors.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { chainPosition, type Sight, sightOf } from './answers.js'

/** A transaction on its way. */
export interface Sent {
  readonly signature: string
  /** To be sent, and sent again; `null` when the wallet has sent it itself. */
  readonly bytes: Uint8Array | null
  /** From the next block on it can never land; `Infinity` where that is not known. */
  readonly lastValidBlockHeight: number
}

/** What became of it. */
export type Fate =
  | { readonly type: 'landed'; readonly slot: number; readonly err: unknown }
  | { readonly type: 'expired' }
  /** No node ever took it, for this reason. */
  | { readonly type: 'refused'; readonly error: Error }
  /** Nobody says, for this reason: it may have landed, or may yet. */
  | { readonly type: 'unknown'; readonly why: string }

/** What sending is joined to. */
export interface SendingParts {
  readonly client: Pick<BalanceClient, 'request' | 'followSignature' | 'status' | 'endpoints'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** A node has it, or it was seen. */
  onTaken(): void
  onSight(sight: Sight): void
  /** Gets a function that has the fate looked up now. */
  onWaiting(lookNow: () => void): void
}

/** Asked after this often, and sent again this often, in milliseconds. */
const LOOK_MS = 1000
const RESEND_MS = 2000
const FIRST_LOOK_MS = 300
/**
 * It is followed this long, in milliseconds, whatever its blockhash allows: one lives 150 blocks, which are 30 to 90 s on
 * every cluster that does well.
 */
const FOLLOW_MS = 120_000

/**
 * Sends a transaction, and sends the same bytes again until it is confirmed, cannot land any more, or two minutes are over.
 * Its fate is asked for over HTTP, so that it is learned with the socket down too; with the socket open, a node's word has it
 * asked for at once.
 * @throws what the signal was aborted with
 */
export async function follow(sent: Sent, parts: SendingParts): Promise<Fate> {
  const { client, clock, signal, onWaiting } = parts
  const sending = createSending(sent, parts)
  const endsAt = clock.now() + FOLLOW_MS
  let [wake, isAsked] = [() => {}, false]
  const lookNow = () => {
    isAsked = true
    wake()
  }
  const pause = (ms: number) =>
    new Promise<void>((resume) => {
      const cancel = clock.schedule(resume, isAsked ? 0 : ms)
      isAsked = false
      wake = () => {
        cancel()
        resume()
      }
    })
  onWaiting(lookNow)
  const stop = client.followSignature(sent.signature, lookNow)
  signal.addEventListener('abort', lookNow)
  try {
    for (let waitMs = FIRST_LOOK_MS; ; waitMs = LOOK_MS) {
      signal.throwIfAborted()
      sending.again()
      await pause(waitMs)
      signal.throwIfAborted()
      if (sending.refusal) return { type: 'refused', error: sending.refusal }
      // Whoever slept through it all looks once more, too.
      const isOver = clock.now() >= endsAt
      const fate = await look(sent, parts).catch(nothingKnown)
      if (fate) return fate
      if (isOver) return { type: 'unknown', why: `no node said what became of it within ${FOLLOW_MS / 1000} s` }
    }
  } finally {
    stop()
    signal.removeEventListener('abort', lookNow)
  }
}

/** A node that cannot be asked now is asked again; the fate stays open. */
const nothingKnown = () => undefined

function createSending({ bytes }: Sent, { client, clock, onTaken }: SendingParts) {
  let sentAt = -Infinity
  let isTaken = bytes === null
  let refusal: Error | undefined
  let refusals = 0
  const text = bytes && base64Of(bytes)
  const params = [text, { encoding: 'base64', skipPreflight: true, maxRetries: 0 }]
  function refused(error: Error) {
    // Anything else may have reached the chain all the same, or will the next time.
    if (isTaken || !isForGood(error)) return
    refusals++
    // Another node may think otherwise, of what the first would not even look at.
    if (isLamplightError(error, 'rpc/refused') || refusals >= Math.max(1, client.endpoints().length)) refusal = error
  }
  return {
    get refusal() {
      return refusal
    },
    again() {
      if (!text || clock.now() - sentAt < RESEND_MS) return
      sentAt = clock.now()
      client.request('sendTransaction', params, { over: 'http' }).then((answer) => {
        if (typeof answer !== 'string') return
        isTaken = true
        onTaken()
      }, refused)
    },
  }
}

/** Signature verification failed; no such method; the bytes are no transaction. */
const FINAL_CODES: ReadonlySet<number> = new Set([-32003, -32601, -32602])
/** Whether sending the same again cannot help. */
const isForGood = (error: Error) =>
  (isLamplightError(error, 'rpc/refused') && FINAL_CODES.has(error.context.rpcCode)) ||
  // Who asks may not, from here; or what is asked is too much.
  ((isLamplightError(error, 'rpc/http-status') || isLamplightError(error, 'rpc/too-large')) && !error.retryable)

/** Nodes remember the last 300 blocks by themselves; this far after its end a transaction may be further back, in blocks. */
const REMEMBERED_AFTER = 100

async function look({ signature, lastValidBlockHeight }: Sent, parts: SendingParts): Promise<Fate | undefined> {
  const { client } = parts
  const first = tell(await sightOf(client, signature), parts)
  if (first) return first
  const { blockHeight, absoluteSlot } = await chainPosition(client)
  if (blockHeight <= lastValidBlockHeight) return undefined
  // Asked after the height, and of a node that has seen as much: whatever could land has landed by now.
  const isOld = blockHeight > lastValidBlockHeight + REMEMBERED_AFTER
  const last = await sightOf(client, signature, isOld).catch((error: unknown) => {
    if (isOld && isLamplightError(error, 'rpc/refused')) return null
    throw error
  })
  if (!last) return { type: 'unknown', why: 'its time is over, and the node does not know that far back' }
  const isGone = last.type === 'absent' && last.upTo >= absoluteSlot
  return tell(last, parts) ?? (isGone ? { type: 'expired' } : undefined)
}

function tell(sight: Sight, { onTaken, onSight }: SendingParts): Fate | undefined {
  if (sight.type === 'seen') onTaken()
  onSight(sight)
  return sight.type === 'seen' && sight.confirmed ? { type: 'landed', slot: sight.slot, err: sight.err } : undefined
}
