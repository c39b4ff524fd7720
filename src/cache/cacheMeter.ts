import type { QueryClient } from '@tanstack/query-core'
import { accountOfKey } from './queries.js'

/** How well the query cache serves what is shown. */
export interface CacheCounts {
  /** Times something that came on screen found its account in the cache. */
  readonly hits: number
  /** Times it had to wait for the chain. */
  readonly misses: number
  /** `hits` in all, from 0 to 1; `null` before the first of either. */
  readonly hitRate: number | null
  /** Accounts held now. */
  readonly entries: number
  /** Accounts that something on screen shows now. */
  readonly observed: number
}

/** Counts on the query cache. */
export interface CacheMeter {
  /** Starts to count; the returned function ends it. */
  start(): () => void
  readonly counts: CacheCounts
}

/** Makes a meter for one cluster's accounts that stands at 0. */
export function createCacheMeter(queryClient: QueryClient, cluster: string): CacheMeter {
  const cache = queryClient.getQueryCache()
  let [hits, misses] = [0, 0]
  return {
    start: () =>
      cache.subscribe((event) => {
        if (event.type !== 'observerAdded' || !accountOfKey(event.query.queryKey, cluster)) return
        if (event.query.state.data === undefined) misses++
        else hits++
      }),
    get counts() {
      const held = cache
        .getAll()
        .filter(({ queryKey, state }) => accountOfKey(queryKey, cluster) && state.data !== undefined)
      const asked = hits + misses
      const observed = held.filter((query) => query.getObserversCount() > 0).length
      return { hits, misses, hitRate: asked ? hits / asked : null, entries: held.length, observed }
    },
  }
}
