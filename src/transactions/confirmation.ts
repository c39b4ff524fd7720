import { base64Of } from '../base/bytes.js'
import type { Clock } from '../base/clock.js'
import { isLamplightError } from '../base/errors.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { chainPosition, type SignatureStatus, signatureStatusOf } from './answers.js'

/** A transaction on its way. */
export interface Sent {
  readonly signature: string
  /** To be sent, and sent again; `null` when the wallet has sent it itself. */
  readonly bytes: Uint8Array | null
  /** From the next block on it can never land; `Infinity` where that is not known. */
  readonly lastValidBlockHeight: number
}

/** What became of it. */
export type Outcome =
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
  onAccepted(): void
  onStatus(signatureStatus: SignatureStatus): void
  /** Gets a function that has the outcome looked up now. */
  onWaiting(checkNow: () => void): void
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
 * Its outcome is asked for over HTTP, so that it is learned with the socket down too; with the socket open, a node's word has it
 * asked for at once.
 * @throws what the signal was aborted with
 */
export async function follow(sent: Sent, parts: SendingParts): Promise<Outcome> {
  const { client, clock, signal, onWaiting } = parts
  const sending = createSending(sent, parts)
  const endsAt = clock.now() + FOLLOW_MS
  let [wake, isAsked] = [() => {}, false]
  const checkNow = () => {
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
  onWaiting(checkNow)
  const stop = client.followSignature(sent.signature, checkNow)
  signal.addEventListener('abort', checkNow)
  try {
    for (let waitMs = FIRST_LOOK_MS; ; waitMs = LOOK_MS) {
      signal.throwIfAborted()
      sending.again()
      await pause(waitMs)
      signal.throwIfAborted()
      if (sending.refusal) return { type: 'refused', error: sending.refusal }
      // Whoever slept through it all looks once more, too.
      const isOver = clock.now() >= endsAt
      const outcome = await look(sent, parts).catch(nothingKnown)
      if (outcome) return outcome
      if (isOver) return { type: 'unknown', why: `no node said what became of it within ${FOLLOW_MS / 1000} s` }
    }
  } finally {
    stop()
    signal.removeEventListener('abort', checkNow)
  }
}

/** A node that cannot be asked now is asked again; the outcome stays open. */
const nothingKnown = () => undefined

function createSending({ bytes }: Sent, { client, clock, onAccepted }: SendingParts) {
  let sentAt = -Infinity
  let isAccepted = bytes === null
  let refusal: Error | undefined
  let refusals = 0
  const text = bytes && base64Of(bytes)
  const params = [text, { encoding: 'base64', skipPreflight: true, maxRetries: 0 }]
  function refused(error: Error) {
    // Anything else may have reached the chain all the same, or will the next time.
    if (isAccepted || !isForGood(error)) return
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
        isAccepted = true
        onAccepted()
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

async function look({ signature, lastValidBlockHeight }: Sent, parts: SendingParts): Promise<Outcome | undefined> {
  const { client } = parts
  const first = tell(await signatureStatusOf(client, signature), parts)
  if (first) return first
  const { blockHeight, absoluteSlot } = await chainPosition(client)
  if (blockHeight <= lastValidBlockHeight) return undefined
  // Asked after the height, and of a node that has seen as much: whatever could land has landed by now.
  const isOld = blockHeight > lastValidBlockHeight + REMEMBERED_AFTER
  const last = await signatureStatusOf(client, signature, isOld).catch((error: unknown) => {
    if (isOld && isLamplightError(error, 'rpc/refused')) return null
    throw error
  })
  if (!last) return { type: 'unknown', why: 'its time is over, and the node does not know that far back' }
  const isGone = last.type === 'absent' && last.upTo >= absoluteSlot
  return tell(last, parts) ?? (isGone ? { type: 'expired' } : undefined)
}

function tell(signatureStatus: SignatureStatus, { onAccepted, onStatus }: SendingParts): Outcome | undefined {
  if (signatureStatus.type === 'seen') onAccepted()
  onStatus(signatureStatus)
  return signatureStatus.type === 'seen' && signatureStatus.confirmed
    ? { type: 'landed', slot: signatureStatus.slot, err: signatureStatus.err }
    : undefined
}
