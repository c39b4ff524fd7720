import type { LamplightError } from '../../base/errors.js'
import type { AccountAt, TokenAccountsAt, Wish } from '../../token/account.js'

/** An account as the stream learned it. */
export interface Arrival {
  readonly account: AccountAt
  readonly wish: Wish
  readonly source: 'stream' | 'fetch'
  /** Why it was looked at: pushed, read after the acknowledgement, or checked. */
  readonly reason: 'stream' | 'gap-fill' | 'audit'
  /** The answer is older than what had been seen before. */
  readonly lagging: boolean
}
/** All token accounts of a wish, as one read gave them. */
export interface Listed extends Omit<Arrival, 'account'> {
  readonly listing: TokenAccountsAt
}
/** What the stream tells. */
export interface StreamEvents {
  account: Arrival
  listed: Listed
  /** Some account became live or stopped being it, or the connection changed. */
  changed: undefined
  error: LamplightError
}
