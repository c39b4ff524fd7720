import type { Query, QueryClient, QueryState } from '@tanstack/query-core'
import { isObject } from '../base/wireText.js'
import { balanceKeys, gate } from '../cache/queries.js'
import { isWallet } from '../cache/walletRecord.js'
import { isRecord, newest } from '../token/balance.js'
import { isEntry, parsedOf, restoredOf, textOf } from './codec.js'

const TAG = 'lamplight'
type Transform = (data: unknown) => unknown

/**
 * Lets balances pass from a server to a page with TanStack's own `dehydrate`, `hydrate` and `<HydrationBoundary>`: bigints
 * stay intact, a value that was sent says `source: 'restored'` until the chain has confirmed it, and it never replaces a
 * newer one. An app's own `serializeData` and `deserializeData` go on to get everything else. Call it where the query
 * client is made, on the server and in the page.
 * @example
 * const queryClient = allowHydration(new QueryClient())
 */
export function allowHydration(queryClient: QueryClient): QueryClient {
  const defaults = queryClient.getDefaultOptions()
  const { serializeData = same } = defaults.dehydrate ?? {}
  const { deserializeData = same } = defaults.hydrate ?? {}
  if (TAG in deserializeData) return queryClient
  const pack: Transform = (data) => (isEntry(data) ? { [TAG]: textOf(data) } : serializeData(data))
  const unpack: Transform = (data) =>
    isObject(data) && typeof data[TAG] === 'string' ? restoredOf(parsedOf(data[TAG])) : deserializeData(data)
  queryClient.setDefaultOptions({
    ...defaults,
    dehydrate: { ...defaults.dehydrate, serializeData: pack },
    hydrate: { ...defaults.hydrate, deserializeData: Object.assign(unpack, { [TAG]: true }) },
  })
  // What is hydrated before a balance client is made needs the rule as well.
  queryClient.setQueryDefaults(balanceKeys.all, { structuralSharing: gate })
  keepOrder(queryClient)
  return queryClient
}
const same: Transform = (data) => data

/**
 * Holds what is hydrated to the ordering rule, until the returned function is called: TanStack's `hydrate` sets the state
 * of an entry that is there by when it was written, past `structuralSharing`. An entry gets its state back in the same
 * turn: React, which is told after it, never sees the other.
 */
export function keepOrder(queryClient: QueryClient): () => void {
  const cache = queryClient.getQueryCache()
  const states = new WeakMap<Query, QueryState>()
  const isOurs = ({ queryKey }: Query) => queryKey[0] === balanceKeys.all[0]
  for (const query of cache.getAll()) if (isOurs(query)) states.set(query, query.state)
  return cache.subscribe((event) => {
    const { query } = event
    if (!isOurs(query) || (event.type !== 'added' && event.type !== 'updated')) return
    const before = states.get(query)
    const [held, arrived] = [before?.data, query.state.data]
    const isSet = event.type === 'updated' && event.action.type === 'setState'
    if (before && isSet && isOlder(held, arrived)) query.setState(before)
    else states.set(query, query.state)
  })
}

/** A list that was restored tells less than any that is there. */
const isOlder = (held: unknown, arrived: unknown) =>
  isRecord(held) && isRecord(arrived)
    ? arrived.source === 'restored' && newest(held, arrived) !== arrived
    : isWallet(held) && isWallet(arrived) && held !== arrived
