import { type QueryKey, type QueryObserverResult, skipToken } from '@tanstack/query-core'
import type { AddressInput } from '../../base/address.js'
import type { LamplightError } from '../../base/errors.js'
import { balanceKeys } from '../../cache/queries.js'
import type { SolBalance, TokenBalance } from '../../token/balance.js'
import type { Freshness } from '../accounts/connectionStatus.js'
import type { AccountClient } from './accountClient.js'

/** What somebody has of something: SOL, or tokens of one mint. */
export type Balance = SolBalance | TokenBalance
/** The balance that a target is of. */
export type BalanceOf<T> = T extends { readonly mint: AddressInput }
  ? TokenBalance
  : 'mint' extends keyof T
    ? Balance
    : SolBalance

/** TanStack Query's result of one balance, and how far its data can be trusted now. */
export type BalanceResult<B = Balance> = QueryObserverResult<B, LamplightError> & { readonly freshness: Freshness }

/** Adds a field, which is asked for when it is read, without reading or copying the others: TanStack tells of a change only for the fields that were read. */
export function withFreshness<R extends object>(
  result: R,
  freshnessNow: () => Freshness,
): R & { readonly freshness: Freshness } {
  const holder = (target: R, key: PropertyKey) => (key === 'freshness' ? { freshness: freshnessNow() } : target)
  return new Proxy(result, {
    get: (target, key) => Reflect.get(holder(target, key), key),
    ownKeys: (target) => [...Reflect.ownKeys(target), 'freshness'],
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(holder(target, key), key),
  }) as R & { readonly freshness: Freshness }
}

const ORDER = ['live', 'polling', 'stale', 'offline'] as const

/** A balance is as fresh as the least fresh of what its text is made of. */
export const worstOf = (made: readonly Freshness[]): Freshness =>
  ORDER.findLast((each) => made.includes(each)) as Freshness

/** A query that has nothing to ask for; with an error, one that always gives it. */
export function idleQuery(client: AccountClient, error: LamplightError | null) {
  const scope: QueryKey = balanceKeys.cluster(client.cluster)
  if (!error) return { queryKey: [...scope, 'none'], queryFn: skipToken }
  const queryFn = () => Promise.reject(error)
  return { queryKey: [...scope, 'invalid', error.message], queryFn, retry: false, staleTime: Infinity }
}
