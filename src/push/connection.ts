import type { QueryClient } from '@tanstack/query-core'
import type { Clock } from '../base/clock.js'
import { type Emitter, once } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import { createWriter } from '../cache/writer.js'
import { type Calls, createCalls } from '../live/calls.js'
import type { OutboxOptions } from '../live/outbox.js'
import { createSocket, type Socket, type SocketOptions, type SocketState } from '../live/socket.js'
import { createSubscriptions, type Subscriptions } from '../live/subscriptions.js'
import type { AccountReader } from '../rpc/accountReader.js'
import { recordOf } from '../token/balance.js'
import { type Arrival, createStream, type Stream } from './stream.js'

/** How the socket side behaves, checked and complete. */
export interface ConnectionSettings extends Pick<SocketOptions, 'webSocket' | 'liveness' | 'backoff' | 'random'> {
  readonly queue: OutboxOptions
}
/** What the push side tells the rest. */
export interface ConnectionEvents {
  /** The connection, or whether some account is live, may have changed. */
  changed: undefined
  /** What was pushed since the last time is in the cache. */
  flushed: undefined
  error: LamplightError
}

/** The push side, put together: open exactly while somebody holds it and something is wanted. */
export interface Connection {
  readonly state: SocketState
  readonly stream: Stream
  /** Requests that wait for a connection. */
  readonly queued: number
  /** Round-trip time of the last answer, in milliseconds; `null` before any. */
  readonly latencyMs: number | null
  /** Holds the connection; the returned function lets go again. */
  open(): () => void
  /** Tries again now instead of at the end of the wait. */
  reconnect(): void
  /** Calls now, or from the bounded offline queue when the connection is back. Sent at most once. */
  readonly request: Calls['request']
}

/** How long the socket stays open when nothing is followed any more, in milliseconds. */
const LINGER_MS = 10_000

/** What the push side is joined to. */
export interface ConnectionParts {
  readonly url: string
  readonly reader: AccountReader
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly clock: Clock
  readonly gatherMs: number
  readonly tell: Emitter<ConnectionEvents>['emit']
}

/** Puts the push side together; nothing is opened before `open()`. */
export function createConnection({ queue, ...settings }: ConnectionSettings, parts: ConnectionParts): Connection {
  const { clock } = parts
  const socket = createSocket({ ...settings, url: parts.url, clock })
  const calls = createCalls(socket, { clock, queue })
  const subscriptions = createSubscriptions(socket, calls, { clock })
  const stream = createStream({ ...parts, socket, subscriptions })
  join(stream, socket, parts)
  return {
    get state() {
      return socket.state
    },
    get queued() {
      return calls.queued
    },
    get latencyMs() {
      return calls.latencyMs
    },
    stream,
    open: lifetimeOf(socket, calls, subscriptions, clock),
    reconnect: socket.reconnect,
    request: calls.request,
  }
}

/** Stream to cache: decode, coalesce per frame, write. */
function join(stream: Stream, socket: Socket, { queryClient, cluster, clock, tell }: ConnectionParts) {
  const writer = createWriter(queryClient, cluster, clock, (written) => {
    stream.vouch(written)
    tell('flushed', undefined)
  })
  function arrived({ account, wish, source, lagging }: Arrival) {
    const reason = source === 'stream' ? 'stream' : 'gap-fill'
    writer.push(recordOf(account, { commitment: wish.commitment, source, reason, at: clock.now(), lagging }))
  }
  stream.on('account', arrived)
  stream.on('changed', () => tell('changed', undefined))
  stream.on('error', (error) => tell('error', error))
  // What was pushed before the connection ended is true, and is not held back for a frame.
  socket.on('state', writer.flush)
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
