import type { QueryClient } from '@tanstack/query-core'
import { ageMsOf, type Clock, type Instant, instantOf } from '../../base/clock.js'
import { createEmitter, once } from '../../base/emitter.js'
import { accountOfKey, entryOf, isLoss, walletEntryOf } from '../../cache/queries.js'
import type { SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { Verified } from '../../token/balance.js'
import type { ConnectionRef } from './connectionRef.js'
import type { Freshness, Status } from './connectionStatus.js'

/** What trust is judged by. */
export interface FreshnessTrackerParts {
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly connectionRef: ConnectionRef
  readonly status: Status
  readonly clock: Clock
}

/** How far each cached value can be trusted. */
export interface FreshnessTracker {
  /** Whether the record that the cache holds of this account is live now; without a record nothing is. */
  isLive(request: SubscriptionRequest): boolean
  /** Whether the node did not let this be followed, on the connection that is open now. */
  isRefused(request: SubscriptionRequest): boolean
  /** How far an account's cached value can be trusted now. @param pollMs The interval it is polled at; `Infinity` for never. */
  freshness(request: SubscriptionRequest, pollMs: number): Freshness
  /** The freshness of a value that is not live, by when it was confirmed; `undefined` for no value. */
  freshnessOf(verified: Verified | undefined, pollMs: number): Freshness
  /** How long ago that was at most, in milliseconds; `Infinity` of what this page has not heard from the chain. */
  ageMs(verified: Verified): number
  /** @internal This moment, by the client's clocks. */
  now(): Instant
  /** Tells when the freshness of an account, or of any where none is named, may have changed. */
  onFreshness(listener: () => void, request?: SubscriptionRequest): () => void
}

/** A polled value is trusted for this many intervals, and never for less than this many milliseconds. */
const FRESH_INTERVALS = 3
const FRESH_MIN_MS = 10_000

/** Judges values by the stream, and where there is none by when and how they were last read. */
export function createFreshnessTracker({
  queryClient,
  cluster,
  connectionRef,
  status,
  clock,
}: FreshnessTrackerParts): FreshnessTracker {
  const entryAt = (request: SubscriptionRequest) => entryOf({ queryClient, cluster }, request)
  const isHeld = ({ tokens, ...request }: SubscriptionRequest) =>
    tokens
      ? walletEntryOf({ queryClient, cluster }, request)?.state.data?.listings[tokens] !== undefined
      : entryAt(request)?.state.data?.address === request.address
  const isLive = (request: SubscriptionRequest) =>
    (connectionRef.connection?.stream.isLive(request) ?? false) && isHeld(request)
  const listeners = createListeners(isLive, retime, clock)

  /** Has the intervals of an account asked for again: TanStack asks when a query changes, and this is none of its changes. */
  function retime(request: SubscriptionRequest) {
    entryAt(request)?.observers.forEach((each) => {
      each.setOptions(each.options)
    })
  }

  /** While an account is live its reads change no freshness; otherwise each success or failure may. */
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
    return [stopCache, stopStatus, connectionRef.on('changed', listeners.compareSoon)]
  }

  const now = () => instantOf(clock)
  const ageMs: FreshnessTracker['ageMs'] = ({ verifiedAt, verifiedMs }) =>
    ageMsOf({ ms: verifiedMs, wallMs: verifiedAt }, now())
  const freshnessOf: FreshnessTracker['freshnessOf'] = (verified, pollMs) => {
    if (status.store.getState().state === 'offline') return 'offline'
    if (verified === undefined || pollMs === Infinity) return 'stale'
    const isRecent = ageMs(verified) <= Math.max(FRESH_MIN_MS, FRESH_INTERVALS * pollMs)
    return isRecent && status.isPolled(verified.verifiedMs) ? 'polling' : 'stale'
  }

  let stops: readonly (() => void)[] = []
  return {
    isLive,
    isRefused: (request) => connectionRef.connection?.stream.isRefused(request) ?? false,
    freshnessOf,
    ageMs,
    now,
    freshness(request, pollMs) {
      const query = entryAt(request)?.state
      // A stored value is not live before the chain has confirmed it.
      const isRestored = query?.data?.source === 'restored'
      if (isLive(request) && !isRestored) return 'live'
      const isFailing = query?.status === 'error' || query?.fetchFailureCount
      return freshnessOf(isRestored || isFailing ? undefined : query?.data, pollMs)
    },
    onFreshness(listener, request) {
      if (listeners.watched.size === 0) stops = start()
      const off = listeners.add(listener, request)
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
function createListeners(
  isLive: (request: SubscriptionRequest) => boolean,
  retime: (request: SubscriptionRequest) => void,
  clock: Clock,
) {
  const events = createEmitter<Record<string, undefined>>()
  const watched = new Map<
    string,
    { readonly request: SubscriptionRequest | undefined; count: number; wasLive: boolean | undefined }
  >()
  const judge = (request: SubscriptionRequest | undefined) => request && isLive(request)
  const call = (key: string) => events.emit(key, undefined)
  let isDue = false

  function compare() {
    isDue = false
    for (const [key, entry] of watched) {
      const live = judge(entry.request)
      // Whoever listens to all has to look by itself.
      if (entry.request && live === entry.wasLive) continue
      entry.wasLive = live
      if (entry.request) retime(entry.request)
      call(key)
    }
  }
  return {
    watched,
    add(listener: () => void, request: SubscriptionRequest | undefined) {
      const key = request ? keyOf(request) : ANY
      const entry = watched.get(key) ?? { request, count: 0, wasLive: judge(request) }
      watched.set(key, entry)
      entry.count++
      const off = events.on(key, listener)
      return () => {
        off()
        if (--entry.count === 0) watched.delete(key)
      }
    },
    /** Tells of an account that is not live. */
    tell(request: SubscriptionRequest) {
      const entry = watched.get(keyOf(request))
      // It may be live again before the next comparison, which would then find nothing new.
      if (entry) entry.wasLive = false
      call(keyOf(request))
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
