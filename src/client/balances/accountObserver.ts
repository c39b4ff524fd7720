import { QueryObserver, type QueryObserverOptions, type QueryObserverResult } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import type { LamplightError } from '../../base/errors.js'
import type { SubscriptionRequest } from '../../token/account.js'
import type { AccountRecord } from '../../token/balance.js'
import type { Freshness } from '../accounts/connectionStatus.js'
import type { AccountClient } from './accountClient.js'
import { intervalOf } from './pollInterval.js'

/** What TanStack is asked for. */
export type AccountQueryOptions<T> = QueryObserverOptions<AccountRecord, LamplightError, T, AccountRecord>

/** What to observe now; it may be another account, or another reading of it, later. */
export interface Observed<T> {
  readonly request: SubscriptionRequest
  readonly options: AccountQueryOptions<T>
}

/** How often to ask. */
export interface PollRate {
  /** Milliseconds; `Infinity` for never. */
  readonly pollMs: number
  /** Whose activity sets the interval, where it was left to `auto`. */
  readonly auto: Address | undefined
}

/** One account's entry as it is observed: what is made of it, and how far it can be trusted. */
export interface AccountObserver<T> {
  /** TanStack's result; a listener is told only of changes of the fields that were read. */
  readonly result: QueryObserverResult<T, LamplightError>
  readonly freshness: Freshness
  /** Looks at how far it can be trusted; whether that has changed. */
  judge(): boolean
  /** Asks anew what to observe. */
  reshape(): void
  /** Reads and polls until the returned function is called; tells of each change. */
  start(onChange: () => void): () => void
}

/** Makes an observer of what `observed` gives. */
export function createAccountObserver<T>(
  client: AccountClient,
  { pollMs, auto }: PollRate,
  observed: () => Observed<T>,
): AccountObserver<T> {
  let { request, options } = observed()
  let freshness = client.freshness(request, pollMs)
  const query = new QueryObserver(client.queryClient, paced())

  function paced(): AccountQueryOptions<T> {
    return { refetchInterval: intervalOf(client, request, pollMs, auto), ...options }
  }
  function judge(): boolean {
    const before = freshness
    freshness = client.freshness(request, pollMs)
    if (freshness === before) return false
    query.setOptions(paced())
    return true
  }
  return {
    get result() {
      return query.trackResult(query.getCurrentResult())
    },
    get freshness() {
      return freshness
    },
    judge,
    reshape() {
      ;({ request, options } = observed())
      freshness = client.freshness(request, pollMs)
      query.setOptions(paced())
    },
    start: (onChange) => query.subscribe(onChange),
  }
}
