import type { Address, TokenProgram } from '../base/address.js'
import type { LamplightError } from '../base/errors.js'
import type { Commitment, SubscriptionRequest } from '../token/account.js'

/** One program's token accounts of a wallet were all read: when, and as of which slot. */
export interface Listing {
  readonly slot: number
  readonly verifiedAt: number
  /** The same by the page's own clock. */
  readonly verifiedMs: number
  /** Accounts whose bytes could not be understood. */
  readonly undecoded: number
}

/**
 * What is known of a wallet's token accounts as a whole. Each account has an entry of its own, and says itself whose it
 * is; here is only whether there can be others.
 */
export interface WalletRecord {
  readonly kind: 'wallet'
  readonly address: Address
  readonly commitment: Commitment
  readonly listings: { readonly [P in TokenProgram]?: Listing }
  /** Why a program's accounts could not be listed the last time. */
  readonly failures: { readonly [P in TokenProgram]?: LamplightError }
}

/** Both programs, in the order of their age. */
export const TOKEN_PROGRAMS: readonly TokenProgram[] = ['token', 'token-2022']

/** Whether a cached value is about a wallet. */
export const isWallet = (value: unknown): value is WalletRecord =>
  typeof value === 'object' && value !== null && (value as WalletRecord).kind === 'wallet'

/** The subscription requests for every token account of a wallet. */
export const requestsOfWallet = ({
  address,
  commitment,
}: Pick<WalletRecord, 'address' | 'commitment'>): SubscriptionRequest[] =>
  TOKEN_PROGRAMS.map((tokens) => ({ address, commitment, tokens }))

/** The ordering rule, program by program. What says nothing new keeps the held object, which only learns when it was said. */
export function newestWallet(held: WalletRecord | undefined, arrived: WalletRecord): WalletRecord {
  if (!held || held === arrived) return arrived
  const listings = { ...held.listings }
  const failures = { ...held.failures }
  let isNews = false
  for (const program of TOKEN_PROGRAMS) {
    const [was, now, failure] = [listings[program], arrived.listings[program], arrived.failures[program]]
    if (now && (!was || now.slot >= was.slot)) {
      isNews ||= !was || failures[program] !== undefined || was.undecoded !== now.undecoded
      if (was && was.undecoded === now.undecoded) Object.assign(was, now)
      else listings[program] = now
      delete failures[program]
    } else if (failure) {
      isNews ||= failures[program]?.message !== failure.message
      failures[program] = failure
    }
  }
  return isNews ? { ...held, listings, failures } : held
}
