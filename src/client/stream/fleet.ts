import { PATIENCE_STEPS } from '../../base/clock.js'
import { createEmitter } from '../../base/emitter.js'
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
    return lane
  }
  const first = add()
  const laneOf = (wish: Wish) => places.get(keyOf(wish))
  // A wallet's token accounts need a second one, for its activity.
  const roomy = ({ tokens }: Wish) =>
    lanes.find(({ subscriptions }) => subscriptions.size + (tokens ? 2 : 1) <= maxSubscriptions) ?? add()
  const worse = (a: Lane, b: Lane) => (badnessOf(b) > badnessOf(a) ? b : a)

  const stream: LaneStream = {
    on: events.on,
    follow: (wish) => (laneOf(wish) ?? roomy(wish)).stream.follow(wish),
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
