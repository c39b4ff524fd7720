import type { QueryClient } from '@tanstack/query-core'
import type { Address, AddressInput } from '../../base/address.js'
import { entryOf } from '../../cache/queries.js'
import type { Commitment, SubscriptionRequest } from '../../token/account.js'
import type { Mint } from '../../token/mint.js'
import type { Reads } from '../accounts/accountReads.js'
import type { FreshnessTracker } from '../accounts/freshnessTracker.js'

/** A client as far as accounts go: what balances are made on top of. */
export interface AccountClient extends Reads, FreshnessTracker {
  /** The cache that holds every balance. */
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly commitment: Commitment
  /** Keeps an account's cache entry live, or with `tokens` those of all token accounts it owns under a program, until the returned function is called. */
  followAccount(request: SubscriptionRequest): () => void
  /** How long to wait before an account is polled again, in milliseconds; an owner stands for `auto`. */
  pollDelayMs(intervalMs: number, owner?: Address): number
  /** The owner's associated account of a mint; remembered. */
  associatedAddress(owner: Address, mint: Address, program: Mint['program']): Address
}

/** Whose balance of what; without a mint, SOL. Addresses are a `PublicKey` or a text. */
export interface TargetInput {
  readonly owner: AddressInput
  readonly mint?: AddressInput | undefined
}

/**
 * The account that holds a target. A mint that was not read yet is taken for one of the classic program: that is right
 * for most, and lets mint and account be asked for in one request.
 */
export function accountOfTarget(
  client: AccountClient,
  { owner, mint }: { readonly owner: Address; readonly mint?: Address },
  known: Pick<Mint, 'program'> | undefined,
): Address {
  return mint ? client.associatedAddress(owner, mint, known?.program ?? 'token') : owner
}

/** A mint that was read before. */
export const cachedMint = (client: AccountClient, mint: Address, commitment: Commitment): Mint | undefined =>
  entryOf(client, { address: mint, commitment })?.state.data?.mint ?? undefined
