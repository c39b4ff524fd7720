import type { Address } from '../../base/address.js'
import { shown } from '../../base/check.js'
import { LamplightError } from '../../base/errors.js'
import type { SubscriptionRequest } from '../../token/account.js'
import type { AccountRecord } from '../../token/balance.js'
import type { AccountClient } from './accountClient.js'

/** How often to ask while a value is not live: fast 2 s, normal 5 s, slow 15 s, or milliseconds. */
export type PollInterval = 'auto' | 'fast' | 'normal' | 'slow' | number | false

const TIERS = { auto: 5000, fast: 2000, normal: 5000, slow: 15_000 } as const
const MIN_POLL_MS = 250

/** The interval in milliseconds; `Infinity` for never. @throws LamplightError `input/invalid-value` */
export function pollMsOf(interval: PollInterval = 'auto'): number {
  const ms = interval === false ? Infinity : typeof interval === 'number' ? interval : TIERS[interval]
  if (ms > 0) return Math.max(ms, MIN_POLL_MS)
  const expected = "'auto', 'fast', 'normal', 'slow', false, or milliseconds above 0"
  throw new LamplightError('input/invalid-value', { argument: 'pollInterval', input: shown(interval), expected })
}

/** Whether the interval was left to the wallet's activity. */
export const isAuto = (interval: PollInterval = 'auto') => interval === 'auto'

/** How long to wait until an account is asked for again, for TanStack's `refetchInterval`; an owner stands for `auto`. */
export function delayOf(client: AccountClient, pollMs: number, auto?: Address): number | false {
  const ms = client.pollDelayMs(pollMs, auto)
  return ms < Infinity && ms
}

/** When to ask for an account again, for TanStack's `refetchInterval`; asked anew after each poll, as failures stretch it, and by `Trust`. */
export const intervalOf =
  (client: AccountClient, request: SubscriptionRequest, pollMs: number, auto?: Address) =>
  ({ state: { data } }: { readonly state: { readonly data?: AccountRecord | undefined } }): number | false =>
    (!client.isLive(request) || data?.source === 'restored') && delayOf(client, pollMs, auto)

/** When to ask for a mint again that could not be read, for TanStack's `refetchInterval`: until it could. */
export const againAfter =
  (pollMs: number) =>
  ({
    state: { data, error },
  }: {
    readonly state: { readonly data?: AccountRecord | undefined; readonly error: LamplightError | null }
  }): number | false =>
    (error ? error.retryable : data?.exists === false) && pollMs < Infinity ? pollMs : false
