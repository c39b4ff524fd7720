import { FIRST_READ_STEPS } from '../../base/clock.js'
import { createEmitter, once } from '../../base/emitter.js'
import type { Calls } from '../../socket/requests.js'
import type { Socket, SocketState } from '../../socket/socket.js'
import type { Subscriptions } from '../../socket/subscriptions.js'
import type { SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { AccountUpdate, StreamEvents } from './accountUpdate.js'
import type { SocketStream } from './stream.js'

/** One socket and all that runs over it. */
export interface PooledSocket {
  readonly socket: Socket
  readonly calls: Calls
  readonly subscriptions: Subscriptions
  readonly stream: SocketStream
}

/** As many sockets as the accounts need, seen as one. */
export interface SocketPool {
  /** There from the start. */
  readonly first: PooledSocket
  /** All of them, oldest first; an empty one waits to be filled again. */
  readonly members: readonly PooledSocket[]
  /** The worst state of a socket that is needed. */
  readonly state: SocketState
  readonly stream: SocketStream
  /** Passes on what was learned of an account beside the sockets. */
  tell(update: AccountUpdate): void
}

/** From what is best for a person to what is worst. */
const WORST_LAST: readonly SocketState['name'][] = [
  'idle',
  'open',
  'suspect',
  'connecting',
  'suspended',
  'waiting',
  'offline',
  'failed',
]
/** So many sockets at most are opened because a node takes fewer subscriptions on one than it is asked for. */
const MAX_SOCKETS = 8
/** How many times longer than silence progress is waited for. */
const MOST_DELAYS = 3
const badnessOf = ({ socket }: PooledSocket) => WORST_LAST.indexOf(socket.state.name)

/**
 * Makes a pool of one socket. An account that fits in none gets a new one: nodes limit the subscriptions of a socket.
 * `flush` writes what has come, for those who waited for it.
 */
export function createSocketPool(
  make: () => PooledSocket,
  join: (member: PooledSocket) => void,
  flush: () => void,
  maxSubscriptions: number | undefined = 100,
): SocketPool {
  const events = createEmitter<StreamEvents>()
  const members: PooledSocket[] = []
  /** The socket of each request: looked up for everything that is shown, and a page may have many sockets. */
  const places = new Map<string, PooledSocket>()
  const holds = new Set<{ readonly request: SubscriptionRequest; stop: () => void }>()
  /** How many subscriptions a node takes on one socket, by its address: what it has shown so far. */
  const rooms = new Map<string, number>()

  function add(): PooledSocket {
    const member = make()
    for (const event of ['account', 'listed', 'changed', 'error'] as const)
      member.stream.on(event, (payload: StreamEvents[typeof event]) => events.emit(event, payload))
    join(member)
    members.push(member)
    member.subscriptions.on('wanted', (request) => {
      // A wallet's activity may be watched beside an account that is shown.
      if (!memberOf(request)) places.set(keyOf(request), member)
    })
    member.subscriptions.on('released', (request) => {
      if (memberOf(request) !== member) return
      const other = members.find(({ subscriptions }) => subscriptions.has(request))
      if (other) places.set(keyOf(request), other)
      else places.delete(keyOf(request))
    })
    member.subscriptions.on('acked', () => {
      const { socket, subscriptions } = member
      if (subscriptions.acked > roomOf(member)) rooms.set(socket.url, subscriptions.acked)
    })
    member.subscriptions.on('refused', ({ isFull, ...request }) => {
      if (isFull) full(member, request)
    })
    return member
  }
  /** Finds another socket for what was refused. A node that gives a socket none at all is full itself: it is asked again later. */
  function full(member: PooledSocket, { address, commitment, tokens }: SubscriptionRequest) {
    const { acked } = member.subscriptions
    if (acked === 0) return
    rooms.set(member.socket.url, acked)
    for (const hold of holds) {
      const { request } = hold
      const isOf =
        request.address === address && request.commitment === commitment && (!tokens || request.tokens === tokens)
      if (!isOf || memberOf(request) !== member || spaceOf(request) > acked) continue
      const other =
        members.find((each) => each !== member && hasRoom(each, request)) ?? (members.length < MAX_SOCKETS && add())
      if (!other) return
      hold.stop()
      places.set(keyOf(request), other)
      hold.stop = other.stream.follow(request)
    }
  }
  const first = add()
  const memberOf = (request: SubscriptionRequest) => places.get(keyOf(request))
  const roomOf = ({ socket }: PooledSocket) => rooms.get(socket.url) ?? Infinity
  // A wallet's token accounts need a second one, for its activity.
  const spaceOf = ({ tokens }: SubscriptionRequest) => (tokens ? 2 : 1)
  const hasRoom = (member: PooledSocket, request: SubscriptionRequest) =>
    member.subscriptions.size + spaceOf(request) <= Math.min(maxSubscriptions, roomOf(member))
  function roomy(request: SubscriptionRequest): PooledSocket {
    const found = members.find((member) => hasRoom(member, request))
    const newest = members.at(-1)
    // What it has no room for is polled, until it has.
    return found ?? (newest && members.length >= MAX_SOCKETS && roomOf(newest) < Infinity ? newest : add())
  }
  const worse = (a: PooledSocket, b: PooledSocket) => (badnessOf(b) > badnessOf(a) ? b : a)

  const stream: SocketStream = {
    on: events.on,
    follow(request) {
      const hold = { request, stop: (memberOf(request) ?? roomy(request)).stream.follow(request) }
      holds.add(hold)
      return once(() => {
        holds.delete(hold)
        hold.stop()
      })
    },
    isLive: (request) => memberOf(request)?.stream.isLive(request) ?? false,
    lost: (request) => memberOf(request)?.stream.lost(request),
    isRefused: (request) => memberOf(request)?.stream.isRefused(request) ?? false,
    check: async (request) => memberOf(request)?.stream.check(request),
    missed: (request) => memberOf(request)?.stream.missed(request),
    markSuspect: (request) => memberOf(request)?.stream.markSuspect(request),
    get expectsAcks() {
      return members.some((member) => member.stream.expectsAcks)
    },
    get live() {
      return members.flatMap((member) => member.stream.live)
    },
    get isSynced() {
      return members.every((member) => member.stream.isSynced)
    },
    get implausible() {
      return members.reduce((sum, member) => sum + member.stream.implausible, 0)
    },
    get isServing() {
      const needed = members.filter(({ subscriptions }) => subscriptions.size > 0)
      return needed.length === 0 || needed.some((member) => member.stream.isServing)
    },
    get slot() {
      return members.reduce<number | null>(
        (newest, { stream: { slot } }) => ((slot ?? -1) > (newest ?? -1) ? slot : newest),
        null,
      )
    },
    markLive(requests) {
      for (const member of members) member.stream.markLive(requests)
    },
    async settled(firstReadDelayMs) {
      const waiting = () => members.reduce((sum, { subscriptions }) => sum + subscriptions.pending, 0)
      // The delay is for silence: while acknowledgements arrive, it lasts three times as long.
      const max = firstReadDelayMs > 0 ? FIRST_READ_STEPS * MOST_DELAYS : 1
      for (let step = 0, silent = 0; step < max && silent < FIRST_READ_STEPS; step++) {
        const before = waiting()
        await Promise.all(members.map((member) => member.stream.settled(firstReadDelayMs / FIRST_READ_STEPS)))
        if (!stream.expectsAcks) return flush()
        silent = waiting() < before ? 0 : silent + 1
      }
      flush()
    },
  }
  return {
    first,
    members,
    stream,
    tell: (update) => events.emit('account', update),
    get state() {
      const needed = members.filter(({ subscriptions }) => subscriptions.size > 0)
      return needed.reduce(worse, needed[0] ?? first).socket.state
    },
  }
}
