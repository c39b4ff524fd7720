import type { Clock } from '../base/clock.js'
import { isLamplightError } from '../base/errors.js'
import { base64Of, isObject } from '../base/wireText.js'
import type { BalanceClient } from '../sync/balanceClient.js'

/** A transaction on its way. */
export interface Sent {
  readonly signature: string
  /** To be sent, and sent again; `null` when the wallet has sent it itself. */
  readonly bytes: Uint8Array | null
  /** From the next block on it can never land. */
  readonly lastValidBlockHeight: number
}

/** Where the newest answer has seen a transaction. */
export type Sight =
  | { readonly type: 'absent'; readonly upTo: number }
  | { readonly type: 'seen'; readonly slot: number; readonly err: unknown; readonly confirmed: boolean }

/** What became of it. */
export type Fate =
  | { readonly type: 'landed'; readonly slot: number; readonly err: unknown }
  | { readonly type: 'expired' }
  /** No node ever took it, for this reason. */
  | { readonly type: 'refused'; readonly error: Error }

/** What sending is joined to. */
export interface SendingParts {
  readonly client: Pick<BalanceClient, 'request' | 'followSignature'>
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
 * Sends a transaction, and sends the same bytes again until it is confirmed or cannot land any more. Its fate is asked for
 * over HTTP, so that it is learned with the socket down too; with the socket open, a node's word has it asked for at once.
 * @throws what the signal was aborted with
 */
export async function follow(sent: Sent, parts: SendingParts): Promise<Fate> {
  const { client, clock, signal, onWaiting } = parts
  const sending = createSending(sent, parts)
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
      const fate = await look(sent, parts).catch(nothingKnown)
      if (fate) return fate
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
  const text = bytes && base64Of(bytes)
  const params = [text, { encoding: 'base64', skipPreflight: true, maxRetries: 0 }]
  return {
    get refusal() {
      return refusal
    },
    again() {
      if (!text || clock.now() - sentAt < RESEND_MS) return
      sentAt = clock.now()
      client.request('sendTransaction', params, { over: 'http' }).then(
        () => {
          isTaken = true
          onTaken()
        },
        (error: Error) => {
          // Anything else may have reached the chain all the same, or will the next time.
          if (!isTaken && isLamplightError(error, 'rpc/refused') && FINAL.has(error.context.rpcCode)) refusal = error
        },
      )
    },
  }
}
/** Signature verification failed; the bytes are no transaction. */
const FINAL: ReadonlySet<number> = new Set([-32003, -32602])

async function look({ signature, lastValidBlockHeight }: Sent, parts: SendingParts): Promise<Fate | undefined> {
  const { client } = parts
  const first = tell(await sightOf(client, signature), parts)
  if (first) return first
  const chain = await client.request('getEpochInfo', [{ commitment: 'confirmed' }], { over: 'http' })
  if (!isObject(chain) || !(Number(chain.blockHeight) > lastValidBlockHeight)) return undefined
  // Asked after the height, and of a node that has seen as much: whatever could land has landed by now.
  const last = await sightOf(client, signature)
  const isGone = last.type === 'absent' && last.upTo >= Number(chain.absoluteSlot)
  return tell(last, parts) ?? (isGone ? { type: 'expired' } : undefined)
}

function tell(sight: Sight, { onTaken, onSight }: SendingParts): Fate | undefined {
  if (sight.type === 'seen') onTaken()
  onSight(sight)
  return sight.type === 'seen' && sight.confirmed ? { type: 'landed', slot: sight.slot, err: sight.err } : undefined
}

async function sightOf(client: SendingParts['client'], signature: string): Promise<Sight> {
  const answer = await client.request('getSignatureStatuses', [[signature]], { over: 'http' })
  const { context, value } = answer as { context: { slot: number }; value: readonly unknown[] }
  const [status] = value
  if (!isObject(status)) return { type: 'absent', upTo: context.slot }
  const { slot, err, confirmationStatus } = status
  const confirmed = confirmationStatus === 'confirmed' || confirmationStatus === 'finalized'
  return { type: 'seen', slot: slot as number, err: err ?? null, confirmed }
}
