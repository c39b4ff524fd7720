import { backoffMs, type Clock, systemClock } from '../base/clock.js'
import { createEmitter, type Emitter, once } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import type { AccountAt, AccountSource, SubscriptionRequest } from '../token/account.js'
import { keyOf } from '../token/accountKey.js'
import { createEarlyNotifications } from './earlyNotifications.js'
import {
  type CallOutcome,
  type Calls,
  type ConcurrencyLimit,
  createConcurrencyLimit,
  type Notification,
} from './requests.js'
import type { Socket } from './socket.js'
import { isOpen } from './socketState.js'
import { accountIn, isAboutAccount, refusalKindOf, subscriptionIdOf, subscriptionOf } from './wire.js'

/** Events of subscription requests on the current connection. */
export interface SubscriptionEvents {
  wanted: SubscriptionRequest
  acked: SubscriptionRequest
  /** `isFull`: the connection has as many as its node allows. */
  refused: SubscriptionRequest & { readonly error: LamplightError; readonly isFull: boolean }
  /** Nobody wants the account any more, and its grace is over. */
  released: SubscriptionRequest
  /** Something changed of what is acknowledged, and what that is cannot be told. */
  suspected: SubscriptionRequest
}

/** The set of accounts that should be subscribed, kept true on whatever connection there is. */
export interface Subscriptions {
  readonly watch: AccountSource['watch']
  /** Accounts wanted now, in their grace included. */
  readonly size: number
  /** Wanted accounts that the current connection has not answered for yet. */
  readonly pending: number
  /** Accounts that are acknowledged on the current connection. */
  readonly acked: number
  /** Why an account that is watched is not subscribed to; `null` where the node refused none. */
  readonly refusal: LamplightError | null
  /** Frames that came for no known subscription; some of them were early, and delivered later. */
  readonly unknown: number
  /** Wanted here, in its grace included. */
  has(request: SubscriptionRequest): boolean
  isAcked(request: SubscriptionRequest): boolean
  isRefused(request: SubscriptionRequest): boolean
  readonly on: Emitter<SubscriptionEvents>['on']
}

/** How subscriptions are paced. */
export interface SubscriptionsOptions {
  readonly clock?: Clock
  /** How long an account nobody wants any more stays subscribed, in milliseconds. @default 2_000 */
  readonly graceMs?: number | undefined
  /** Bounds the subscribe calls on their way at once, here and wherever else it is held. @default 20 calls */
  readonly concurrency?: ConcurrencyLimit
  readonly random?: () => number
}

type Phase = 'waiting' | 'asking' | 'acked' | 'refused'
interface Entry extends SubscriptionRequest {
  readonly key: string
  readonly watchers: Emitter<{ account: AccountAt }>
  count: number
  phase: Phase
  /** The server's id, as given, while acked. */
  id: number | string | undefined
  /** Its grace ended while the node had not answered yet. */
  over: boolean
  /** Refusals in a row, and the last of them. */
  refusals: number
  refusal: LamplightError | null
  stopGrace: () => void
  stopRetry: () => void
}

const RETRY_REFUSED = { baseMs: 1000, capMs: 30_000 }

