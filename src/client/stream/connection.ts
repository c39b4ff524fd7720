import type { QueryClient } from '@tanstack/query-core'
import { type Clock, instantOf } from '../../base/clock.js'
import type { Emitter } from '../../base/emitter.js'
import type { LamplightError } from '../../base/errors.js'
import { createWake, type Wake } from '../../base/pageLifecycle.js'
import type { EpochGuard } from '../../cache/chainReset.js'
import type { Bandwidth } from '../../cache/flushPace.js'
import { entriesOf } from '../../cache/listing.js'
import { entryOf } from '../../cache/queries.js'
import { createWriter, type FlushStats, type Writer } from '../../cache/writer.js'
import type { AccountReader } from '../../rpc/accountReader.js'
import type { EndpointPool } from '../../rpc/endpointPool.js'
import type { OutboxOptions } from '../../socket/requestQueue.js'
import { type Calls, createCalls, createPace, type Pace, watchOnce } from '../../socket/requests.js'
import { createSocket, type Socket, type SocketOptions, type SocketState } from '../../socket/socket.js'
import { createSocketMeter, type SocketCounts, type SocketMeter } from '../../socket/socketMeter.js'
import { isOpen } from '../../socket/socketState.js'
import { createSubscriptions } from '../../socket/subscriptions.js'

import type { AccountAt, Commitment, Wish } from '../../token/account.js'
import type { ChainHead } from '../../token/slots.js'
import { type Audit, createAudit } from './audit.js'
import { createBeliefs } from './beliefs.js'
import { createFleet, type Fleet, type Lane } from './fleet.js'
import { createLifetime, type Lifetime } from './lifetime.js'
import { createStream, type LaneStream, type Stream } from './stream.js'

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
  readonly queue: OutboxOptions
  readonly limits?: Partial<ConnectionLimits>
  /** Between two reads that check what is live, in milliseconds; 0 or Infinity turns it off. @default 60_000 */
  readonly auditMs?: number
  /** How often what was pushed is written. @default 'normal' */
  readonly bandwidth?: Bandwidth
  /** The page around. @default the host's own */
  readonly page?: Wake
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
  /** A node that was not heard for this long vouches for nothing, in milliseconds. */
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
  readonly tellRead?: (account: AccountAt, commitment: Commitment) => void
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
  readonly guard: EpochGuard
  readonly gatherMs: number
  readonly tell: Emitter<ConnectionEvents>['emit']
}

/** Puts the push side together; nothing is opened before `open()`. */
export function createConnection(settings: ConnectionSettings, parts: ConnectionParts): Connection {
  const { clock, reader, queryClient, cluster, head, guard, tell, pool } = parts
  const { queue, limits = {}, auditMs = 60_000, page = createWake(), ...rest } = settings
  const { random = Math.random } = rest
  const pace = createPace(20)
  const lifetime = createLifetime(clock, page, limits, () => audit.start())
  function onFlush(written: readonly Wish[]) {
    fleet.stream.vouch(written)
    tell('flushed', undefined)
  }
  const onUnreadable = (wish: Wish) => fleet.stream.doubt(wish)
  const { bandwidth } = settings
  const writer = createWriter({ queryClient, cluster, clock, bandwidth, onFlush, onUnreadable })
  const meter = createSocketMeter(clock)
  const beliefs = createBeliefs(clock)
  const newestKnown = () => Math.max(0, ...pool.health().map(({ slot }) => (slot && head.canBeAt(slot) ? slot : 0)))
  const route = { url: () => pool.socketUrl() as string, failed: pool.socketFailed }
  function launch(): Lane {
    const socket = createSocket({ ...rest, ...limits, url: route, clock, page })
    const calls = createCalls(socket, { clock, queue, deadlineMs: limits.requestTimeoutMs })
    const subscriptions = createSubscriptions(socket, calls, {
      clock,
      pace,
      random,
      graceMs: limits.unsubscribeAfterMs,
    })
    const stream = createStream({ ...parts, socket, calls, subscriptions, beliefs, newestKnown })
    // What was pushed before the connection ended is true, and is not held back for a frame.
    socket.on('state', writer.flush)
    tellPool(pool, socket, stream)
    meter.watch(socket)
    return { socket, calls, subscriptions, stream }
  }
  const fleet = createFleet(launch, lifetime.join, writer.flush, limits.subscriptionsPerSocket)
  const held = (wish: Wish) => {
    // A change that was pushed just now is written first: it was not missed.
    writer.flush()
    return entryOf({ queryClient, cluster }, wish)?.state.data
  }
  const failed = (error: LamplightError) => tell('error', error)
  const { stream, tell: arrived } = fleet
  const audit = createAudit({ clock, random, page, reader, stream, held, failed, everyMs: auditMs, tell: arrived })
  stream.on('account', ({ account, wish, lagging, source, reason }) => {
    // A slot with nothing to compare it with must not make all that follow look like those of a chain that started over.
    if (head.isKnown) guard.saw(account.slot)
    writer.take(account, { commitment: wish.commitment, source, reason, at: instantOf(clock), lagging })
  })
  stream.on('listed', ({ listing, wish: { commitment }, lagging, source, reason }) => {
    guard.saw(listing.slot)
    const { records, wallet } = entriesOf(listing, { commitment, source, reason, at: instantOf(clock), lagging })
    for (const entry of [...records, wallet]) writer.push(entry)
  })
  stream.on('changed', () => tell('changed', undefined))
  stream.on('error', failed)
  pool.on('changed', () => {
    for (const { socket } of fleet.lanes)
      if (socket.url !== pool.socketUrl()) socket.restart('its node has fallen behind')
  })
  const { probeAfterMs, suspectAfterMs } = rest.liveness
  return connectionOf({ fleet, lifetime, audit, meter, writer, pace, proofMs: probeAfterMs + suspectAfterMs })
}

