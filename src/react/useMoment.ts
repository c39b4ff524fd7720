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
  const { data: clock } = useQuery<AccountRecord, LamplightError>(
    display ? clockOptions(client, commitment) : idleOptions(client, { type: 'none' }),
  )
  // How far the chain is ahead of the page; a ledger that keeps no time goes by the page's.
  const aheadMs = clock?.chainSeconds ? clock.chainSeconds * 1000 - clock.observedAt : 0
  const look = () => momentOf(display, Math.floor((ticker.now() + aheadMs) / 1000))
  // A server and the page that takes its markup over have read the same time, and not the same clock.
  const lookOnServer = () => (clock?.chainSeconds ? momentOf(display, clock.chainSeconds) : look())
  const isMoving = display !== null && look() < (display.kind === 'scaled' ? display.nextAt : Infinity)
  const seconds = useSyncExternalStore(isMoving ? ticker.subscribe : standStill, look, lookOnServer)
  return { seconds, isKnown: display === null || clock !== undefined }
}

const standStill = () => () => {}

/** The same number for as long as the text is the same. */
function momentOf(display: ShownMint['display'], now: number): number {
  if (display?.kind !== 'scaled') return display ? now : 0
  return now >= display.nextAt ? display.nextAt : -Infinity
}
