import type { QueryClient } from '@tanstack/query-core'
import { backoffMs, type Clock } from '../../base/clock.js'
import { createEmitter, type Emitter, once } from '../../base/emitter.js'
import type { LamplightError } from '../../base/errors.js'
import { laterError } from '../../base/laterErrors.js'
import type { AccountReader } from '../../rpc/accountReader.js'
import { gathered } from '../../socket/heartbeat.js'
import type { Calls } from '../../socket/requests.js'
import type { Socket } from '../../socket/socket.js'
import { isOpen } from '../../socket/socketState.js'
import type { Subscriptions } from '../../socket/subscriptions.js'
import type { AccountAt, Wish } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { ChainHead } from '../../token/slots.js'
import { createWishReader, slotHeldOf } from '../reads/wishReader.js'
import type { Arrival, StreamEvents } from './arrival.js'
import type { Beliefs } from './beliefs.js'
import { createFloors } from './floors.js'

/** The push path: subscriptions, and the one read after each acknowledgement that closes the gap before it. */
export interface Stream {
  /** Keeps an account coming until the returned function is called. */
  follow(wish: Wish): () => void
  /** Acknowledged on the connection that is open and trusted now, and read there as of that acknowledgement. */
  isLive(wish: Wish): boolean
  /** The node did not let this be subscribed to, on the connection that is open now. */
  isRefused(wish: Wish): boolean
  /** Nothing wanted is waiting for an acknowledgement or a first read. */
  readonly isSynced: boolean
  /** Something that is followed is live, or can become so: not all of it was refused, and the node is believed. */
  readonly isServing: boolean
  /** The newest slot seen on the current connection; `null` before any. */
  readonly slot: number | null
  /** What arrived for these accounts is in the cache now: only from here on may they count as live. */
  vouch(wishes: readonly Wish[]): void
  /** The cache holds this account no longer: it is not live until it was read and written anew, which begins now. */
  lost(wish: Wish): void
  /** Resolves when no acknowledgement is expected soon, or after `patienceMs`: one read then serves first paint and gap. */
  settled(patienceMs: number): Promise<void>
  readonly on: Emitter<StreamEvents>['on']
}

