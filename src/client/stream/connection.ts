import type { QueryClient } from '@tanstack/query-core'
import { type Clock, instantOf } from '../../base/clock.js'
import type { Emitter } from '../../base/emitter.js'
import type { LamplightError } from '../../base/errors.js'
import { createPageLifecycle, type PageLifecycle } from '../../base/pageLifecycle.js'
import type { ChainResetGuard } from '../../cache/chainReset.js'
import type { Bandwidth } from '../../cache/flushPace.js'
import { entriesOf } from '../../cache/listing.js'
import { entryOf } from '../../cache/queries.js'
import { createWriter, type FlushStats, type Writer } from '../../cache/writer.js'
import type { AccountReader } from '../../rpc/accountReader.js'
import type { EndpointPool } from '../../rpc/endpointPool.js'
import type { RequestQueueOptions } from '../../socket/requestQueue.js'
import {
  type Calls,
  type ConcurrencyLimit,
  createCalls,
  createConcurrencyLimit,
  watchOnce,
} from '../../socket/requests.js'
import { createSocket, type Socket, type SocketOptions, type SocketState } from '../../socket/socket.js'
import { createSocketMeter, type SocketCounts, type SocketMeter } from '../../socket/socketMeter.js'
import { isOpen } from '../../socket/socketState.js'
import { createSubscriptions } from '../../socket/subscriptions.js'

import type { AccountAt, Commitment, SubscriptionRequest } from '../../token/account.js'
import type { ChainHead } from '../../token/slots.js'
import { type Audit, createAudit } from './audit.js'
import { createLifetime, type Lifetime } from './lifetime.js'
import { createSocketPool, type PooledSocket, type SocketPool } from './socketPool.js'
import { createStream, type SocketStream, type Stream } from './stream.js'
import { createStreamReliability } from './streamReliability.js'

/** How long things may take, in milliseconds, and how many there may be. */
export interface ConnectionLimits {
  /** A connection may take this long to open. @default 8_000 */
  readonly connectTimeoutMs: number
  /** A request or a subscription may take this long to be answered. @default 10_000 */
  readonly requestTimeoutMs: number
  /** Subscriptions on one socket; more open another. @default 100, which is what public nodes allow */
  readonly subscriptionsPerSocket: number
  /** An account that nobody shows any more stays subscribed this long. @default 2_000 */
  readonly unsubscribeAfterMs: number
  /** A socket that nothing is followed over stays open this long. @default 10_000 */
  readonly lingerMs: number
  /** A hidden page keeps its sockets this long. @default 300_000 */
  readonly hiddenAfterMs: number
}

/** How the socket side behaves, checked and complete. */
export interface ConnectionSettings extends Pick<SocketOptions, 'webSocket' | 'liveness' | 'backoff' | 'random'> {
  readonly queue: RequestQueueOptions
  readonly limits?: Partial<ConnectionLimits>
  /** Between two reads that check what is live, in milliseconds; 0 or Infinity turns it off. @default 60_000 */
  readonly auditMs?: number
  /** How often what was pushed is written. @default 'normal' */
  readonly bandwidth?: Bandwidth
  /** The page around. @default the host's own */
  readonly page?: PageLifecycle
}
/** What the push side tells the rest. */
export interface ConnectionEvents {
  /** The connection, or whether some account is live, may have changed. */
  changed: undefined
  /** What was pushed since the last time is in the cache. */
  flushed: undefined
  error: LamplightError
  /** Another tab has read something that is shown here too. */
  read: undefined
}

