import type { Instant } from '../../base/clock.js'
import type { ErrorCode, ErrorContext, LamplightError } from '../../base/errors.js'
import { anyError } from '../../base/laterErrors.js'
import type { SocketState } from '../../socket/socket.js'
import type { AccountAt, Commitment, SubscriptionRequest } from '../../token/account.js'

/** As much of a BroadcastChannel as tabs need. */
export interface Channel {
  postMessage(message: unknown): void
  onmessage: ((event: { readonly data: unknown }) => void) | null
  close(): void
}
/** Opens the channel of that name. */
export type OpenChannel = (name: string) => Channel

/** As much of `navigator.locks` as tabs need. */
export interface Locks {
  request(name: string, options: { readonly signal: AbortSignal }, held: () => Promise<void>): Promise<unknown>
}

/** An error as it crosses to another tab: a clone of an error keeps neither its code nor its context. */
export interface SentError {
  readonly code: ErrorCode
  readonly context: ErrorContext
}
/** The leader's connection as other tabs hear of it. */
export interface LeaderStatus {
  /** A `SocketState`, its error as it crosses. */
  readonly state: Readonly<Record<string, unknown>>
  readonly latencyMs: number | null
  readonly slot: number | null
  readonly isSynced: boolean
  /** How long ago the leader has heard its node, in milliseconds, when this was said; `null` while it is not connected. */
  readonly silentMs: number | null
  /** The accounts that are live in the leading tab. */
  readonly live: readonly string[]
  /** For each tab, the newest list of requests that the leader follows. */
  readonly heard: Readonly<Record<string, number>>
}
/** What a leader says. */
export type LeaderPayload =
  | { readonly type: 'beat'; readonly status: LeaderStatus }
  | {
      readonly type: 'account'
      readonly account: AccountAt
      readonly commitment: Commitment
      readonly lagging: boolean
    }
  | { readonly type: 'error'; readonly error: SentError }
  | { readonly type: 'bye' }
/** A leader's message: who says it, in which term, as its how manieth, and when by its own clocks. */
export type LeaderMessage = LeaderPayload & {
  readonly leader: string
  readonly term: number
  readonly seq: number
  readonly at: Instant
}

/** All that a tab wants. The leader forgets it unless it is said again. */
export interface RequestsMessage {
  readonly type: 'requests'
  readonly from: string
  /** Counts the tab's lists. */
  readonly count: number
  readonly requests: readonly SubscriptionRequest[]
  /** Somebody may look at the tab. */
  readonly isVisible: boolean
  /** The tab holds no value that may be live: the leader sends all of them again. */
  readonly isNew: boolean
}
/** What a tab has read by itself: one tab's poll is every tab's. */
export interface TabReads {
  readonly type: 'reads'
  readonly from: string
  readonly accounts: readonly { readonly account: AccountAt; readonly commitment: Commitment }[]
  readonly at: Instant
}
/** What any tab says. */
export type TabMessage =
  | RequestsMessage
  | TabReads
  | { readonly type: 'leave'; readonly from: string }
  | { readonly type: 'reconnect'; readonly from: string }

/** An error in the form that crosses. */
export const sentError = ({ code, context }: LamplightError): SentError => ({ code, context })
/** The error that was sent. */
export const receivedError = ({ code, context }: SentError) => anyError(code, context)

/** A connection's state in the form that crosses. */
export function sentState(state: SocketState): LeaderStatus['state'] {
  return 'error' in state ? { ...state, error: sentError(state.error) } : { ...state }
}
/** The state that was sent, its times on this tab's clock. */
export function receivedState(state: LeaderStatus['state'], ownMs: (ms: number) => number): SocketState {
  const { error } = state
  const times = TIMES.flatMap((key) => (typeof state[key] === 'number' ? [[key, ownMs(state[key])]] : []))
  const more = error ? { error: receivedError(error as SentError) } : {}
  return { ...state, ...Object.fromEntries(times), ...more } as unknown as SocketState
}
const TIMES = ['sinceMs', 'heardAtMs', 'retryAtMs'] as const

/** The tabs' words to each other, of this library's version of them. */
export interface TabChannel {
  post(message: LeaderMessage | TabMessage): void
  close(): void
}

/** A tab of another version says things this one does not know; it has its own channel. */
const VERSION = 1

/** The name that the lock and the channel of one set of addresses share. */
export const sharedName = (name: string) => `lamplight/${VERSION}/${name}`

/** A channel that never throws. */
export interface OpenedChannel {
  post(message: unknown): void
  close(): void
}

/** Opens a channel by trying: a browser may have the constructor and refuse to use it, as Firefox does with cookies blocked. */
export function openSafely(
  open: OpenChannel,
  name: string,
  on: {
    heard(data: unknown): void
    /** It could not be opened, or something could not be posted: nothing goes through any more. Called once. */
    failed(cause: unknown): void
  },
): OpenedChannel | undefined {
  let channel: Channel | undefined
  function close() {
    if (channel) channel.onmessage = null
    channel?.close()
    channel = undefined
  }
  function attempt(task: () => void) {
    try {
      task()
    } catch (cause) {
      close()
      on.failed(cause)
    }
  }
  attempt(() => {
    channel = open(name)
    channel.onmessage = ({ data }) => on.heard(data)
  })
  return channel && { close, post: (message) => attempt(() => channel?.postMessage(message)) }
}

/** Waits in line for the lock, and holds it until the returned function is called. */
export function queueForLock(
  locks: Locks,
  name: string,
  on: { held(): void; refused(cause: unknown): void },
): () => void {
  const leaving = new AbortController()
  let isOver = false
  let release = () => {}
  const held = () =>
    new Promise<void>((resolve) => {
      release = resolve
      if (isOver) resolve()
      else on.held()
    })
  // Refused where the page may not use locks, as in a sandboxed frame; or another script stole it.
  const request = async () => locks.request(sharedName(name), { signal: leaving.signal }, held)
  request().catch((cause: unknown) => void (isOver || on.refused(cause)))
  return () => {
    isOver = true
    leaving.abort()
    release()
  }
}
