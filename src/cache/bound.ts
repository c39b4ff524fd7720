import { hashKey, type Query, type QueryCacheNotifyEvent } from '@tanstack/query-core'
import type { Address } from '../base/address.js'
import type { Clock } from '../base/clock.js'
import type { SubscriptionRequest } from '../token/account.js'
import { isRecord } from '../token/balance.js'
import type { Watched } from './changes.js'
import { accountOfKey, balanceKeys } from './queries.js'

/** What the cache is kept small by. */
export interface BoundParts extends Watched {
  readonly clock: Clock
  /** Unobserved accounts that are kept. */
  readonly max: number
  /** What the stream writes for somebody: such entries never leave. */
  readonly followed: () => readonly SubscriptionRequest[]
}

/** The cache is looked through at most this often, in milliseconds. */
const LOOK_MS = 1000

/** What keeps the cache small: it starts with the first read, and again with the first one after it was stopped. */
export interface Bound {
  start(): void
  stop(): void
}

/** Makes a bound that holds nothing yet. */
export function createBound(parts: BoundParts): Bound {
  let stop: (() => void) | undefined
  return {
    start() {
      stop ??= keepBound(parts)
    },
    stop() {
      stop?.()
      stop = undefined
    },
  }
}

/**
 * Lets unobserved accounts leave the cache beyond a number, least recently used first, until the returned function is
 * called. To be used is to be written, or to be looked at by somebody who has let go since.
 */
function keepBound({ queryClient, cluster, clock, max, followed }: BoundParts): () => void {
  const cache = queryClient.getQueryCache()
  /** In the order of their last use. */
  const used = new Map<string, Query>()
  let cancel: (() => void) | undefined

  function look() {
    cancel = undefined
    const requests = followed()
    const kept = new Set(
      requests.map(({ commitment, address }) => hashKey(balanceKeys.account(cluster, commitment, address))),
    )
    // The accounts of a wallet that is shown as a whole have no observers of their own.
    const wallets = cache.findAll({ queryKey: balanceKeys.cluster(cluster), type: 'active', predicate: isOfWallet })
    const owners = new Set([
      ...requests.flatMap(({ tokens, address }) => (tokens ? [address] : [])),
      ...wallets.map(({ queryKey }) => queryKey[4] as Address),
    ])
    const isTheirs = ({ state: { data } }: Query) => isRecord(data) && data.token && owners.has(data.token.owner)
    const leavers = [...used.values()].filter(
      (query) =>
        query.getObserversCount() === 0 &&
        query.state.fetchStatus === 'idle' &&
        !kept.has(query.queryHash) &&
        !isTheirs(query),
    )
    for (const query of leavers.slice(0, Math.max(0, leavers.length - max))) cache.remove(query)
  }
  function use(query: Query) {
    if (!accountOfKey(query.queryKey, cluster)) return
    used.delete(query.queryHash)
    used.set(query.queryHash, query)
    if (used.size > max) cancel ??= clock.schedule(look, LOOK_MS)
  }
  for (const query of cache.getAll()) use(query)
  const stop = cache.subscribe((event) => {
    if (event.type === 'removed') used.delete(event.query.queryHash)
    else if (isUse(event)) use(event.query)
  })
  return () => {
    stop()
    cancel?.()
  }
}

const isOfWallet = ({ queryKey }: Query) => queryKey[3] === 'wallet'

const isUse = (event: QueryCacheNotifyEvent) =>
  event.type === 'added' ||
  event.type === 'observerRemoved' ||
  (event.type === 'updated' && event.action.type === 'success')