/** The pool judges a socket's node too: by whether it can be reached, and by the slots it tells of. */
function tellPool(pool: ConnectionParts['pool'], socket: Socket, stream: LaneStream) {
  let newest = -1
  socket.on('state', ({ state, previous }) => {
    if (state.name === 'connecting') newest = -1
    if (state.name === 'open' && previous.name === 'connecting') pool.socketOk(socket.url)
  })
  stream.on('account', ({ account: { slot }, wish, source }) => {
    if (source !== 'stream' || slot <= newest) return
    newest = slot
    pool.socketOk(socket.url, slot, wish.commitment)
  })
}

/** What a connection is put together of. */
interface Made {
  readonly fleet: Fleet
  readonly lifetime: Lifetime
  readonly audit: Audit
  readonly meter: SocketMeter
  readonly writer: Writer
  readonly pace: Pace
  readonly proofMs: number
}

function connectionOf({ fleet, lifetime, audit, meter, writer, pace, proofMs }: Made): Connection {
  const { lanes, stream } = fleet
  const { calls } = fleet.first
  const sum = (count: (lane: Lane) => number) => lanes.reduce((total, lane) => total + count(lane), 0)
  return {
    stream,
    open: lifetime.hold,
    flush: writer.flush,
    wake: lifetime.wake,
    get state() {
      return fleet.state
    },
    get endpoint() {
      return new URL(fleet.first.socket.url).host
    },
    get queued() {
      return calls.queued
    },
    get latencyMs() {
      return lanes.find((lane) => lane.calls.latencyMs !== null)?.calls.latencyMs ?? null
    },
    get silentMs() {
      const open = lanes.filter(({ socket }) => isOpen(socket.state))
      return open.length > 0 ? Math.max(...open.map(({ socket }) => socket.silentMs)) : null
    },
    proofMs,
    get refusal() {
      return lanes.map(({ subscriptions }) => subscriptions.refusal).find((each) => each) ?? null
    },
    get stats() {
      return {
        ...meter.counts,
        ...writer.stats,
        subscriptions: sum((lane) => lane.subscriptions.size),
        auditMismatches: audit.mismatches,
        malformed: sum((lane) => lane.calls.malformed + lane.stream.disbelieved),
        unknown: sum((lane) => lane.subscriptions.unknown),
        tabs: 0,
      }
    },
    reconnect() {
      for (const { socket } of lanes) socket.reconnect()
    },
    request(...call) {
      const answer = calls.request(...call)
      lifetime.look()
      // A connection that was opened for a request alone is not needed after its answer.
      void answer.then(lifetime.look, lifetime.look)
      return answer
    },
    followSignature(signature, tell) {
      const lane = lanes.find(({ socket }) => isOpen(socket.state))
      return lane ? watchOnce(lane, pace, 'signature', [signature, { commitment: 'confirmed' }], tell) : () => {}
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
