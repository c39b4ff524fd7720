import type { Clock } from '../base/clock.js'
import { createEmitter } from '../base/emitter.js'
import type { Calls } from '../live/calls.js'
import type { Socket, SocketState } from '../live/socket.js'
import type { Subscriptions } from '../live/subscriptions.js'
import type { Wish } from '../token/account.js'
import type { Arrival, LaneStream, StreamEvents } from './stream.js'

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
const badnessOf = ({ socket }: Lane) => WORST_LAST.indexOf(socket.state.name)

/** Makes a fleet of one lane. An account that fits in none gets a new one: nodes bound the subscriptions of a socket. */
export function createFleet(
  make: () => Lane,
  join: (lane: Lane) => void,
  maxSubscriptions: number | undefined = 100,
  clock: Clock,
): Fleet {
  const events = createEmitter<StreamEvents>()
  const lanes: Lane[] = []

  function add(): Lane {
    const lane = make()
    for (const event of ['account', 'listed', 'changed', 'error'] as const)
      lane.stream.on(event, (payload: StreamEvents[typeof event]) => events.emit(event, payload))
    join(lane)
    lanes.push(lane)
    return lane
  }
  const first = add()
  const laneOf = (wish: Wish) => lanes.find(({ subscriptions }) => subscriptions.has(wish))
  // A wallet's token accounts need a second one, for its activity.
  const roomy = ({ tokens }: Wish) =>
    lanes.find(({ subscriptions }) => subscriptions.size + (tokens ? 2 : 1) <= maxSubscriptions) ?? add()
  const worse = (a: Lane, b: Lane) => (badnessOf(b) > badnessOf(a) ? b : a)

  const stream: LaneStream = {
    on: events.on,
    follow: (wish) => (laneOf(wish) ?? roomy(wish)).stream.follow(wish),
    isLive: (wish) => laneOf(wish)?.stream.isLive(wish) ?? false,
    isRefused: (wish) => laneOf(wish)?.stream.isRefused(wish) ?? false,
    check: async (wish) => laneOf(wish)?.stream.check(wish),
    get live() {
      return lanes.flatMap((lane) => lane.stream.live)
    },
    get isSynced() {
      return lanes.every((lane) => lane.stream.isSynced)
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
      const startMs = clock.now()
      // By index, because wishes of the same commit may need another lane while the first is waited for.
      for (let i = 0; i < lanes.length; i++)
        await lanes[i]?.stream.settled(Math.max(0, patienceMs - (clock.now() - startMs)))
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
