import type { QueryClient } from '@tanstack/query-core'
import type { Reads } from '../sync/reads.js'
import type { Trust } from '../sync/trust.js'
import type { Commitment, Wish } from '../token/account.js'
import type { Address, AddressInput } from '../token/address.js'
import type { Mint } from '../token/mint.js'

/** A client as far as accounts go: what balances are made on top of. */
export interface AccountClient extends Reads, Trust {
  /** The cache that holds every balance. */
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly commitment: Commitment
  /** Keeps an account's cache entry live, or with `tokens` those of all token accounts it owns under a program, until the returned function is called. */
  followAccount(wish: Wish): () => void
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
