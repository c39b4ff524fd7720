import type { Address } from '../../base/address.js'

/** What one transaction does to one account. */
export interface Delta {
  readonly address: Address
  /** Signed. */
  readonly lamports: bigint
  /** Signed, in base units; 0n for an account that holds none. */
  readonly tokens: bigint
}

/** A transaction that was signed, as far as is known now. */
export interface PendingTransaction {
  readonly id: string
  /** What it does when it succeeds. */
  readonly deltas: readonly Delta[]
  /** What it costs when it fails on the chain. */
  readonly costs: readonly Delta[]
  /** Where it is on the chain, confirmed; `null` until that is known. */
  readonly slot: number | null
  /** It is on the chain, confirmed, and failed there. */
  readonly failed: boolean
  /** The newest slot that is known not to hold it, nor any before. */
  readonly absentAt: number
}

/** A pending transaction without a known slot or outcome. */
export const newPendingTransaction = (
  id: string,
  deltas: readonly Delta[],
  costs: readonly Delta[],
): PendingTransaction => ({
  id,
  deltas,
  costs,
  slot: null,
  failed: false,
  absentAt: -1,
})

/** What a pending transaction does to an account's amounts, as far as is known. */
export function effectOn(
  { deltas, costs, failed }: PendingTransaction,
  address: Address,
): Pick<Delta, 'lamports' | 'tokens'> {
  const hits = (failed ? costs : deltas).filter((each) => each.address === address)
  return sumOf(hits)
}

/** Adds changes up. */
export const sumOf = (all: readonly Pick<Delta, 'lamports' | 'tokens'>[]): Pick<Delta, 'lamports' | 'tokens'> =>
  all.reduce((sum, each) => ({ lamports: sum.lamports + each.lamports, tokens: sum.tokens + each.tokens }), {
    lamports: 0n,
    tokens: 0n,
  })

/** Whether a pending transaction can change an account, however it ends. */
export const touches = ({ deltas, costs }: PendingTransaction, address: Address): boolean =>
  deltas.some((each) => each.address === address) || costs.some((each) => each.address === address)

/** Whether the chain's state at a slot holds the pending transaction; `undefined` while that cannot be told. */
export function isIn({ slot, absentAt }: PendingTransaction, stateAt: number): boolean | undefined {
  if (slot !== null) return stateAt >= slot
  return stateAt <= absentAt ? false : undefined
}
