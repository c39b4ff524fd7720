import type { Instant } from '../base/clock.js'
import type { AccountRecord } from './balance.js'

/**
 * The chain's time at a moment, in milliseconds since the epoch: as it was last read, counted on by the page's own clock, so
 * that the device's date is no part of it. While nothing is known, and on a ledger that keeps no time, it is the date after all.
 */
export function chainMsOf(read: AccountRecord | null | undefined, now: Instant): number {
  if (read?.chainSeconds == null) return now.wallMs
  const sinceMs = read.source === 'restored' ? now.wallMs - read.verifiedAt : now.ms - read.verifiedMs
  return read.chainSeconds * 1000 + sinceMs
}
