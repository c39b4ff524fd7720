import type { QueryClient } from '@tanstack/query-core'
import { backoffMs, type Clock } from '../../base/clock.js'
import { createEmitter, type Emitter, once } from '../../base/emitter.js'
import type { LamplightError } from '../../base/errors.js'
import { laterError } from '../../base/laterErrors.js'
import type { AccountReader } from '../../rpc/accountReader.js'
import { coalesced } from '../../socket/heartbeat.js'
import type { Calls } from '../../socket/requests.js'
import type { Socket } from '../../socket/socket.js'
import { isOpen } from '../../socket/socketState.js'
import type { Subscriptions } from '../../socket/subscriptions.js'
import type { AccountAt, SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { ChainHead } from '../../token/slots.js'
import { createGapReader, slotHeldOf } from '../reads/gapReader.js'
import type { AccountUpdate, StreamEvents } from './accountUpdate.js'
import { createFloors } from './floors.js'
import type { StreamReliability } from './streamReliability.js'

/** The push path: subscriptions, and the one read after each acknowledgement that closes the gap before it. */
export interface Stream {
  /** Keeps an account coming until the returned function is called. */
  follow(request: SubscriptionRequest): () => void
  /** Acknowledged on the connection that is open and trusted now, and read there as of that acknowledgement. */
  isLive(request: SubscriptionRequest): boolean
  /** The node did not let this be subscribed to, on the connection that is open now. */
  isRefused(request: SubscriptionRequest): boolean
  /** Nothing wanted is waiting for an acknowledgement or a first read. */
  readonly isSynced: boolean
  /** Something that is followed is live, or can become so: not all of it was refused, and the node is reliable. */
  readonly isServing: boolean
  /** The newest slot seen on the current connection; `null` before any. */
  readonly slot: number | null
  /** What arrived for these accounts is in the cache now: only from here on may they count as live. */
  markLive(requests: readonly SubscriptionRequest[]): void
  /** The cache holds this account no longer: it is not live until it was read and written anew, which begins now. */
  lost(request: SubscriptionRequest): void
  /** Resolves when no acknowledgement is expected soon, or after `firstReadDelayMs`: one read then serves first paint and gap. */
  settled(firstReadDelayMs: number): Promise<void>
  readonly on: Emitter<StreamEvents>['on']
}

/** The stream of one socket, or of several. */
export interface SocketStream extends Stream {
  /** Every account that is live now. */
  readonly live: readonly SubscriptionRequest[]
  /** Changes that were told under a slot which the chain cannot have reached. */
  readonly implausible: number
  /** Wanted accounts may be acknowledged soon. */
  readonly expectsAcks: boolean
  /** Reads a request once more, to see whether something was missed. */
  check(request: SubscriptionRequest): Promise<void>
  /** Is not live until it has been read again, soon and together with others: what it is now is not known. */
  markSuspect(request: SubscriptionRequest): void
  /** A change was found that the node had not pushed: its connection is given up, and the next one is not reliable at once. */
  missed(request: SubscriptionRequest): void
}

/** What the stream is made of. */
export interface StreamParts {
  readonly socket: Socket
  readonly calls: Pick<Calls, 'send' | 'on'>
  readonly subscriptions: Subscriptions
  readonly reader: AccountReader
  readonly clock: Clock
  readonly queryClient: QueryClient
  readonly cluster: string
  /** Acknowledgements that come within this time share their read, in milliseconds. */
  readonly batchDelayMs: number
  /** Which nodes are reliable. @default all */
  readonly reliability?: StreamReliability | undefined
  /** Gives numbers from 0 to 1 for the jitter of reads that are asked for again. @default Math.random */
  readonly random?: (() => number) | undefined
  /** How far the chain is. @default what anybody says */
  readonly head?: ChainHead | undefined
  /** The newest slot that any node has told of. @default 0, for none */
  readonly newestKnown?: (() => number) | undefined
}

/** One request takes this many accounts. */
const MAX_UNREAD = 100
/** A page that shows values already waits this long for its node's slot, in milliseconds: one read then does. */
const SLOT_WAIT_MS = 600
/** Where a node tells no slot its reads may be this far behind it, in milliseconds: what was read is looked at again then. */
const UNTOLD_LAG_MS = 12_000
/** After this long without a suspected miss, in milliseconds, the next one is checked as fast as the first. */
const CALM_MS = 60_000
/** What a wallet does is mostly several changes in one moment: its token accounts are listed once after them. */
const ACTIVITY_MS = 1000

/** Joins subscriptions and reader. */
export function createStream(parts: StreamParts): SocketStream {
  const { socket, subscriptions, clock, random = Math.random } = parts
  const events = createEmitter<StreamEvents>()
  const followed = new Map<string, { readonly request: SubscriptionRequest; count: number; stop: () => void }>()
  const unread = new Map<string, SubscriptionRequest>()
  const reading = new Set<string>()
  const arrived = new Set<string>()
  const live = new Set<string>()
  const waiters = new Set<() => void>()
  let connection = 0
  let slot: number | null = null
  let ackedAtMs = 0
  const late = new Map<string, { readonly request: SubscriptionRequest; readonly reason: AccountUpdate['reason'] }>()
  const proving = new Set<string>()
  let implausible = 0
  let failures = 0
  let suspectedAtMs = -Infinity
  const readGap = createGapReader(parts)
  const isPlausible = (slot: number) => parts.head?.accepts(slot, socket.url, true) ?? true
  const floors = createFloors({
    ...parts,
    isPlausible,
    newestKnown: () => Math.max(seen() ?? 0, parts.newestKnown?.() ?? 0),
  })
  /** The first word of all may have been wrong, as those after it then show. */
  const seen = () => (slot !== null && (parts.head?.canBeAt(slot) ?? true) ? slot : null)
  const isReliable = () => parts.reliability?.isReliable(socket.url) ?? true
  const expectsAcks = () =>
    socket.state.name === 'connecting' ||
    (socket.state.name === 'idle' && subscriptions.size > 0) ||
    (socket.state.name === 'open' && subscriptions.pending > 0)

  /** Reads what was acknowledged once nothing more is expected; or when it fills a request, or nothing has come for the gathering time. */
  function progress() {
    if (expectsAcks()) {
      if (unread.size >= MAX_UNREAD) read()
      else if (unread.size > 0) batching.soon()
      return
    }
    for (const resume of [...waiters]) resume()
    if (unread.size > 0) read()
  }

  const cooldownMs = () => ackedAtMs + parts.batchDelayMs - clock.now()
  const batching = coalesced(clock, () => (cooldownMs() > 0 ? batching.soon() : read()), cooldownMs)

  /** What is on screen already can wait for the node's slot: one read then does, where two would be needed. */
  const waitsForSlot = () =>
    clock.now() - ackedAtMs < SLOT_WAIT_MS &&
    [...unread.values()].every((request) => floors.of(request) === undefined && slotHeldOf(parts, request) > 0)
  const slotWait = coalesced(clock, progress, () => SLOT_WAIT_MS)

  function read() {
    if (waitsForSlot()) return slotWait.soon()
    slotWait.cancel()
    batching.cancel()
    const requests = [...unread.values()]
    unread.clear()
    for (const request of requests) void readOne(request, connection)
  }

  async function readOne(
    request: SubscriptionRequest,
    mine: number,
    reason: AccountUpdate['reason'] = 'gap-fill',
  ): Promise<void> {
    const key = keyOf(request)
    if (subscriptions.isAcked(request)) reading.add(key)
    try {
      const { account, listing, lagging } = await readGap(request, Math.max(seen() ?? 0, floors.of(request) ?? 0))
      if (mine !== connection) return
      const isAcked = subscriptions.isAcked(request)
      if (!lagging && isAcked) arrived.add(key)
      const found = { request, source: 'fetch', reason, lagging } as const
      if (account && isAcked) events.emit('account', { ...found, account })
      // Where the node refused the subscription a list is still worth having; it is not live.
      if (listing) events.emit('listed', { ...found, listing })
      if (lagging) return again(request, reason)
      // An account that is suspected again and again is read ever more rarely.
      if (clock.now() - suspectedAtMs > CALM_MS) failures = 0
    } catch (error) {
      if (mine !== connection) return
      events.emit('error', error as LamplightError)
      again(request, reason)
    }
  }

  /**
   * Still unread: nothing may count as synced before it was read, and read as of now. What failed together is asked for
   * together, or one lost request would come back as a hundred.
   */
  function again(request: SubscriptionRequest, reason: AccountUpdate['reason'] = 'gap-fill') {
    const key = keyOf(request)
    // A gap that is still to be closed stays one, whatever else asks for the account.
    if (late.get(key)?.reason !== 'gap-fill') late.set(key, { request, reason })
    retry.soon()
  }
  const retry = coalesced(clock, readLate, () => backoffMs(++failures, {}, random))
  function markSuspect(request: SubscriptionRequest) {
    const key = keyOf(request)
    if (!subscriptions.isAcked(request) || !followed.has(key)) return
    suspectedAtMs = clock.now()
    const wasLive = live.delete(key)
    arrived.delete(key)
    proving.delete(key)
    reading.add(key)
    // What was lost may be newer than what it was acknowledged with.
    floors.acked(request)
    again(request)
    if (wasLive) events.emit('changed', undefined)
  }
  function readLate() {
    const reads = [...late.values()].filter(({ request }) => subscriptions.isAcked(request))
    late.clear()
    for (const { request, reason } of reads) void readOne(request, connection, reason)
  }

  /** Live as soon as what is held is as new as the node was when it acknowledged. */
  function prove(request: SubscriptionRequest): boolean {
    const key = keyOf(request)
    const floor = floors.of(request)
    const isReached = floor !== undefined && slotHeldOf(parts, request) >= floor
    if (!isReached) {
      proving.add(key)
      if (floor !== undefined) again(request)
      return false
    }
    // What is pushed meanwhile may be as new as what a second read was to bring.
    for (const keys of [proving, late, reading]) keys.delete(key)
    live.add(key)
    return true
  }
  function told(requests: readonly SubscriptionRequest[]) {
    const proven = requests.filter((request) => proving.has(keyOf(request)) && prove(request))
    if (proven.length > 0) events.emit('changed', undefined)
    progress()
  }
  const untold = new Map<string, SubscriptionRequest>()
  const lookAgain = coalesced(clock, readUntold, () => UNTOLD_LAG_MS)
  function readUntold() {
    for (const request of untold.values()) if (live.has(keyOf(request))) void readOne(request, connection, 'audit')
    untold.clear()
  }
  floors.on('known', told)
  floors.on('untold', (requests) => {
    for (const request of requests) untold.set(keyOf(request), request)
    lookAgain.soon()
    told(requests)
  })

  subscriptions.on('acked', (request) => {
    // A wallet's own account may be subscribed to as a sign of its activity only, and then nobody shows it.
    if (followed.has(keyOf(request))) {
      unread.set(keyOf(request), request)
      floors.acked(request)
    }
    ackedAtMs = clock.now()
    progress()
  })
  subscriptions.on('suspected', markSuspect)
  subscriptions.on('refused', ({ error }) => {
    events.emit('error', error)
    progress()
  })
  subscriptions.on('released', (request) => {
    for (const keys of [live, unread, reading, arrived, late, proving, untold]) keys.delete(keyOf(request))
    floors.forget(request)
    progress()
  })
  socket.on('state', ({ state, previous }) => {
    if (!isOpen(state) || !isOpen(previous)) {
      connection++
      slot = null
      retry.cancel()
      lookAgain.cancel()
      slotWait.cancel()
      failures = 0
      for (const keys of [late, live, unread, reading, arrived, proving, untold]) keys.clear()
      floors.reset()
    }
    progress()
    events.emit('changed', undefined)
  })

  function heard(request: SubscriptionRequest, account: AccountAt): boolean {
    const told = account.slot
    if (!(parts.head?.accepts(told, account.address) ?? true)) {
      implausible++
      const { host: endpoint } = new URL(socket.url)
      events.emit('error', laterError('rpc/impossible-slot', { endpoint, slot: told }))
      markSuspect(request)
      return false
    }
    slot = Math.max(slot ?? 0, told)
    floors.pushed(told)
    if (parts.reliability?.pushed(socket.url)) events.emit('changed', undefined)
    return true
  }
  function watch(request: SubscriptionRequest): () => void {
    const { address, commitment, tokens } = request
    const stop = subscriptions.watch(address, request, (account) => {
      if (!heard(request, account)) return
      events.emit('account', { account, request, source: 'stream', reason: 'stream', lagging: false })
    })
    if (!tokens) return stop
    // No program tells of the closing of an account, and some nodes of nothing: with most of it the wallet's SOL changes.
    const look = coalesced(
      clock,
      () => void readOne(request, connection),
      () => ACTIVITY_MS,
    )
    const stopActivity = subscriptions.watch(address, { commitment }, (account) => {
      if (heard({ address, commitment }, account)) look.soon()
    })
    const stops = [stop, stopActivity, look.cancel]
    return () => stops.forEach((each) => void each())
  }

  return {
    on: events.on,
    follow(request) {
      const key = keyOf(request)
      const entry = followed.get(key) ?? { request, count: 0, stop: watch(request) }
      followed.set(key, entry)
      const isKnown = live.has(key) || unread.has(key) || reading.has(key)
      if (entry.count++ === 0 && subscriptions.isAcked(request) && !isKnown) {
        unread.set(key, request)
        // What changed while nobody listened was not heard.
        floors.acked(request)
        progress()
      }
      return once(() => {
        if (--entry.count > 0) return
        followed.delete(key)
        entry.stop()
      })
    },
    get expectsAcks() {
      return expectsAcks()
    },
    markLive(requests) {
      if (arrived.size === 0 && proving.size === 0) return
      const read = requests.filter((request) => arrived.delete(keyOf(request)) || proving.has(keyOf(request)))
      const proven = read.filter(prove)
      if (proven.length > 0) events.emit('changed', undefined)
    },
    lost(request) {
      const key = keyOf(request)
      if (!live.delete(key)) return
      // An account that is only still subscribed to may have been removed to be forgotten.
      if (followed.has(key)) {
        unread.set(key, request)
        // What was told since the acknowledgement was lost with it.
        floors.acked(request)
      }
      progress()
      events.emit('changed', undefined)
    },
    get implausible() {
      return implausible
    },
    isRefused: subscriptions.isRefused,
    check: (request) => readOne(request, connection, 'audit'),
    markSuspect,
    missed() {
      if (socket.state.name !== 'open') return
      parts.reliability?.missed(socket.url)
      socket.restart('it did not tell of a change')
    },
    isLive: (request) => socket.state.name === 'open' && live.has(keyOf(request)) && isReliable(),
    get live() {
      if (socket.state.name !== 'open' || !isReliable()) return []
      return [...followed.values()].flatMap(({ request }) => (live.has(keyOf(request)) ? [request] : []))
    },
    get isSynced() {
      return subscriptions.pending === 0 && unread.size === 0 && reading.size === 0
    },
    get isServing() {
      const requests = [...followed.values()]
      return (
        isReliable() && (requests.length === 0 || requests.some(({ request }) => !subscriptions.isRefused(request)))
      )
    },
    get slot() {
      return seen()
    },
    settled(firstReadDelayMs) {
      return new Promise<void>((resolve) => {
        const resume = () => {
          waiters.delete(resume)
          cancel()
          resolve()
        }
        // Requests of the same commit, and the provider's open(), come a moment after the first read asks.
        let cancel = clock.schedule(() => {
          if (!expectsAcks()) return resume()
          cancel = clock.schedule(resume, firstReadDelayMs)
          waiters.add(resume)
        }, 0)
      })
    },
  }
}
