'use client'

import { useContext } from 'react'
import type { Instant } from '../base/clock.js'
import { TickerContext } from '../react/ticker.js'
import { useSnapshot } from '../react/useSnapshot.js'

/** The time of a text that needs none. */
export const NO_TIME: Instant = { ms: 0, wallMs: 0 }

/** A text that depends on the time; it renders again only when the text changes. */
export function useSaid(say: (now: Instant) => string): string {
  const ticker = useContext(TickerContext)
  const look = () => say(ticker.now())
  // A server's time is not the page's: its markup is taken over with a text that needs none.
  return useSnapshot(ticker.subscribe, look, () => say(NO_TIME))
}