/** The stream of one socket, or of several. */
export interface LaneStream extends Stream {
  /** Every account that is live now. */
  readonly live: readonly Wish[]
  /** Changes that were told under a slot which the chain cannot have reached. */
  readonly disbelieved: number
  /** Wanted accounts may be acknowledged soon. */
  readonly expectsAcks: boolean
  /** Reads a wish once more, to see whether something was missed. */
  check(wish: Wish): Promise<void>
  /** Is not live until it has been read again, soon and together with others: what it is now is not known. */
  doubt(wish: Wish): void
  /** A change was found that the node had not told of: its connection is given up, and the next one not believed at once. */
  missed(wish: Wish): void
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
  readonly gatherMs: number
  /** Which nodes are believed. @default all */
  readonly beliefs?: Beliefs | undefined
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
/** After this long without a doubt, in milliseconds, the next one is looked into as fast as the first. */
const CALM_MS = 60_000
/** What a wallet does is mostly several changes in one moment: its token accounts are listed once after them. */
const ACTIVITY_MS = 1000

/** Joins subscriptions and reader. */
export function createStream(parts: StreamParts): LaneStream {
  const { socket, subscriptions, clock } = parts
  const events = createEmitter<StreamEvents>()
  const followed = new Map<string, { readonly wish: Wish; count: number; stop: () => void }>()
  const unread = new Map<string, Wish>()
  const reading = new Set<string>()
  const arrived = new Set<string>()
  const live = new Set<string>()
  const waiters = new Set<() => void>()
  let connection = 0
  let slot: number | null = null
  let ackedAtMs = 0
  const late = new Map<string, Wish>()
  const proving = new Set<string>()
  let disbelieved = 0
  let failures = 0
  let doubtedAtMs = -Infinity
  const readWish = createWishReader(parts)
  const believes = (told: number) => parts.head?.hears(told, socket.url, true) ?? true
  const floors = createFloors({
    ...parts,
    believes,
    newestKnown: () => Math.max(seen() ?? 0, parts.newestKnown?.() ?? 0),
  })
  /** The first word of all may have been wrong, as those after it then show. */
  const seen = () => (slot !== null && (parts.head?.canBeAt(slot) ?? true) ? slot : null)
  const isBelieved = () => parts.beliefs?.isBelieved(socket.url) ?? true
  const expectsAcks = () =>
    socket.state.name === 'connecting' ||
    (socket.state.name === 'idle' && subscriptions.size > 0) ||
    (socket.state.name === 'open' && subscriptions.pending > 0)

  /** Reads what was acknowledged once nothing more is expected; or when it fills a request, or nothing has come for the gathering time. */
  function progress() {
    if (expectsAcks()) {
      if (unread.size >= MAX_UNREAD) read()
      else if (unread.size > 0) gathering.soon()
      return
    }
    for (const resume of [...waiters]) resume()
    if (unread.size > 0) read()
  }

  const restMs = () => ackedAtMs + parts.gatherMs - clock.now()
  const gathering = gathered(clock, () => (restMs() > 0 ? gathering.soon() : read()), restMs)

  /** What is on screen already can wait for the node's slot: one read then does, where two would be needed. */
  const waitsForSlot = () =>
    clock.now() - ackedAtMs < SLOT_WAIT_MS &&
    [...unread.values()].every((wish) => floors.of(wish) === undefined && slotHeldOf(parts, wish) > 0)
  const slotWait = gathered(clock, progress, () => SLOT_WAIT_MS)

  function read() {
    if (waitsForSlot()) return slotWait.soon()
    slotWait.cancel()
    gathering.cancel()
    const wishes = [...unread.values()]
    unread.clear()
    for (const wish of wishes) void readOne(wish, connection)
  }

  async function readOne(wish: Wish, mine: number, reason: Arrival['reason'] = 'gap-fill'): Promise<void> {
    const key = keyOf(wish)
    if (subscriptions.isAcked(wish)) reading.add(key)
    try {
      const { account, listing, lagging } = await readWish(wish, Math.max(seen() ?? 0, floors.of(wish) ?? 0))
      if (mine !== connection) return
      const isAcked = subscriptions.isAcked(wish)
      if (!lagging && isAcked) arrived.add(key)
      const found = { wish, source: 'fetch', reason, lagging } as const
      if (account && isAcked) events.emit('account', { ...found, account })
      // Where the node refused the subscription a list is still worth having; it vouches for nothing.
      if (listing) events.emit('listed', { ...found, listing })
      if (lagging) return again(wish)
      // What is doubted again and again is read ever more rarely.
      if (clock.now() - doubtedAtMs > CALM_MS) failures = 0
    } catch (error) {
      if (mine !== connection) return
      events.emit('error', error as LamplightError)
      again(wish)
    }
  }

  /**
   * Still unread: nothing may count as synced before it was read, and read as of now. What failed together is asked for
   * together, or one lost request would come back as a hundred.
   */
  function again(wish: Wish) {
    late.set(keyOf(wish), wish)
    retry.soon()
  }
  const retry = gathered(clock, readLate, () => backoffMs(++failures))
  function doubt(wish: Wish) {
    const key = keyOf(wish)
    if (!subscriptions.isAcked(wish) || !followed.has(key)) return
    doubtedAtMs = clock.now()
    const wasLive = live.delete(key)
    arrived.delete(key)
    proving.delete(key)
    reading.add(key)
    // What was lost may be newer than what it was acknowledged with.
    floors.acked(wish)
    again(wish)
    if (wasLive) events.emit('changed', undefined)
  }
  function readLate() {
    const wishes = [...late.values()].filter(subscriptions.isAcked)
    late.clear()
    for (const each of wishes) void readOne(each, connection)
  }

  /** Live as soon as what is held is as new as the node was when it acknowledged. */
  function prove(wish: Wish): boolean {
    const key = keyOf(wish)
    const floor = floors.of(wish)
    const isReached = floor !== undefined && slotHeldOf(parts, wish) >= floor
    if (!isReached) {
      proving.add(key)
      if (floor !== undefined) again(wish)
      return false
    }
    // What is pushed meanwhile may be as new as what a second read was to bring.
    for (const keys of [proving, late, reading]) keys.delete(key)
    live.add(key)
    return true
  }
  function told(wishes: readonly Wish[]) {
    const proven = wishes.filter((wish) => proving.has(keyOf(wish)) && prove(wish))
    if (proven.length > 0) events.emit('changed', undefined)
    progress()
  }
  const untold = new Map<string, Wish>()
  const lookAgain = gathered(clock, readUntold, () => UNTOLD_LAG_MS)
  function readUntold() {
    for (const wish of untold.values()) if (live.has(keyOf(wish))) void readOne(wish, connection, 'audit')
    untold.clear()
  }
  floors.on('known', told)
  floors.on('untold', (wishes) => {
    for (const wish of wishes) untold.set(keyOf(wish), wish)
    lookAgain.soon()
    told(wishes)
  })

  subscriptions.on('acked', (wish) => {
    // A wallet's own account may be subscribed to as a sign of its activity only, and then nobody shows it.
    if (followed.has(keyOf(wish))) {
      unread.set(keyOf(wish), wish)
      floors.acked(wish)
    }
    ackedAtMs = clock.now()
    progress()
  })
  subscriptions.on('doubted', doubt)
  subscriptions.on('refused', ({ error }) => {
    events.emit('error', error)
    progress()
  })
  subscriptions.on('released', (wish) => {
    for (const keys of [live, unread, reading, arrived, late, proving, untold]) keys.delete(keyOf(wish))
    floors.forget(wish)
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

  function heard(wish: Wish, account: AccountAt): boolean {
    const told = account.slot
    if (!(parts.head?.hears(told, account.address) ?? true)) {
      disbelieved++
      const { host: endpoint } = new URL(socket.url)
      events.emit('error', laterError('rpc/impossible-slot', { endpoint, slot: told }))
      doubt(wish)
      return false
    }
    slot = Math.max(slot ?? 0, told)
    floors.pushed(told)
    if (parts.beliefs?.pushed(socket.url)) events.emit('changed', undefined)
    return true
  }
  function watch(wish: Wish): () => void {
    const { address, commitment, tokens } = wish
    const stop = subscriptions.watch(address, wish, (account) => {
      if (!heard(wish, account)) return
      events.emit('account', { account, wish, source: 'stream', reason: 'stream', lagging: false })
    })
    if (!tokens) return stop
    // No program tells of the closing of an account, and some nodes of nothing: with most of it the wallet's SOL changes.
    const look = gathered(
      clock,
      () => void readOne(wish, connection),
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
    follow(wish) {
      const key = keyOf(wish)
      const entry = followed.get(key) ?? { wish, count: 0, stop: watch(wish) }
      followed.set(key, entry)
      const isKnown = live.has(key) || unread.has(key) || reading.has(key)
      if (entry.count++ === 0 && subscriptions.isAcked(wish) && !isKnown) {
        unread.set(key, wish)
        // What changed while nobody listened was not heard.
        floors.acked(wish)
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
    vouch(wishes) {
      if (arrived.size === 0 && proving.size === 0) return
      const read = wishes.filter((wish) => arrived.delete(keyOf(wish)) || proving.has(keyOf(wish)))
      const proven = read.filter(prove)
      if (proven.length > 0) events.emit('changed', undefined)
    },
    lost(wish) {
      const key = keyOf(wish)
      if (!live.delete(key)) return
      // An account that is only still subscribed to may have been removed to be forgotten.
      if (followed.has(key)) {
        unread.set(key, wish)
        // What was told since the acknowledgement was lost with it.
        floors.acked(wish)
      }
      progress()
      events.emit('changed', undefined)
    },
    get disbelieved() {
      return disbelieved
    },
    isRefused: subscriptions.isRefused,
    check: (wish) => readOne(wish, connection, 'audit'),
    doubt,
    missed() {
      if (socket.state.name !== 'open') return
      parts.beliefs?.missed(socket.url)
      socket.restart('it did not tell of a change')
    },
    isLive: (wish) => socket.state.name === 'open' && live.has(keyOf(wish)) && isBelieved(),
    get live() {
      if (socket.state.name !== 'open' || !isBelieved()) return []
      return [...followed.values()].flatMap(({ wish }) => (live.has(keyOf(wish)) ? [wish] : []))
    },
    get isSynced() {
      return subscriptions.pending === 0 && unread.size === 0 && reading.size === 0
    },
    get isServing() {
      const wishes = [...followed.values()]
      return isBelieved() && (wishes.length === 0 || wishes.some(({ wish }) => !subscriptions.isRefused(wish)))
    },
    get slot() {
      return seen()
    },
    settled(patienceMs) {
      return new Promise<void>((resolve) => {
        const resume = () => {
          waiters.delete(resume)
          cancel()
          resolve()
        }
        // Wishes of the same commit, and the provider's open(), come a moment after the first read asks.
        let cancel = clock.schedule(() => {
          if (!expectsAcks()) return resume()
          cancel = clock.schedule(resume, patienceMs)
          waiters.add(resume)
        }, 0)
      })
    },
  }
}
