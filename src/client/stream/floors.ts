import type { Clock } from '../../base/clock.js'
import { createEmitter, type Emitter } from '../../base/emitter.js'
import { isObject } from '../../base/wireText.js'
import type { CallOutcome, Calls, Notification } from '../../socket/requests.js'
import { SLOT_NEWS, subscriptionIdOf } from '../../socket/wire.js'
import type { SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import { isSlot } from '../../token/slots.js'

/**
 * How new a read has to be to close the gap before a subscription: as new as the socket's own node was when it
 * acknowledged. What the page has seen says little of that, and the node that answers reads may be behind.
 */
export interface Floors {
  /** The node has acknowledged: it is asked where it is. */
  acked(request: SubscriptionRequest): void
  /** The node has told of a change at this slot: where it tells no slot by itself, this is its word. */
  pushed(slot: number): void
  /** The slot that a read has to reach; `undefined` while the node has not said. */
  of(request: SubscriptionRequest): number | undefined
  forget(request: SubscriptionRequest): void
  /** The connection is another one now. */
  reset(): void
  readonly on: Emitter<FloorEvents>['on']
}
interface FloorEvents {
  /** Where the node is has become known for these. */
  known: readonly SubscriptionRequest[]
  /** The node does not say where it is: for these the newest slot known has to do. */
  untold: readonly SubscriptionRequest[]
}

/** What floors are made of. */
export interface FloorsParts {
  readonly calls: Pick<Calls, 'send' | 'on'>
  readonly clock: Clock
  /** The newest slot that any node has told of; 0 for none. */
  readonly newestKnown: () => number
  /** Whether the chain may have got to this slot. @default any */
  readonly isPlausible?: ((slot: number) => boolean) | undefined
}

/** A node that was asked for slots answers within this time, in milliseconds, or is taken for one that has none to tell. */
const ANSWER_MS = 2000
/** A node that said it would tell of slots, and has not for this long, is taken at its word on accounts, in milliseconds. */
const SILENT_MS = 3000

/** Makes floors: the node is asked for its next slot (`slotSubscribe`), once for all that it has acknowledged meanwhile. */
export function createFloors({ calls, clock, newestKnown, isPlausible = isSlot }: FloorsParts): Floors {
  const events = createEmitter<FloorEvents>()
  const floors = new Map<string, number>()
  const awaiting = new Map<string, SubscriptionRequest>()
  let asked: { id: number | string | undefined; readonly atMs: number; readonly cancel: () => void } | undefined
  let canTell = true

  /** `slot` has been reached by the node, at each level of commitment, when it acknowledged what is waited for. */
  function settle(slotOf: (request: SubscriptionRequest) => number, event: keyof FloorEvents) {
    const requests = [...awaiting.values()]
    awaiting.clear()
    for (const request of requests) floors.set(keyOf(request), slotOf(request))
    if (requests.length > 0) events.emit(event, requests)
  }
  const untold = () => settle(newestKnown, 'untold')

  function ask() {
    if (asked) return
    if (!canTell) return untold()
    const give = () => {
      if (asked !== mine) return
      end()
      untold()
    }
    const mine = {
      id: undefined as number | string | undefined,
      atMs: clock.now(),
      cancel: clock.schedule(give, ANSWER_MS),
    }
    asked = mine
    const answered = (outcome: CallOutcome) => {
      mine.cancel()
      const id = outcome.type === 'result' ? subscriptionIdOf(outcome.result) : undefined
      if (id !== undefined && asked !== mine) return void calls.send('slotUnsubscribe', [id], () => {})
      mine.id = id
      if (id !== undefined || asked !== mine) return
      // A limit passes; a method that is not known does not come.
      canTell = outcome.type === 'refused' && outcome.rpcCode !== -32601
      end()
      untold()
    }
    if (!calls.send('slotSubscribe', [], answered)) end()
  }
  /** One slot was all that was wanted. */
  function end() {
    asked?.cancel()
    if (asked?.id !== undefined) calls.send('slotUnsubscribe', [asked.id], () => {})
    asked = undefined
  }

  function told({ slot, value }: Notification) {
    const parent = isObject(value) && isSlot(value.parent) ? value.parent : Math.max(0, slot - 1)
    const root = isObject(value) && isSlot(value.root) ? value.root : parent
    if (!isPlausible(slot) || parent >= slot || root > parent) return
    end()
    const levels = { processed: parent, confirmed: Math.max(root, parent - 1), finalized: root }
    settle(({ commitment }) => levels[commitment], 'known')
  }
  calls.on('notification', (frame) => void (frame.method === SLOT_NEWS && told(frame)))

  return {
    on: events.on,
    acked(request) {
      awaiting.set(keyOf(request), request)
      ask()
    },
    pushed(slot) {
      if (awaiting.size === 0 || !asked || clock.now() - asked.atMs < SILENT_MS) return
      settle(() => slot, 'known')
    },
    of: (request) => floors.get(keyOf(request)),
    forget(request) {
      floors.delete(keyOf(request))
      awaiting.delete(keyOf(request))
    },
    reset() {
      asked?.cancel()
      asked = undefined
      canTell = true
      floors.clear()
      awaiting.clear()
    },
  }
}
