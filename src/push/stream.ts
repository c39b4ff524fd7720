import type { QueryClient } from '@tanstack/query-core'
import type { Clock } from '../base/clock.js'
import { backoffMs } from '../base/clock.js'
import { createEmitter, type Emitter, once } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import { balanceKeys } from '../cache/queries.js'
import type { Socket } from '../live/socket.js'
import { isOpen } from '../live/socketState.js'
import type { Subscriptions, Wish } from '../live/subscriptions.js'
import type { AccountReader } from '../rpc/accountReader.js'
import type { AccountAt } from '../token/account.js'
import { type AccountRecord, isBehind } from '../token/balance.js'

/** An account as the stream learned it. */
export interface Arrival {
  readonly account: AccountAt
  readonly wish: Wish
  readonly source: 'stream' | 'fetch'
  /** Why it was looked at: pushed, read after the acknowledgement, or checked. */
  readonly reason: 'stream' | 'gap-fill' | 'audit'
  /** The answer is older than what had been seen before. */
  readonly lagging: boolean
}
/** What the stream tells. */
export interface StreamEvents {
  account: Arrival
  /** Some account became live or stopped being it, or the connection changed. */
  changed: undefined
  error: LamplightError
}

/** The push path: subscriptions, and the one read after each acknowledgement that closes the gap before it. */
export interface Stream {
  /** Keeps an account coming until the returned function is called. */
  follow(wish: Wish): () => void
  /** Acknowledged and read on the connection that is open and trusted now. */
  isLive(wish: Wish): boolean
  /** Nothing wanted is waiting for an acknowledgement or a first read. */
  readonly isSynced: boolean
  /** The newest slot seen on the current connection; `null` before any. */
  readonly slot: number | null
  /** What arrived for these accounts is in the cache now: only from here on may they count as live. */
  vouch(wishes: readonly Wish[]): void
  /** Resolves when no acknowledgement is expected soon, or after `patienceMs`: one read then serves first paint and gap. */
  settled(patienceMs: number): Promise<void>
  readonly on: Emitter<StreamEvents>['on']
}

/** The stream of one socket, or of several. */
export interface LaneStream extends Stream {
  /** Every account that is live now. */
  readonly live: readonly Wish[]
}

/** What the stream is made of. */
export interface StreamParts {
  readonly socket: Socket
  readonly subscriptions: Subscriptions
  readonly reader: AccountReader
  readonly clock: Clock
  readonly queryClient: QueryClient
  readonly cluster: string
  /** Acknowledgements that come within this time share their read, in milliseconds. */
  readonly gatherMs: number
}

/** Tells accounts at one commitment apart. */
export const keyOf = ({ commitment, address }: Wish): string => `${commitment}:${address}`

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
  let cancelRead: (() => void) | undefined
  const late = new Map<string, Wish>()
  let cancelRetry: (() => void) | undefined
  let failures = 0

  const heldAt = ({ commitment, address }: Wish) =>
    parts.queryClient.getQueryData<AccountRecord>(balanceKeys.account(parts.cluster, commitment, address))
  const expectsAcks = () =>
    socket.state.name === 'connecting' ||
    (socket.state.name === 'idle' && subscriptions.size > 0) ||
    (socket.state.name === 'open' && subscriptions.pending > 0)

  /** Reads what was acknowledged once nothing more is expected; at the latest when the gathering time is over. */
  function progress() {
    if (expectsAcks()) {
      if (unread.size > 0) cancelRead ??= clock.schedule(read, parts.gatherMs)
      return
    }
    for (const resume of [...waiters]) resume()
    if (unread.size > 0) read()
  }

  function read() {
    cancelRead?.()
    cancelRead = undefined
    const wishes = [...unread.values()]
    unread.clear()
    for (const wish of wishes) void readOne(wish, connection)
  }

  async function readOne(wish: Wish, mine: number): Promise<void> {
    const key = keyOf(wish)
    reading.add(key)
    const held = heldAt(wish)
    // The node is not asked for a slot that only storage names: it may be of another chain, and never come.
    const minSlot = Math.max(slot ?? 0, held && held.source !== 'restored' ? held.slot : 0)
    try {
      const [account] = await parts.reader.read([wish.address], { commitment: wish.commitment, minSlot })
      if (mine !== connection || !account) return
      if (!subscriptions.isAcked(wish)) return
      const now = heldAt(wish)
      const lagging = account.slot < minSlot || (now?.source === 'restored' && isBehind(account.slot, now))
      if (!lagging) arrived.add(key)
      events.emit('account', { account, wish, source: 'fetch', reason: 'gap-fill', lagging })
      if (lagging) return again(wish)
      failures = 0
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
    cancelRetry ??= clock.schedule(() => {
      cancelRetry = undefined
      const wishes = [...late.values()].filter(subscriptions.isAcked)
      late.clear()
      for (const each of wishes) void readOne(each, connection)
    }, backoffMs(++failures))
  }

  subscriptions.on('acked', (wish) => {
    unread.set(keyOf(wish), wish)
    progress()
  })
  subscriptions.on('refused', ({ error }) => {
    events.emit('error', error)
    progress()
  })
  subscriptions.on('released', (wish) => {
    for (const keys of [live, unread, reading, arrived, late]) keys.delete(keyOf(wish))
    progress()
  })
  socket.on('state', ({ state, previous }) => {
    if (!isOpen(state) || !isOpen(previous)) {
      connection++
      slot = null
      cancelRetry?.()
      cancelRetry = undefined
      failures = 0
      late.clear()
      live.clear()
      unread.clear()
      reading.clear()
      arrived.clear()
    }
    progress()
    events.emit('changed', undefined)
  })

  function watch(wish: Wish): () => void {
    return subscriptions.watch(wish.address, wish, (account) => {
      slot = Math.max(slot ?? 0, account.slot)
      events.emit('account', { account, wish, source: 'stream', reason: 'stream', lagging: false })
    })
  }

  return {
    on: events.on,
    follow(wish) {
      const key = keyOf(wish)
      const entry = followed.get(key) ?? { wish, count: 0, stop: watch(wish) }
      followed.set(key, entry)
      entry.count++
      return once(() => {
        if (--entry.count > 0) return
        followed.delete(key)
        entry.stop()
      })
    },
    vouch(wishes) {
      const fresh = wishes.map(keyOf).filter((key) => arrived.delete(key))
      for (const key of fresh) {
        reading.delete(key)
        live.add(key)
      }
      if (fresh.length > 0) events.emit('changed', undefined)
    },
    isLive: (wish) => socket.state.name === 'open' && live.has(keyOf(wish)),
    get live() {
      if (socket.state.name !== 'open') return []
      return [...followed.values()].flatMap(({ wish }) => (live.has(keyOf(wish)) ? [wish] : []))
    },
    get isSynced() {
      return subscriptions.pending === 0 && unread.size === 0 && reading.size === 0
    },
    get slot() {
      return slot
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
