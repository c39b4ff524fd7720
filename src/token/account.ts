import type { Address } from './address.js'

/** How sure the cluster is of a value. */
export type Commitment = 'processed' | 'confirmed' | 'finalized'

/** One account's bytes, and the slot they were true at. */
export interface AccountAt {
  readonly address: Address
  readonly slot: number
  readonly lamports: bigint
  /** The program that owns the account; the System program's address when the account does not exist. */
  readonly program: Address
  /** `null` when the account does not exist. */
  readonly data: Uint8Array | null
}

/** What a read asks for beside the addresses. */
export interface ReadOptions {
  readonly commitment: Commitment
  /** The answer must not be older than this slot (`minContextSlot`). */
  readonly minSlot?: number
}

/** Anything that can answer for accounts: a node, a pool of nodes, a gateway, a ledger in memory. */
export interface AccountSource {
  /** Reads accounts now. The answer has the order of `addresses`. */
  read(addresses: readonly Address[], options: ReadOptions): Promise<AccountAt[]>
  /** Calls `onChange` for each change of the account until the returned function is called. There is no first value. */
  watch(address: Address, options: { readonly commitment: Commitment }, onChange: (account: AccountAt) => void): () => void
}
