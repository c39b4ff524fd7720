import type { DefaultOptions, QueryClient, QueryKey } from '@tanstack/query-core'
import { isLamplightError } from '../base/errors.js'
import { isObject } from '../base/wireText.js'
import type { ChainHead } from '../token/slots.js'
import { isEntry, parsedOf, restoredOf, textOf } from './codec.js'
import { gate, keepOrder } from './order.js'
import { balanceKeys } from './queries.js'

type Defaults = NonNullable<DefaultOptions['queries']>

/** What of its defaults an app may have for our entries too: when they are asked for, how long they stay, where errors go. */
const ALLOWED: readonly string[] = [
  'gcTime',
  'meta',
  'refetchIntervalInBackground',
  'refetchOnMount',
  'refetchOnReconnect',
  'refetchOnWindowFocus',
  'retry',
  'retryDelay',
  'retryOnMount',
  'throwOnError',
]
/** An entry may be written before anything observes it; kept for less, it would be read and lost in turns. */
const LEAST_KEPT_MS = 300_000
const MAX_RETRIES = 3

/**
 * Installs the rules of this library's part of the cache, whatever an app's defaults say and whenever it says so: what our
 * entries mean is not for another query's defaults to decide (`placeholderData` would show one wallet's amount for another).
 * Every value passes the ordering gate: fetches, pushes, and an app's own `setQueryData`. What is dehydrated is safe for
 * JSON, and what comes back says `restored`. Of one query client this is done once; each cluster has a gate of its own.
 * @param head How far the cluster's chain can be; left out, any slot is accepted.
 */
export function installRules(queryClient: QueryClient, cluster?: string, head?: ChainHead): QueryClient {
  carryBigints(queryClient)
  const own: Ruled = queryClient.getQueryDefaults
  const clusters: Clusters = own[RULED] ?? new Map()
  if (cluster !== undefined && !clusters.get(cluster)?.head)
    clusters.set(cluster, { head, gate: (held, arrived) => gate(held, arrived, head) })
  if (own[RULED]) return queryClient
  // TanStack asks this for each query that it builds or observes, and nothing else comes after it but a call's own options.
  const getQueryDefaults = (key: QueryKey) => {
    const asked: Defaults = own.call(queryClient, key)
    return key?.[0] === balanceKeys.all[0]
      ? ruled({ ...queryClient.getDefaultOptions().queries, ...asked }, clusters.get(key[1])?.gate ?? gate)
      : asked
  }
  queryClient.getQueryDefaults = Object.assign(getQueryDefaults, { [RULED]: clusters }) as Ruled
  keepOrder(queryClient)
  return queryClient
}
const RULED = 'lamplight'
type Clusters = Map<unknown, { readonly head: ChainHead | undefined; readonly gate: typeof gate }>
type Ruled = QueryClient['getQueryDefaults'] & { readonly [RULED]?: Clusters }

/**
 * Installs the rules for a cluster and gives the head of its chain: one for all clients of a query client, or what one
 * client has not heard of would make what another has read look impossible. `made` becomes it where there is none.
 */
export function sharedHead(queryClient: QueryClient, cluster: string, made: ChainHead): ChainHead {
  installRules(queryClient, cluster, made)
  return (queryClient.getQueryDefaults as Ruled)[RULED]?.get(cluster)?.head ?? made
}

/** The defaults of an entry of ours. What is not allowed is there without a value, because TanStack adds the app's own else. */
function ruled(defaults: Defaults, structuralSharing: typeof gate): Defaults {
  const of = (name: string) => (ALLOWED.includes(name) ? defaults[name as keyof Defaults] : undefined)
  const { gcTime = 0 } = defaults
  return {
    ...Object.fromEntries(Object.keys(defaults).map((name) => [name, of(name)])),
    gcTime: gcTime >= LEAST_KEPT_MS ? gcTime : undefined,
    structuralSharing,
    // Of a list of texts the same as TanStack's own hash, in a tenth of the time: it is asked for at each render and write.
    queryKeyHashFn: JSON.stringify,
    // navigator.onLine lies: a read that fails says more than one that was never tried.
    networkMode: 'always',
    retry: defaults.retry ?? shouldRetry,
    retryDelay: defaults.retryDelay ?? retryDelay,
  } as Defaults
}

/** Said at once, because the next poll asks again: a missing mint, and a 429 that was waited for already. */
const FINAL: readonly string[] = ['account/no-mint', 'rpc/rate-limited']
const shouldRetry = (failures: number, error: Error) =>
  failures < MAX_RETRIES && isLamplightError(error) && error.retryable && !FINAL.includes(error.code)

const retryDelay = (failures: number) => Math.min(1000 * 2 ** failures, 30_000)

type Transform = (data: unknown) => unknown

/** JSON knows no bigints: an app that keeps or sends its whole cache gets our entries as texts. Its own functions get the rest. */
function carryBigints(queryClient: QueryClient): void {
  const defaults = queryClient.getDefaultOptions()
  const { serializeData = same } = defaults.dehydrate ?? {}
  const { deserializeData = same } = defaults.hydrate ?? {}
  if (RULED in deserializeData) return
  const pack: Transform = (data) => (isEntry(data) ? { [RULED]: textOf(data) } : serializeData(data))
  const unpack: Transform = (data) =>
    isObject(data) && typeof data[RULED] === 'string' ? restoredOf(parsedOf(data[RULED])) : deserializeData(data)
  queryClient.setDefaultOptions({
    ...defaults,
    dehydrate: { ...defaults.dehydrate, serializeData: pack },
    hydrate: { ...defaults.hydrate, deserializeData: Object.assign(unpack, { [RULED]: true }) },
  })
}
const same: Transform = (data) => data
