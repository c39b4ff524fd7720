import type { QueryClient } from '@tanstack/query-core'
import type { Address } from '../base/address.js'
import type { Commitment } from '../token/account.js'
import { type AccountRecord, isRecord } from '../token/balance.js'
import { accountOfKey, isLoss } from './queries.js'

/** One change of an account that the cache accepted. */
export interface AccountChange {
  readonly address: Address
  readonly commitment: Commitment
  /** `undefined` for a first value: the account may have been so for long, and nothing has changed that is known of. */
  readonly previous: AccountRecord | undefined
  readonly next: AccountRecord
}
/** An account that could not be read. */
export interface AccountFailure {
  readonly address: Address
  readonly commitment: Commitment
  readonly error: Error
}

/** The part of the query cache that is watched. */
export interface Watched {
  readonly queryClient: QueryClient
  readonly cluster: string
}

/** Whether a record can hold a balance: a mint and the chain's clock are read beside balances, and are none. */
export const isBalance = ({ mint, chainSeconds }: AccountRecord): boolean => mint === null && chainSeconds === null

/** Tells of one kind of what happens to balances, until the returned function is called. */
export function onBalanceEvent(
  event: 'balance:updated' | 'balance:error' | 'account:created',
  watched: Watched,
  tell: (payload: AccountChange | AccountFailure) => void,
): () => void {
  if (event === 'balance:error') return onAccountFailure(watched, tell)
  return onAccountChange(watched, (change) => {
    if (!isBalance(change.next)) return
    if (event === 'balance:updated' || (change.previous?.exists === false && change.next.exists)) tell(change)
  })
}

/** Tells what the cache accepts, by whatever path it came, until the returned function is called. */
export function onAccountChange({ queryClient, cluster }: Watched, tell: (change: AccountChange) => void): () => void {
  const cache = queryClient.getQueryCache()
  const seen = new Map<string, AccountRecord>()
  for (const query of cache.getAll()) if (isRecord(query.state.data)) seen.set(query.queryHash, query.state.data)
  return cache.subscribe((event) => {
    const { queryHash, queryKey, state } = event.query
    if (isLoss(event)) seen.delete(queryHash)
    if (event.type !== 'updated' || event.action.type !== 'success' || !isRecord(state.data)) return
    const account = accountOfKey(queryKey, cluster)
    const previous = seen.get(queryHash)
    if (!account || previous === state.data) return
    seen.set(queryHash, state.data)
    // Only what is on its way to the account changed, of which the chain has said nothing.
    if (previous?.observedAt === state.data.observedAt && previous.pending !== state.data.pending) return
    tell({ ...account, previous, next: state.data })
  })
}

/** Tells which accounts could not be read, until the returned function is called. */
export function onAccountFailure(
  { queryClient, cluster }: Watched,
  tell: (failure: AccountFailure) => void,
): () => void {
  return queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'error') return
    const account = accountOfKey(event.query.queryKey, cluster)
    if (account) tell({ ...account, error: event.action.error })
  })
}
