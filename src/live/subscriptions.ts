import { type Clock, systemClock } from '../base/clock.js'
import { createEmitter, type Emitter, reportUncaught } from '../base/emitter.js'
import { LamplightError } from '../base/errors.js'
import { type AccountAt, type AccountSource, accountOf, type Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'
import type { CallOutcome, Calls, Notification } from './calls.js'
import { createHeldFrames } from './heldFrames.js'
import type { Socket } from './socket.js'
import { subscriptionIdOf } from './wire.js'

/** One account that somebody wants to hear of. */
export interface Wish {
  readonly address: Address
  readonly commitment: Commitment
}
/** What happens to wishes on the current connection. */
export interface SubscriptionEvents {
  wanted: Wish
  acked: Wish
  refused: Wish & { readonly error: LamplightError }
  /** Nobody wants the account any more, and its grace is over. */
  released: Wish
}

/** The set of accounts that should be subscribed, kept true on whatever connection there is. */
export interface Subscriptions {
  readonly watch: AccountSource['watch']
  /** Accounts wanted now, in their grace included. */
  readonly size: number
  /** Wanted accounts that the current connection has not answered for yet. */
  readonly pending: number
  isAcked(wish: Wish): boolean
  readonly on: Emitter<SubscriptionEvents>['on']
}

/** How subscriptions are paced. */
export interface SubscriptionsOptions {
  readonly clock?: Clock
  /** How long an account nobody wants any more stays subscribed, in milliseconds. @default 2_000 */
  readonly graceMs?: number
  /** Subscribe calls on their way at once. @default 20 */
  readonly maxInFlight?: number
  /** Wait before a refusal of a passing kind is tried again, in milliseconds. @default 5_000 */
  readonly retryRefusedMs?: number
}

type Phase = 'waiting' | 'asking' | 'acked' | 'refused'
interface Entry extends Wish {
  readonly key: string
  readonly listeners: Set<(account: AccountAt) => void>
  phase: Phase
  /** The server's id, as given, while acked. */
  id: number | string | undefined
  /** Its grace ended while the node had not answered yet. */
  over: boolean
  /** Stops the timer that is running for this entry: its grace, or its next try. */
  cancel: () => void
}

/** Refusals that another try cannot cure: invalid params, invalid request, unknown method. */
const PERMANENT = new Set([-32602, -32600, -32601])
const keyOf = ({ commitment, address }: Wish) => `${commitment}:${address}`

/** Makes the set, empty. Wishes are state, not messages: they are never queued, only made true again. */
export function createSubscriptions(socket: Socket, calls: Calls, options: SubscriptionsOptions = {}): Subscriptions {
  const { clock = systemClock, graceMs = 2000, maxInFlight = 20, retryRefusedMs = 5000 } = options
  const events = createEmitter<SubscriptionEvents>()
  const entries = new Map<string, Entry>()
  const byId = new Map<string, Entry>()
  const waiting = new Set<Entry>()
  const held = createHeldFrames(clock)
  let inFlight = 0

  function wait(entry: Entry) {
    entry.phase = 'waiting'
    entry.id = undefined
    waiting.add(entry)
  }

  function pump() {
    for (const entry of waiting) if (inFlight >= maxInFlight || !ask(entry)) return
  }

  function ask(entry: Entry): boolean {
    const params = [entry.address, { encoding: 'base64', commitment: entry.commitment }]
    const sent = calls.send('accountSubscribe', params, (outcome) => {
      inFlight--
      answered(entry, outcome)
      pump()
    })
    if (!sent) return false
    inFlight++
    waiting.delete(entry)
    entry.phase = 'asking'
    return true
  }

  function answered(entry: Entry, outcome: CallOutcome) {
    const id = outcome.type === 'result' ? subscriptionIdOf(outcome.result) : undefined
    // Nobody waits any more; only now is the id known that an unsubscribe needs.
    if (entry.over) {
      if (id !== undefined) unsubscribe(id)
      return forget(entry)
    }
    if (outcome.type === 'lost') {
      wait(entry)
      // Unanswered although the connection lives: the next connection may do better.
      return socket.restart('a subscription was not answered')
    }
    if (outcome.type === 'refused') return refused(entry, outcome.rpcCode, outcome.rpcMessage)
    if (id === undefined) return refused(entry, 0, 'the node gave no usable subscription id')
    entry.phase = 'acked'
    entry.id = id
    byId.set(String(id), entry)
    events.emit('acked', entry)
    for (const frame of held.take(String(id))) deliver(entry, frame)
  }

  function refused(entry: Entry, rpcCode: number, rpcMessage: string) {
    entry.phase = 'refused'
    const { address, commitment } = entry
    const error = new LamplightError('socket/subscription-refused', { address, rpcCode, rpcMessage })
    events.emit('refused', { address, commitment, error })
    if (PERMANENT.has(rpcCode) || entry.listeners.size === 0) return
    entry.cancel = clock.schedule(() => {
      wait(entry)
      pump()
    }, retryRefusedMs)
  }

  const unsubscribe = (id: number | string) => calls.send('accountUnsubscribe', [id], () => {})

  function release(entry: Entry) {
    entry.cancel()
    if (entry.phase === 'asking') {
      entry.over = true
      return
    }
    if (entry.id !== undefined) unsubscribe(entry.id)
    forget(entry)
  }

  function forget(entry: Entry) {
    entries.delete(entry.key)
    waiting.delete(entry)
    byId.delete(String(entry.id))
    events.emit('released', entry)
  }

  function deliver(entry: Entry, { slot, value }: Notification) {
    const account = accountOf(entry.address, slot, value)
    if (!account) return
    for (const listener of [...entry.listeners]) {
      try {
        listener(account)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }

  calls.on('notification', (frame) => {
    if (frame.method !== 'accountNotification') return
    const entry = byId.get(frame.subscription)
    if (entry) deliver(entry, frame)
    else held.keep(frame)
  })
  socket.on('state', ({ state, previous }) => {
    if (state.name === 'suspect' || previous.name === 'suspect') return
    byId.clear()
    held.clear()
    for (const entry of entries.values()) if (entry.phase === 'acked') wait(entry)
    if (state.name === 'open') pump()
  })

  function watch(address: Address, { commitment }: { commitment: Commitment }, listener: (account: AccountAt) => void) {
    const key = keyOf({ commitment, address })
    let entry = entries.get(key)
    if (!entry) {
      entry = {
        key,
        address,
        commitment,
        listeners: new Set(),
        phase: 'waiting',
        id: undefined,
        over: false,
        cancel: () => {},
      }
      entries.set(key, entry)
      waiting.add(entry)
      events.emit('wanted', entry)
    }
    if (entry.listeners.size === 0) entry.cancel()
    entry.over = false
    // A wrapper, so that one function watching twice is two watchers.
    const own = (account: AccountAt) => listener(account)
    entry.listeners.add(own)
    pump()
    const mine = entry
    return () => {
      if (!mine.listeners.delete(own) || mine.listeners.size > 0) return
      mine.cancel = clock.schedule(() => release(mine), graceMs)
    }
  }

  return {
    watch,
    on: events.on,
    get size() {
      return entries.size
    },
    get pending() {
      return waiting.size + inFlight
    },
    isAcked: (wish) => entries.get(keyOf(wish))?.phase === 'acked',
  }
}
