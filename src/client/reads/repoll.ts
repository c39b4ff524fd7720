import { focusManager, type Query, type QueryClient } from '@tanstack/query-core'
import { accountOfKey, balanceKeys } from '../../cache/queries.js'
import type { SubscriptionRequest } from '../../token/account.js'
import { isRecord } from '../../token/balance.js'

/** What is polled outside of its interval: all that has one, one for a trial, or all that was not confirmed since the stream was lost. */
export type Repolled = 'all' | 'one' | 'unconfirmed'

/** What polls are made by. */
export interface RepollParts {
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly isLive: (request: SubscriptionRequest) => boolean
  /** Whether a value that was confirmed at this time of the page's own clock is still current as far as polling goes. */
  readonly isPolled: (verifiedMs: number) => boolean
}

/** Polls now what is shown and is not live. */
export function repoll({ queryClient, cluster, isLive, isPolled }: RepollParts, which: Repolled): void {
  if (!focusManager.isFocused()) return
  let found: Query | undefined
  function hasInterval(query: Query): boolean {
    const request = accountOfKey(query.queryKey, cluster)
    if (request && isLive(request)) return false
    // An observer with an interval: its hook did not turn polling off.
    return query.observers.some(
      ({ options }) => options.refetchInterval !== undefined && options.refetchInterval !== false,
    )
  }
  const isConfirmed = ({ state: { data } }: Query) => isRecord(data) && isPolled(data.verifiedMs)
  function predicate(query: Query): boolean {
    if (!hasInterval(query) || (which === 'unconfirmed' && isConfirmed(query))) return false
    found ??= query
    return which !== 'one' || found === query
  }
  void queryClient.refetchQueries(
    { queryKey: balanceKeys.cluster(cluster), type: 'active', predicate },
    { cancelRefetch: false },
  )
}
