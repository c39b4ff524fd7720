'use client'

import { QueryObserver } from '@tanstack/react-query'
import { useCallback, useContext, useSyncExternalStore } from 'react'
import { aheadOf, lastMomentOf, momentOf } from '../balances/chainTime.js'
import { clockOptions } from '../balances/targets.js'
import { entryOf } from '../cache/queries.js'
import type { BalanceClient } from '../sync/balanceClient.js'
import type { Commitment } from '../token/account.js'
import { CLOCK } from '../token/address.js'
import type { AccountRecord, ShownMint } from '../token/balance.js'
import { TickerContext } from './ticker.js'
import { standStill } from './useAccount.js'

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
  const isTimed = display !== null
  const clock = () => entryOf(client, { address: CLOCK, commitment })?.state.data
  const at = (nowMs = ticker.now()) => (display ? snapshotOf(display, clock(), nowMs) : TIMELESS)
  const look = () => at()
  // A server and the page that takes its markup over have read the same time, and not the same clock.
  const lookOnServer = () => at(clock()?.observedAt)
  const snapshot = look()
  const isMoving = display !== null && Number(snapshot.split(' ')[0]) < lastMomentOf(display)
  const subscribe = useCallback(
    (changed: () => void) => {
      const stops = [
        new QueryObserver(client.queryClient, clockOptions(client, commitment)).subscribe(changed),
        isMoving ? ticker.subscribe(changed) : () => {},
      ]
      return () => {
        for (const stop of stops) stop()
      }
    },
    [client, commitment, isMoving, ticker],
  )
  const [seconds, isKnown] = useSyncExternalStore(isTimed ? subscribe : standStill, look, lookOnServer).split(' ')
  return { seconds: Number(seconds), isKnown: isKnown === 'known' }
}

const TIMELESS = '0 known'
type Display = NonNullable<ShownMint['display']>

/** The same text for as long as the text of a balance is the same. */
function snapshotOf(display: Display, clock: AccountRecord | undefined, nowMs: number): string {
  const seconds = momentOf(display, nowMs + (clock ? aheadOf(clock) : 0))
  return `${seconds} ${clock ? 'known' : 'assumed'}`
}
