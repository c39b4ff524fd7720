'use client'

import { QueryObserver } from '@tanstack/react-query'
import { useCallback, useContext } from 'react'
import { CLOCK } from '../base/address.js'
import type { Instant } from '../base/clock.js'
import { entryOf } from '../cache/queries.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { chainTimeOf, lastChainTimeOf } from '../client/balances/chainTime.js'
import { clockOptions } from '../client/balances/targets.js'
import type { Commitment } from '../token/account.js'
import type { AccountRecord, ShownMint } from '../token/balance.js'
import { chainMsOf } from '../token/chainClock.js'
import { ClockTickContext } from './clockTick.js'
import { standStill } from './useAccount.js'
import { useSnapshot } from './useSnapshot.js'

/** The chain's time, as far as a text goes by it. */
export interface ChainTime {
  /** Seconds since the epoch. */
  readonly seconds: number
  /** Whether the chain has said what time it has; until then it is the page's own time. */
  readonly isKnown: boolean
}

/**
 * The chain's time for a mint's text: it moves on each second where interest grows, once where another multiplier is to
 * come, and never for any other mint, for which nothing is asked either.
 */
export function useChainTime(
  client: BalanceClient,
  commitment: Commitment,
  mint: Pick<ShownMint, 'address' | 'display'> | null,
): ChainTime {
  const clockTick = useContext(ClockTickContext)
  const { address = CLOCK, display = null } = mint ?? {}
  const isTimed = display !== null
  const clock = () => entryOf(client, { address: CLOCK, commitment })?.state.data
  const at = (now: () => Instant) => (display ? snapshotOf(display, clock(), now()) : TIMELESS)
  const look = () => at(clockTick.now)
  // A server and the page that takes its markup over have read the same records, and do not have the same time.
  const lookOnServer = () =>
    at(() => {
      const { verifiedAt: wallMs, verifiedMs: ms } = clock() ?? {}
      if (wallMs !== undefined && ms !== undefined) return { ms, wallMs }
      return { ms: 0, wallMs: entryOf(client, { address, commitment })?.state.data?.observedAt ?? 0 }
    })
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` is made of these.
  const subscribe = useCallback(
    (changed: () => void) => {
      const isMoving = () => {
        const [seconds, known] = look().split(' ')
        return display !== null && (known !== 'known' || Number(seconds) < lastChainTimeOf(display))
      }
      const stops = [new QueryObserver(client.queryClient, clockOptions(client, commitment)).subscribe(changed)]
      if (isMoving()) {
        const stop = clockTick.subscribe(() => {
          changed()
          if (!isMoving()) stop()
        })
        stops.push(stop)
      }
      return () => {
        for (const stop of stops) stop()
      }
    },
    [client, commitment, display, clockTick],
  )
  const [seconds, isKnown] = useSnapshot(isTimed ? subscribe : standStill, look, lookOnServer).split(' ')
  return { seconds: Number(seconds), isKnown: isKnown === 'known' }
}

const TIMELESS = '0 known'
type Display = NonNullable<ShownMint['display']>

/** The same text for as long as the text of a balance is the same. */
function snapshotOf(display: Display, clock: AccountRecord | undefined, now: Instant): string {
  const seconds = chainTimeOf(display, chainMsOf(clock, now))
  return `${seconds} ${clock ? 'known' : 'assumed'}`
}
