'use client'

import { useContext, useSyncExternalStore } from 'react'
import { TickerContext } from '../react/ticker.js'

/** A text that depends on the time; it renders again only when the text changes. */
export function useSaid(say: (nowMs: number) => string): string {
  const ticker = useContext(TickerContext)
  const look = () => say(ticker.now())
  // A server's time is not the page's: its markup is taken over with a text that needs none.
  return useSyncExternalStore(ticker.subscribe, look, () => say(0))
}
