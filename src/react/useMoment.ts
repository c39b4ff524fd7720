'use client'

import { useQuery } from '@tanstack/react-query'
import { useContext, useSyncExternalStore } from 'react'
import { clockOptions } from '../balances/targets.js'
import type { LamplightError } from '../base/errors.js'
import type { BalanceClient } from '../sync/balanceClient.js'
import type { Commitment } from '../token/account.js'
import type { AccountRecord, ShownMint } from '../token/balance.js'
import { TickerContext } from './ticker.js'
import { idleOptions } from './useAccount.js'

/** The chain's time, as far as a text goes by it. */
export interface Moment {
  /** Seconds since the epoch. */
  readonly seconds: number
  /** Whether the chain has said what time it has; until then it is the page's own time. */
  readonly isKnown: boolean
}

/**
 * The chain's time for a mint's text: it moves on each second where interest grows, once where another multiplier is to
 * come, and never for any other mint, for which nothing is asked either.
 */
export function useMoment(client: BalanceClient, commitment: Commitment, display: ShownMint['display']): Moment {
  const ticker = useContext(TickerContext)
  const { data: aheadMs } = useQuery<AccountRecord, LamplightError, number>({
    ...(display ? clockOptions(client, commitment) : idleOptions<AccountRecord>(client, { type: 'none' })),
    select: aheadOf,
  })
  const look = () => momentOf(display, Math.floor((ticker.now() + (aheadMs ?? 0)) / 1000))
  const isMoving = display !== null && look() < lastMomentOf(display)
  const seconds = useSyncExternalStore(isMoving ? ticker.subscribe : standStill, look, look)
  return { seconds, isKnown: display === null || aheadMs !== undefined }
}

const standStill = () => () => {}

/** How far the chain's clock is ahead of the page's, in milliseconds; a ledger that keeps none goes by the page's. */
const aheadOf = ({ chainSeconds, observedAt }: AccountRecord): number =>
  chainSeconds === null ? 0 : chainSeconds * 1000 - observedAt

const lastMomentOf = (display: NonNullable<ShownMint['display']>): number =>
  display.kind === 'scaled' ? display.nextAt : Infinity

/** The same number for as long as the text is the same. */
function momentOf(display: ShownMint['display'], now: number): number {
  if (display?.kind !== 'scaled') return display ? now : 0
  return now >= display.nextAt ? display.nextAt : -Infinity
}
