import type { QueryCacheNotifyEvent, QueryClient, QueryKey } from '@tanstack/query-core'
import type { Address } from '../base/address.js'
import type { Commitment, SubscriptionRequest } from '../token/account.js'
import type { AccountRecord } from '../token/balance.js'
import type { WalletRecord } from './walletRecord.js'

const SCOPE = 'lamplight'

/**
 * Where everything lives in the query cache. A cluster is a name, never a URL (which may hold a key); another cluster or
 * commitment is another key, so one network's value can never show on another.
 * @example
 * queryClient.invalidateQueries({ queryKey: balanceKeys.cluster('mainnet') })
 */
export const balanceKeys = {
  /** Everything of this library. */
  all: [SCOPE] as const,
  /** Everything of one cluster. */
  cluster: (cluster: string) => [SCOPE, cluster] as const,
  /** One account, decoded; a mint is one too. */
  account: (cluster: string, commitment: Commitment, address: Address) =>
    [SCOPE, cluster, commitment, 'account', address] as const,
  /** What a token is called. */
  token: (cluster: string, mint: Address) => [SCOPE, cluster, 'token', mint] as const,
  /** When the token accounts of one owner were listed; what they hold is in the accounts' own entries. */
  wallet: (cluster: string, commitment: Commitment, owner: Address) =>
    [SCOPE, cluster, commitment, 'wallet', owner] as const,
}

/** The account a key of ours is about; `undefined` for any other key. */
export function accountOfKey(key: QueryKey, cluster: string): { commitment: Commitment; address: Address } | undefined {
  if (key[0] !== SCOPE || key[1] !== cluster || key[3] !== 'account') return undefined
  return { commitment: key[2] as Commitment, address: key[4] as Address }
}

/** An account's entry, where there is one; see `rules` for its hash. TanStack's own look-ups cost ten times as much. */
export const entryOf = (
  { queryClient, cluster }: { readonly queryClient: QueryClient; readonly cluster: string },
  { commitment, address }: SubscriptionRequest,
) => queryClient.getQueryCache().get<AccountRecord>(JSON.stringify(balanceKeys.account(cluster, commitment, address)))

/** A wallet's entry, where there is one. */
export const walletEntryOf = (
  { queryClient, cluster }: { readonly queryClient: QueryClient; readonly cluster: string },
  { commitment, address }: SubscriptionRequest,
) => queryClient.getQueryCache().get<WalletRecord>(JSON.stringify(balanceKeys.wallet(cluster, commitment, address)))

/** Whether an entry has just lost its value: it was removed, or reset. */
export const isLoss = (event: QueryCacheNotifyEvent): boolean =>
  event.type === 'removed' ||
  (event.type === 'updated' && event.action.type === 'setState' && event.query.state.data === undefined)
