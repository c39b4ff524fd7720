import type { QueryClient } from '@tanstack/query-core'
import { ageMsOf, type Clock, type Instant, instantOf } from '../../base/clock.js'
import { createEmitter, once } from '../../base/emitter.js'
import { accountOfKey, entryOf, isLoss, walletEntryOf } from '../../cache/queries.js'
import type { Wish } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { Verified } from '../../token/balance.js'
import type { Freshness, Status } from './connectionStatus.js'
import type { Link } from './link.js'

/** What trust is judged by. */
export interface TrustParts {
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly link: Link
  readonly status: Status
  readonly clock: Clock
}

/** How far each cached value can be trusted. */
export interface Trust {
  /** Whether the stream vouches for what the cache holds of this account now; of nothing there is nothing to vouch for. */
  isLive(wish: Wish): boolean
  /** Whether the node did not let this be followed, on the connection that is open now. */
  isRefused(wish: Wish): boolean
  /** How far an account's cached value can be trusted now. @param pollMs The interval it is polled at; `Infinity` for never. */
  freshness(wish: Wish, pollMs: number): Freshness
  /** The same of a value that no stream vouches for, by when it was confirmed; `undefined` for nothing to trust. */
  freshnessOf(verified: Verified | undefined, pollMs: number): Freshness
  /** How long ago that was at most, in milliseconds; `Infinity` of what this page has not heard from the chain. */
  ageMs(verified: Verified): number
  /** @internal This moment, by the client's clocks. */
  now(): Instant
  /** Tells when the freshness of an account, or of any where none is named, may have changed. */
  onFreshness(listener: () => void, wish?: Wish): () => void
}

/** A polled value is trusted for this many intervals, and never for less than this many milliseconds. */
const TRUST_INTERVALS = 3
const TRUST_MIN_MS = 10_000

/** Judges values by the stream, and where there is none by when and how they were last read. */
export function createTrust({ queryClient, cluster, link, status, clock }: TrustParts): Trust {
  const entryAt = (wish: Wish) => entryOf({ queryClient, cluster }, wish)
  const isHeld = ({ tokens, ...wish }: Wish) =>
    tokens
      ? walletEntryOf({ queryClient, cluster }, wish)?.state.data?.listings[tokens] !== undefined
      : entryAt(wish)?.state.data?.address === wish.address
  const isLive = (wish: Wish) => (link.connection?.stream.isLive(wish) ?? false) && isHeld(wish)
  const listeners = createListeners(isLive, retime, clock)

  /** Has the intervals of an account asked for again: TanStack asks when a query changes, and this is none of its changes. */
  function retime(wish: Wish) {
    entryAt(wish)?.observers.forEach((each) => {
      each.setOptions(each.options)
    })
  }

  /** While the stream vouches for an account its reads change nothing; otherwise each success or failure may. */
  function start() {
    // What it is told of is compared with what it saw itself: it may have begun in the middle of telling.
    const look = () => `${status.store.getState().state} ${status.isPolled(Infinity)} ${status.lostAtMs}`
    let seen = look()
    const stopCache = queryClient.getQueryCache().subscribe((event) => {
      const isNews = event.type === 'updated' && ['success', 'failed', 'error'].includes(event.action.type)
      if (!isNews && !isLoss(event)) return
      const account = accountOfKey(event.query.queryKey, cluster)
      if (account && !isLive(account)) listeners.tell(account)
    })
    const stopStatus = status.store.subscribe(() => {
      const before = seen
      seen = look()
      if (seen !== before) listeners.tellAll()
    })
    return [stopCache, stopStatus, link.on('changed', listeners.compareSoon)]
  }

  const now = () => instantOf(clock)
  const ageMs: Trust['ageMs'] = ({ verifiedAt, verifiedMs }) => ageMsOf({ ms: verifiedMs, wallMs: verifiedAt }, now())
  const freshnessOf: Trust['freshnessOf'] = (verified, pollMs) => {
    if (status.store.getState().state === 'offline') return 'offline'
    if (verified === undefined || pollMs === Infinity) return 'stale'
    const isRecent = ageMs(verified) <= Math.max(TRUST_MIN_MS, TRUST_INTERVALS * pollMs)
    return isRecent && status.isPolled(verified.verifiedMs) ? 'polling' : 'stale'
  }

  let stops: readonly (() => void)[] = []
  return {
    isLive,
    isRefused: (wish) => link.connection?.stream.isRefused(wish) ?? false,
    freshnessOf,
    ageMs,
    now,
    freshness(wish, pollMs) {
      const query = entryAt(wish)?.state
      // Nobody vouches for what was stored, before the chain has confirmed it.
      const isRestored = query?.data?.source === 'restored'
      if (isLive(wish) && !isRestored) return 'live'
      const isFailing = query?.status === 'error' || query?.fetchFailureCount
      return freshnessOf(isRestored || isFailing ? undefined : query?.data, pollMs)
    },
    onFreshness(listener, wish) {
      if (listeners.watched.size === 0) stops = start()
      const off = listeners.add(listener, wish)
      return once(() => {
        off()
        if (listeners.watched.size === 0) for (const stop of stops) stop()
      })
    },
  }
}

/** Stands for every account. */
const ANY = ''

/** Listeners by account: what happens to one of a thousand balances is news to that one alone. */
function createListeners(isLive: (wish: Wish) => boolean, retime: (wish: Wish) => void, clock: Clock) {
  const events = createEmitter<Record<string, undefined>>()
  const watched = new Map<string, { readonly wish: Wish | undefined; count: number; wasLive: boolean | undefined }>()
  const judge = (wish: Wish | undefined) => wish && isLive(wish)
  const call = (key: string) => events.emit(key, undefined)
  let isDue = false

  function compare() {
    isDue = false
    for (const [key, entry] of watched) {
      const live = judge(entry.wish)
      // Whoever listens to all has to look by itself.
      if (entry.wish && live === entry.wasLive) continue
      entry.wasLive = live
      if (entry.wish) retime(entry.wish)
      call(key)
    }
  }
  return {
    watched,
    add(listener: () => void, wish: Wish | undefined) {
      const key = wish ? keyOf(wish) : ANY
      const entry = watched.get(key) ?? { wish, count: 0, wasLive: judge(wish) }
      watched.set(key, entry)
      entry.count++
      const off = events.on(key, listener)
      return () => {
        off()
        if (--entry.count === 0) watched.delete(key)
      }
    },
    /** Tells of an account that is not live. */
    tell(wish: Wish) {
      const entry = watched.get(keyOf(wish))
      // It may be live again before the next comparison, which would then find nothing new.
      if (entry) entry.wasLive = false
      call(keyOf(wish))
      call(ANY)
    },
    tellAll() {
      // A copy: one who leaves and comes back meanwhile would be called for ever.
      ;[...watched.keys()].forEach(call)
    },
    /** Acknowledgements come by the dozen: what they change is looked for once a turn. */
    compareSoon() {
      if (isDue) return
      isDue = true
      clock.schedule(compare, 0)
    },
  }
}
