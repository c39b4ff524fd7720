import type { LamplightError } from '../../base/errors.js'
import type { AccountAt, SubscriptionRequest, TokenAccountsAt } from '../../token/account.js'

/** An account as the stream learned it. */
export interface AccountUpdate {
  readonly account: AccountAt
  readonly request: SubscriptionRequest
  readonly source: 'stream' | 'fetch'
  /** Why it was looked at: pushed, read after the acknowledgement, or checked. */
  readonly reason: 'stream' | 'gap-fill' | 'audit'
  /** The answer is older than what had been seen before. */
  readonly lagging: boolean
}
/** All token accounts of a request, as one read gave them. */
export interface Listed extends Omit<AccountUpdate, 'account'> {
  readonly listing: TokenAccountsAt
}
/** What the stream tells. */
export interface StreamEvents {
  account: AccountUpdate
  listed: Listed
  /** Some account became live or stopped being it, or the connection changed. */
  changed: undefined
  error: LamplightError
}
