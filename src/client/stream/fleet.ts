import { PATIENCE_STEPS } from '../../base/clock.js'
import { createEmitter, once } from '../../base/emitter.js'
import type { Calls } from '../../socket/requests.js'
import type { Socket, SocketState } from '../../socket/socket.js'
import type { Subscriptions } from '../../socket/subscriptions.js'
import type { Wish } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { Arrival, StreamEvents } from './arrival.js'
import type { LaneStream } from './stream.js'

/** One socket and all that runs over it. */
export interface Lane {
  readonly socket: Socket
  readonly calls: Calls
  readonly subscriptions: Subscriptions
  readonly stream: LaneStream
}

/** As many lanes as the accounts need, seen as one. */
export interface Fleet {
  /** There from the start. */
  readonly first: Lane
  /** All of them, oldest first; an empty one waits to be filled again. */
  readonly lanes: readonly Lane[]
  /** The worst state of a lane that is needed. */
  readonly state: SocketState
  readonly stream: LaneStream
  /** Passes on what was learned of an account beside the lanes. */
  tell(arrival: Arrival): void
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
const MAX_LANES = 8
/** How many times longer than silence progress is waited for. */
const MOST_PATIENCE = 3
const badnessOf = ({ socket }: Lane) => WORST_LAST.indexOf(socket.state.name)

/**
 * Makes a fleet of one lane. An account that fits in none gets a new one: nodes bound the subscriptions of a socket.
 * `flush` writes what has come, for those who waited for it.
 */
export function createFleet(
  make: () => Lane,
  join: (lane: Lane) => void,
  flush: () => void,
  maxSubscriptions: number | undefined = 100,
): Fleet {
  const events = createEmitter<StreamEvents>()
  const lanes: Lane[] = []
  /** Where each wish is: asked for with everything that is shown, and a page may have many lanes. */
  const places = new Map<string, Lane>()
  const holds = new Set<{ readonly wish: Wish; stop: () => void }>()
  /** How many subscriptions a node takes on one socket, by its address: what it has shown so far. */
  const rooms = new Map<string, number>()

  function add(): Lane {
    const lane = make()
    for (const event of ['account', 'listed', 'changed', 'error'] as const)
      lane.stream.on(event, (payload: StreamEvents[typeof event]) => events.emit(event, payload))
    join(lane)
    lanes.push(lane)
    lane.subscriptions.on('wanted', (wish) => {
      // A wallet's activity may be watched beside an account that is shown.
      if (!laneOf(wish)) places.set(keyOf(wish), lane)
    })
    lane.subscriptions.on('released', (wish) => {
      if (laneOf(wish) !== lane) return
      const other = lanes.find(({ subscriptions }) => subscriptions.has(wish))
      if (other) places.set(keyOf(wish), other)
      else places.delete(keyOf(wish))
    })
    lane.subscriptions.on('acked', () => {
      const { socket, subscriptions } = lane
      if (subscriptions.acked > roomOf(lane)) rooms.set(socket.url, subscriptions.acked)
    })
    lane.subscriptions.on('refused', ({ isFull, ...wish }) => {
      if (isFull) full(lane, wish)
    })
    return lane
  }
  /** Finds another socket for what was refused. A node that gives a socket none at all is full itself: it is asked again later. */
  function full(lane: Lane, { address, commitment, tokens }: Wish) {
    const { acked } = lane.subscriptions
    if (acked === 0) return
    rooms.set(lane.socket.url, acked)
    for (const hold of holds) {
      const { wish } = hold
      const isOf = wish.address === address && wish.commitment === commitment && (!tokens || wish.tokens === tokens)
      if (!isOf || laneOf(wish) !== lane || spaceOf(wish) > acked) continue
      const other = lanes.find((each) => each !== lane && hasRoom(each, wish)) ?? (lanes.length < MAX_LANES && add())
      if (!other) return
      hold.stop()
      places.set(keyOf(wish), other)
      hold.stop = other.stream.follow(wish)
    }
  }
  const first = add()
  const laneOf = (wish: Wish) => places.get(keyOf(wish))
  const roomOf = ({ socket }: Lane) => rooms.get(socket.url) ?? Infinity
  // A wallet's token accounts need a second one, for its activity.
  const spaceOf = ({ tokens }: Wish) => (tokens ? 2 : 1)
  const hasRoom = (lane: Lane, wish: Wish) =>
    lane.subscriptions.size + spaceOf(wish) <= Math.min(maxSubscriptions, roomOf(lane))
  function roomy(wish: Wish): Lane {
    const found = lanes.find((lane) => hasRoom(lane, wish))
    const newest = lanes.at(-1)
    // What it has no room for is polled, until it has.
    return found ?? (newest && lanes.length >= MAX_LANES && roomOf(newest) < Infinity ? newest : add())
  }
  const worse = (a: Lane, b: Lane) => (badnessOf(b) > badnessOf(a) ? b : a)

  const stream: LaneStream = {
    on: events.on,
    follow(wish) {
      const hold = { wish, stop: (laneOf(wish) ?? roomy(wish)).stream.follow(wish) }
      holds.add(hold)
      return once(() => {
        holds.delete(hold)
        hold.stop()
      })
    },
    isLive: (wish) => laneOf(wish)?.stream.isLive(wish) ?? false,
    lost: (wish) => laneOf(wish)?.stream.lost(wish),
    isRefused: (wish) => laneOf(wish)?.stream.isRefused(wish) ?? false,
    check: async (wish) => laneOf(wish)?.stream.check(wish),
    missed: (wish) => laneOf(wish)?.stream.missed(wish),
    doubt: (wish) => laneOf(wish)?.stream.doubt(wish),
    get expectsAcks() {
      return lanes.some((lane) => lane.stream.expectsAcks)
    },
    get live() {
      return lanes.flatMap((lane) => lane.stream.live)
    },
    get isSynced() {
      return lanes.every((lane) => lane.stream.isSynced)
    },
    get disbelieved() {
      return lanes.reduce((sum, lane) => sum + lane.stream.disbelieved, 0)
    },
    get isServing() {
      const needed = lanes.filter(({ subscriptions }) => subscriptions.size > 0)
      return needed.length === 0 || needed.some((lane) => lane.stream.isServing)
    },
    get slot() {
      return lanes.reduce<number | null>(
        (newest, { stream: { slot } }) => ((slot ?? -1) > (newest ?? -1) ? slot : newest),
        null,
      )
    },
    vouch(wishes) {
      for (const lane of lanes) lane.stream.vouch(wishes)
    },
    async settled(patienceMs) {
      const waiting = () => lanes.reduce((sum, { subscriptions }) => sum + subscriptions.pending, 0)
      // Patience is for silence: while acknowledgements come in, it lasts three times as long.
      const max = patienceMs > 0 ? PATIENCE_STEPS * MOST_PATIENCE : 1
      for (let step = 0, silent = 0; step < max && silent < PATIENCE_STEPS; step++) {
        const before = waiting()
        await Promise.all(lanes.map((lane) => lane.stream.settled(patienceMs / PATIENCE_STEPS)))
        if (!stream.expectsAcks) return flush()
        silent = waiting() < before ? 0 : silent + 1
      }
      flush()
    },
  }
  return {
    first,
    lanes,
    stream,
    tell: (arrival) => events.emit('account', arrival),
    get state() {
      const needed = lanes.filter(({ subscriptions }) => subscriptions.size > 0)
      return needed.reduce(worse, needed[0] ?? first).socket.state
    },
  }
}
