import type { BackoffOptions } from '../base/backoff.js'
import { countOf, durationOf } from '../base/check.js'
import type { Clock } from '../base/clock.js'
import { once } from '../base/emitter.js'
import { type Calls, createCalls } from '../live/calls.js'
import type { OutboxOptions } from '../live/outbox.js'
import { createSocket, type Socket } from '../live/socket.js'
import { createSubscriptions, type Subscriptions, type Wish } from '../live/subscriptions.js'
import type { AccountReader } from '../rpc/accountReader.js'
import { createStream, type Stream } from './stream.js'

/** When silence on the socket becomes suspicious. 0 or Infinity turns one off. */
export interface HeartbeatOptions {
  /** Silence after which the node is asked for a sign of life, in milliseconds. @default 15_000 */
  readonly probeAfterMs?: number | undefined
  /** No answer for this long after the probe: no longer `live`, in milliseconds. @default 5_000 */
  readonly suspectAfterMs?: number | undefined
  /** No answer for this long after the probe: a new connection, in milliseconds. @default 10_000 */
  readonly deadAfterMs?: number | undefined
}

/** How the socket side behaves. */
export interface ConnectionOptions {
  readonly heartbeat?: HeartbeatOptions | undefined
  /** Waits between attempts to connect. */
  readonly backoff?: BackoffOptions | undefined
  /** Bounds of the offline request queue. */
  readonly queue?: { readonly max?: number | undefined; readonly ttlMs?: number | undefined } | undefined
  /** @default globalThis.WebSocket */
  readonly webSocket?: typeof WebSocket | undefined
  /** Gives numbers from 0 to 1 for the jitter of reconnects. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** The push side, put together: open exactly while somebody holds it and something is wanted. */
export interface Connection {
  readonly socket: Socket
  readonly calls: Calls
  readonly stream: Stream
  open(): () => void
}

/** How long the socket stays open when nothing is followed any more, in milliseconds. */
const LINGER_MS = 10_000

/** Puts the push side together; nothing is opened before `open()`. */
export function createConnection(
  options: ConnectionOptions,
  parts: { url: string; reader: AccountReader; clock: Clock; heldSlot: (wish: Wish) => number; gatherMs: number },
): Connection {
  const { clock } = parts
  const socket = createSocket({ ...socketOptionsOf(options), url: parts.url, clock })
  const calls = createCalls(socket, { clock, queue: outboxOptionsOf(options) })
  const subscriptions = createSubscriptions(socket, calls, { clock })
  const stream = createStream({ ...parts, socket, subscriptions })
  return { socket, calls, stream, open: lifetimeOf(socket, calls, subscriptions, clock) }
}

function socketOptionsOf({ heartbeat = {}, backoff = {}, webSocket, random = Math.random }: ConnectionOptions) {
  return {
    webSocket,
    random,
    liveness: {
      probeAfterMs: durationOf('heartbeat.probeAfterMs', heartbeat.probeAfterMs, 15_000),
      suspectAfterMs: durationOf('heartbeat.suspectAfterMs', heartbeat.suspectAfterMs, 5000),
      deadAfterMs: durationOf('heartbeat.deadAfterMs', heartbeat.deadAfterMs, 10_000),
    },
    backoff: {
      baseMs: durationOf('backoff.baseMs', backoff.baseMs, 500),
      capMs: durationOf('backoff.capMs', backoff.capMs, 30_000),
    },
  }
}

function outboxOptionsOf({ queue = {} }: ConnectionOptions): OutboxOptions {
  return { max: countOf('queue.max', queue.max, 64), ttlMs: durationOf('queue.ttlMs', queue.ttlMs, 15_000) }
}

/** Opens while held and something is wanted. Both edges wait a turn: StrictMode's mount, unmount, mount is one socket. */
function lifetimeOf(socket: Socket, calls: Calls, subscriptions: Subscriptions, clock: Clock): () => () => void {
  let holders = 0
  let cancel = () => {}

  function look() {
    cancel()
    const isWanted = holders > 0 && (subscriptions.size > 0 || calls.queued > 0)
    if (isWanted && socket.state.name === 'idle') cancel = clock.schedule(socket.open, 0)
    if (!isWanted && socket.state.name !== 'idle') cancel = clock.schedule(socket.close, holders > 0 ? LINGER_MS : 0)
  }
  subscriptions.on('wanted', look)
  subscriptions.on('released', look)

  const target = typeof window === 'undefined' ? undefined : window
  return () => {
    if (holders++ === 0) target?.addEventListener('online', socket.reconnect)
    look()
    return once(() => {
      if (--holders === 0) target?.removeEventListener('online', socket.reconnect)
      look()
    })
  }
}