/** The push side, put together: open exactly while somebody holds it and something is wanted. */
export interface Connection {
  /** Whose it is among the browser's tabs; left out, this tab's alone. */
  readonly role?: TabRole
  readonly state: SocketState
  /** The host that the socket is, or will be, connected to; fit for logs. */
  readonly endpoint: string
  readonly stream: Stream
  /** Requests that wait for a connection. */
  readonly queued: number
  /** Round-trip time of the last answer, in milliseconds; `null` before any. */
  readonly latencyMs: number | null
  /** How long ago its node was heard at most, in milliseconds; `null` while it is not connected. */
  readonly silentMs: number | null
  /** Why something that is followed is not subscribed to; `null` where the node refused nothing. */
  readonly refusal: LamplightError | null
  /** A node that was not heard for this long proves nothing, in milliseconds. */
  readonly proofMs: number
  readonly stats: SocketStats
  /** Holds the connection; the returned function lets go again. */
  open(): () => void
  /** Tries again now instead of at the end of the wait. */
  reconnect(): void
  /** The machine may have slept: what was heard before proves nothing now, and is asked for again. */
  wake(reason: string): void
  /** Writes what has arrived now, instead of with the next frame. */
  flush(): void
  /** Tells the browser's other tabs what this one has read; left out, there are none to tell. */
  readonly announceRead?: (account: AccountAt, commitment: Commitment) => void
  /** Calls now, or from the bounded offline queue when the connection is back. Sent at most once. */
  readonly request: Calls['request']
  /** Calls `tell` once, when a node says that a transaction is confirmed; never where no socket is open. */
  followSignature(signature: string, tell: () => void): () => void
}

/** What the push side is joined to. */
export interface ConnectionParts {
  /** Where the sockets belong. */
  readonly pool: Pick<EndpointPool, 'socketUrl' | 'socketFailed' | 'socketOk' | 'health' | 'on'>
  readonly reader: AccountReader
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly clock: Clock
  /** How far the chain is, by all who speak of it. */
  readonly head: ChainHead
  /** Told of every slot that is pushed or read. */
  readonly guard: ChainResetGuard
  readonly batchDelayMs: number
  readonly tell: Emitter<ConnectionEvents>['emit']
}

/** Puts the push side together; nothing is opened before `open()`. */
export function createConnection(settings: ConnectionSettings, parts: ConnectionParts): Connection {
  const { clock, reader, queryClient, cluster, head, guard, tell, pool } = parts
  const { queue, limits = {}, auditMs = 60_000, page = createPageLifecycle(), ...rest } = settings
  const { random = Math.random } = rest
  const concurrency = createConcurrencyLimit(20)
  const lifetime = createLifetime(clock, page, limits, () => audit.start())
  function onFlush(written: readonly SubscriptionRequest[]) {
    socketPool.stream.markLive(written)
    tell('flushed', undefined)
  }
  const onDecodeError = (request: SubscriptionRequest) => socketPool.stream.markSuspect(request)
  const { bandwidth } = settings
  const writer = createWriter({ queryClient, cluster, clock, bandwidth, onFlush, onDecodeError })
  const meter = createSocketMeter(clock)
  const reliability = createStreamReliability(clock)
  const newestKnown = () => Math.max(0, ...pool.health().map(({ slot }) => (slot && head.canBeAt(slot) ? slot : 0)))
  const route = { url: () => pool.socketUrl() as string, failed: pool.socketFailed }
  function launch(): PooledSocket {
    const socket = createSocket({ ...rest, ...limits, url: route, clock, page })
    const calls = createCalls(socket, { clock, queue, deadlineMs: limits.requestTimeoutMs })
    const subscriptions = createSubscriptions(socket, calls, {
      clock,
      concurrency,
      random,
      graceMs: limits.unsubscribeAfterMs,
    })
    const stream = createStream({ ...parts, socket, calls, subscriptions, random, reliability, newestKnown })
    // What was pushed before the connection ended is true, and is not held back for a frame.
    socket.on('state', writer.flush)
    tellPool(pool, socket, stream)
    meter.watch(socket)
    return { socket, calls, subscriptions, stream }
  }
  const socketPool = createSocketPool(launch, lifetime.join, writer.flush, limits.subscriptionsPerSocket)
  const held = (request: SubscriptionRequest) => {
    // A change that was pushed just now is written first: it was not missed.
    writer.flush()
    return entryOf({ queryClient, cluster }, request)?.state.data
  }
  const failed = (error: LamplightError) => tell('error', error)
  const { stream, tell: arrived } = socketPool
  const audit = createAudit({ clock, random, page, reader, stream, held, failed, everyMs: auditMs, tell: arrived })
  stream.on('account', ({ account, request, lagging, source, reason }) => {
    // A slot with nothing to compare it with must not make all that follow look like those of a chain that started over.
    if (head.isKnown) guard.saw(account.slot)
    writer.take(account, { commitment: request.commitment, source, reason, at: instantOf(clock), lagging })
  })
  stream.on('listed', ({ listing, request: { commitment }, lagging, source, reason }) => {
    guard.saw(listing.slot)
    const { records, wallet } = entriesOf(listing, { commitment, source, reason, at: instantOf(clock), lagging })
    for (const entry of [...records, wallet]) writer.push(entry)
  })
  stream.on('changed', () => tell('changed', undefined))
  stream.on('error', failed)
  pool.on('changed', () => {
    for (const { socket } of socketPool.members)
      if (socket.url !== pool.socketUrl()) socket.restart('its node has fallen behind')
  })
  const { probeAfterMs, suspectAfterMs } = rest.liveness
  return connectionOf({
    socketPool,
    lifetime,
    audit,
    meter,
    writer,
    concurrency,
    proofMs: probeAfterMs + suspectAfterMs,
  })
}

