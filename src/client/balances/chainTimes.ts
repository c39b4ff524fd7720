import { QueryObserver } from '@tanstack/query-core'
import type { LamplightError } from '../../base/errors.js'
import type { Commitment } from '../../token/account.js'
import type { AccountRecord, ShownMint } from '../../token/balance.js'
import { chainMsOf } from '../../token/chainClock.js'
import type { AccountClient } from './accountClient.js'
import { type ClockTick, chainTimeOf, lastChainTimeOf } from './chainTime.js'
import { clockOptions } from './targets.js'

type Display = ShownMint['display']

/** The chain's time for texts that go by it; nothing is asked for, and no timer runs, for any others. */
export interface ChainTimes {
  /** The seconds since the epoch that a text of this mint goes by. */
  secondsOf(display: Display): number
  /** Whether the chain has said what time it has; until then it is the page's own time. */
  isKnown(display: Display): boolean
  /** Says which texts there are now; none stops everything. */
  want(displays: readonly Display[]): void
}

/** Makes them; `onChange` is called when some text may be another one now. */
export function createChainTimes(
  client: AccountClient,
  commitment: Commitment,
  clockTick: ClockTick,
  onChange: () => void,
): ChainTimes {
  let query: QueryObserver<AccountRecord, LamplightError> | undefined
  let stopAsking: (() => void) | undefined
  let stopTicking: (() => void) | undefined
  const read = () => query?.getCurrentResult().data
  const nowMs = () => chainMsOf(read(), clockTick.now())
  const isMoving = (display: Display) => display !== null && chainTimeOf(display, nowMs()) < lastChainTimeOf(display)
  return {
    secondsOf: (display) => chainTimeOf(display, nowMs()),
    isKnown: (display) => display === null || read() !== undefined,
    want(displays) {
      const isAsked = displays.some((each) => each !== null)
      const isTicking = isAsked && displays.some(isMoving)
      if (isAsked && !stopAsking) {
        query ??= new QueryObserver<AccountRecord, LamplightError>(client.queryClient, {
          ...clockOptions(client, commitment),
        } as never)
        stopAsking = query.subscribe(onChange)
      } else if (!isAsked) {
        stopAsking?.()
        stopAsking = undefined
      }
      if (isTicking) stopTicking ??= clockTick.subscribe(onChange)
      else {
        stopTicking?.()
        stopTicking = undefined
      }
    },
  }
}
