'use client'

import { useContext } from 'react'
import type { Instant } from '../base/clock.js'
import { ClockTickContext } from '../react/clockTick.js'
import { useSnapshot } from '../react/useSnapshot.js'

/** The time of a text that needs none. */
export const NO_TIME: Instant = { ms: 0, wallMs: 0 }

/** A text that depends on the time; it renders again only when the text changes. */
export function useTimedText(say: (now: Instant) => string): string {
  const clockTick = useContext(ClockTickContext)
  const look = () => say(clockTick.now())
  // A server's time is not the page's: its markup is taken over with a text that needs none.
  return useSnapshot(clockTick.subscribe, look, () => say(NO_TIME))
}