/** The pool judges a socket's node too: by whether it can be reached, and by the slots it tells of. */
function tellPool(pool: ConnectionParts['pool'], socket: Socket, stream: SocketStream) {
  let newest = -1
  socket.on('state', ({ state, previous }) => {
    if (state.name === 'connecting') newest = -1
    if (state.name === 'open' && previous.name === 'connecting') pool.socketOk(socket.url)
  })
  stream.on('account', ({ account: { slot }, request, source }) => {
    if (source !== 'stream' || slot <= newest) return
    newest = slot
    pool.socketOk(socket.url, slot, request.commitment)
  })
}

/** What a connection is put together of. */
interface Made {
  readonly socketPool: SocketPool
  readonly lifetime: Lifetime
  readonly audit: Audit
  readonly meter: SocketMeter
  readonly writer: Writer
  readonly concurrency: ConcurrencyLimit
  readonly proofMs: number
}

function connectionOf({ socketPool, lifetime, audit, meter, writer, concurrency, proofMs }: Made): Connection {
  const { members, stream } = socketPool
  const { calls } = socketPool.first
  const sum = (count: (member: PooledSocket) => number) => members.reduce((total, member) => total + count(member), 0)
  return {
    stream,
    open: lifetime.hold,
    flush: writer.flush,
    wake: lifetime.wake,
    get state() {
      return socketPool.state
    },
    get endpoint() {
      return new URL(socketPool.first.socket.url).host
    },
    get queued() {
      return calls.queued
    },
    get latencyMs() {
      return members.find((member) => member.calls.latencyMs !== null)?.calls.latencyMs ?? null
    },
    get silentMs() {
      const open = members.filter(({ socket }) => isOpen(socket.state))
      return open.length > 0 ? Math.max(...open.map(({ socket }) => socket.silentMs)) : null
    },
    proofMs,
    get refusal() {
      return members.map(({ subscriptions }) => subscriptions.refusal).find((each) => each) ?? null
    },
    get stats() {
      return {
        ...meter.counts,
        ...writer.stats,
        subscriptions: sum((member) => member.subscriptions.size),
        auditMismatches: audit.mismatches,
        malformed: sum((member) => member.calls.malformed + member.stream.implausible),
        unknown: sum((member) => member.subscriptions.unknown),
        tabs: 0,
      }
    },
    reconnect() {
      for (const { socket } of members) socket.reconnect()
    },
    request(...call) {
      const answer = calls.request(...call)
      lifetime.look()
      // A connection that was opened for a request alone is not needed after its answer.
      void answer.then(lifetime.look, lifetime.look)
      return answer
    },
    followSignature(signature, tell) {
      const member = members.find(({ socket }) => isOpen(socket.state))
      return member
        ? watchOnce(member, concurrency, 'signature', [signature, { commitment: 'confirmed' }], tell)
        : () => {}
    },
  }
}

/** Whether this tab holds the browser's connection, hears of it from the tab that does, or has one for itself. */
export type TabRole = 'leader' | 'follower' | 'alone'

/** What the sockets did, and how they do. */
export interface SocketStats extends SocketCounts, FlushStats {
  /** Accounts subscribed now. */
  readonly subscriptions: number
  /** Accounts that had changed without the stream saying so, as a later read found. */
  readonly auditMismatches: number
  /** Frames of the node, and messages of other tabs, that were not understood. */
  readonly malformed: number
  /** Notifications that came for no known subscription. */
  readonly unknown: number
  /** Other tabs of this browser that have this connection too, as far as this one has heard. */
  readonly tabs: number
}