/** Makes the set, empty. Requests are state, not messages: they are never queued, only sent again. */
export function createSubscriptions(socket: Socket, calls: Calls, options: SubscriptionsOptions = {}): Subscriptions {
  const {
    clock = systemClock,
    graceMs = 2000,
    concurrency = createConcurrencyLimit(20),
    random = Math.random,
  } = options
  const events = createEmitter<SubscriptionEvents>()
  const entries = new Map<string, Entry>()
  const byId = new Map<string, Entry>()
  const waiting = new Set<Entry>()
  const held = createEarlyNotifications(clock)
  let inFlight = 0
  let unknown = 0

  function wait(entry: Entry) {
    entry.phase = 'waiting'
    entry.id = undefined
    waiting.add(entry)
  }

  function pump() {
    for (const entry of waiting) if (!ask(entry)) return
  }

  function ask(entry: Entry): boolean {
    if (!isOpen(socket.state) || !concurrency.take()) return false
    const [kind, params] = subscriptionOf(entry)
    const sent = calls.send(`${kind}Subscribe`, params, (outcome) => {
      inFlight--
      try {
        answered(entry, outcome)
      } finally {
        concurrency.give()
      }
    })
    if (!sent) {
      concurrency.give()
      return false
    }
    inFlight++
    waiting.delete(entry)
    entry.phase = 'asking'
    return true
  }

  function answered(entry: Entry, outcome: CallOutcome) {
    const id = outcome.type === 'result' ? subscriptionIdOf(outcome.result) : undefined
    if (outcome.type === 'lost') {
      if (entry.over) forget(entry)
      else wait(entry)
      // Unanswered although the connection lives: the next one may do better, and holds nothing without a known id.
      return socket.restart('a subscription was not answered')
    }
    // Nobody waits any more; only now is the id known that an unsubscribe needs.
    if (entry.over) {
      if (id !== undefined) unsubscribe(entry, id)
      return forget(entry)
    }
    if (outcome.type === 'refused') return refused(entry, outcome.rpcCode, outcome.rpcMessage)
    if (id === undefined) return refused(entry, 0, 'the node gave no usable subscription id')
    // One id for two: whose changes it tells of cannot be known any more.
    if (byId.has(String(id))) {
      wait(entry)
      return socket.restart('two subscriptions were given one id')
    }
    entry.phase = 'acked'
    entry.refusals = 0
    entry.id = id
    byId.set(String(id), entry)
    events.emit('acked', entry)
    for (const frame of held.take(String(id))) deliver(entry, frame)
  }

  function refused(entry: Entry, rpcCode: number, rpcMessage: string) {
    const { address } = entry
    const error = laterError('socket/subscription-refused', { address, rpcCode, rpcMessage })
    const kind = refusalKindOf(entry, rpcCode, rpcMessage)
    if (kind === 'unsupported') {
      wait(entry)
      return socket.fail(error)
    }
    entry.phase = 'refused'
    entry.refusal = error
    events.emit('refused', { ...requestOf(entry), error, isFull: kind === 'full' })
    if (kind === 'permanent') return
    const retry = () => {
      wait(entry)
      pump()
    }
    entry.stopRetry = clock.schedule(retry, backoffMs(++entry.refusals, RETRY_REFUSED, random))
  }

  const unsubscribe = (entry: Entry, id: number | string) =>
    calls.send(`${subscriptionOf(entry)[0]}Unsubscribe`, [id], () => {})

  function release(entry: Entry) {
    if (entry.phase === 'asking') {
      entry.over = true
      return
    }
    if (entry.id !== undefined) unsubscribe(entry, entry.id)
    forget(entry)
  }

  function forget(entry: Entry) {
    entry.stopRetry()
    entries.delete(entry.key)
    waiting.delete(entry)
    byId.delete(String(entry.id))
    events.emit('released', entry)
  }

  function deliver(entry: Entry, news: Notification) {
    const account = accountIn(entry, news)
    if (account) entry.watchers.emit('account', account)
    else events.emit('suspected', requestOf(entry))
  }

  calls.on('notification', (frame) => {
    if (!isAboutAccount(frame.method)) return
    const entry = byId.get(frame.subscription)
    if (entry) deliver(entry, frame)
    else {
      unknown++
      held.keep(frame)
    }
  })
  calls.on('decodeError', ({ subscription }) => {
    const entry = subscription === undefined ? undefined : byId.get(subscription)
    const suspected = subscription === undefined ? [...byId.values()] : entry ? [entry] : []
    for (const each of suspected) events.emit('suspected', requestOf(each))
  })
  concurrency.on('free', pump)
  socket.on('state', ({ state, previous }) => {
    if (isOpen(state) && isOpen(previous)) return
    byId.clear()
    held.clear()
    for (const entry of entries.values()) if (entry.phase === 'acked') wait(entry)
    if (state.name === 'open') pump()
  })

  function watch(...[address, options, listener]: Parameters<AccountSource['watch']>) {
    const request = requestOf({ ...options, address })
    const key = keyOf(request)
    let entry = entries.get(key)
    if (!entry) {
      entry = createEntry(request, key)
      entries.set(key, entry)
      waiting.add(entry)
      events.emit('wanted', entry)
    }
    if (entry.count++ === 0) entry.stopGrace()
    entry.over = false
    const stop = entry.watchers.on('account', listener)
    pump()
    const mine = entry
    return once(() => {
      stop()
      if (--mine.count === 0) mine.stopGrace = clock.schedule(() => release(mine), graceMs)
    })
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
    get acked() {
      return byId.size
    },
    get refusal() {
      for (const { phase, count, refusal } of entries.values()) if (phase === 'refused' && count > 0) return refusal
      return null
    },
    get unknown() {
      return unknown
    },
    has: (request) => entries.has(keyOf(request)),
    isAcked: (request) => entries.get(keyOf(request))?.phase === 'acked',
    isRefused: (request) => entries.get(keyOf(request))?.phase === 'refused',
  }
}

const requestOf = ({ address, commitment, tokens }: SubscriptionRequest): SubscriptionRequest => ({
  address,
  commitment,
  tokens,
})

const createEntry = (request: SubscriptionRequest, key: string): Entry => ({
  ...request,
  key,
  watchers: createEmitter(),
  count: 0,
  phase: 'waiting',
  id: undefined,
  over: false,
  refusals: 0,
  refusal: null,
  stopGrace: () => {},
  stopRetry: () => {},
})
