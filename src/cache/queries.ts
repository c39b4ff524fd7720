import { type QueryCacheNotifyEvent, type QueryClient, type QueryKey, replaceEqualDeep } from '@tanstack/query-core'
import { isLamplightError } from '../base/errors.js'
import type { Commitment, Wish } from '../token/account.js'
import type { Address } from '../token/address.js'
import { type AccountRecord, isRecord, newest } from '../token/balance.js'
import type { ChainHead } from '../token/slots.js'
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

/** An account's entry, where there is one; see `installRules` for its hash. TanStack's own look-ups cost ten times as much. */
export const entryOf = (
  { queryClient, cluster }: { readonly queryClient: QueryClient; readonly cluster: string },
  { commitment, address }: Wish,
) => queryClient.getQueryCache().get<AccountRecord>(JSON.stringify(balanceKeys.account(cluster, commitment, address)))

/** A wallet's entry, where there is one. */
export const walletEntryOf = (
  { queryClient, cluster }: { readonly queryClient: QueryClient; readonly cluster: string },
  { commitment, address }: Wish,
) => queryClient.getQueryCache().get<WalletRecord>(JSON.stringify(balanceKeys.wallet(cluster, commitment, address)))

/** Whether an entry has just lost its value: it was removed, or reset. */
export const isLoss = (event: QueryCacheNotifyEvent): boolean =>
  event.type === 'removed' ||
  (event.type === 'updated' && event.action.type === 'setState' && event.query.state.data === undefined)

const MAX_RETRIES = 3

/**
 * Installs the rules of this library's part of the cache: the ordering gate, which fetches, pushes and an app's own
 * `setQueryData` all pass, and defaults that the app's own options and defaults can still override.
 */
export function installRules(queryClient: QueryClient, cluster: string, head?: Pick<ChainHead, 'canBeAt'>): void {
  const own = queryClient.getDefaultOptions().queries
  queryClient.setQueryDefaults(balanceKeys.cluster(cluster), {
    structuralSharing: (held: unknown, arrived: unknown) => gate(held, arrived, head),
    // Of a list of texts the same as TanStack's own hash, in a tenth of the time: it is asked for at each render and write.
    queryKeyHashFn: JSON.stringify,
    // navigator.onLine lies: a read that fails says more than one that was never tried.
    networkMode: 'always',
    ...(own?.retry === undefined && { retry: shouldRetry }),
    ...(own?.retryDelay === undefined && { retryDelay }),
  })
}

/** What keeps the order in the cache. Also runs over what hooks select out of a record; that is new exactly when the record is. */
export function gate(held: unknown, arrived: unknown, head?: Pick<ChainHead, 'canBeAt'>): unknown {
  if (isRecord(arrived)) {
    // A slot that the chain cannot have reached stands in nobody's way.
    const known =
      isRecord(held) && (isRestored(held) || (head?.canBeAt(held.slot, held.address) ?? true)) ? held : undefined
    return known?.pending ? known.pending.take(known, arrived) : newest(known, arrived)
  }
  return isDerived(arrived) ? arrived : replaceEqualDeep(held, arrived)
}
const isRestored = ({ source }: AccountRecord) => source === 'restored'
const isDerived = (value: unknown) =>
  typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'token' || value.kind === 'sol')

/** Said at once, because the next poll asks again: a missing mint, and a 429 that was waited for already. */
const FINAL: readonly string[] = ['account/no-mint', 'rpc/rate-limited']
const shouldRetry = (failures: number, error: Error) =>
  failures < MAX_RETRIES && isLamplightError(error) && error.retryable && !FINAL.includes(error.code)

const retryDelay = (failures: number) => Math.min(1000 * 2 ** failures, 30_000)
