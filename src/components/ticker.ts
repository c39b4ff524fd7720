'use client'

import { createContext, useContext, useSyncExternalStore } from 'react'
import { type Clock, systemClock } from '../base/clock.js'

/** A time that moves on once a second, for all who show an age. */
export interface Ticker {
  /** The time in milliseconds since the epoch; it stands still between two ticks. */
  now(): number
  subscribe(listener: () => void): () => void
}

const TICK_MS = 1000

/** Makes a ticker: one timer however many listen, and none when nobody does. */
export function createTicker({ now, schedule }: Clock): Ticker {
  const listeners = new Set<{ readonly call: () => void }>()
  let at = 0
  let stop = () => {}
  function tick() {
    at = now()
    stop = schedule(tick, TICK_MS)
    for (const { call } of [...listeners]) call()
  }
  return {
    now: () => (listeners.size > 0 ? at : Math.floor(now() / TICK_MS) * TICK_MS),
    subscribe(listener) {
      const entry = { call: listener }
      listeners.add(entry)
      if (listeners.size === 1) tick()
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) stop()
      }
    },
  }
}

/** The ticker of everything below: by default the page's one. */
export const TickerContext = createContext(createTicker(systemClock))

/** A text that depends on the time; it renders again only when the text changes. */
export function useSaid(say: (nowMs: number) => string): string {
  const ticker = useContext(TickerContext)
  const look = () => say(ticker.now())
  // A server's time is not the page's: markup is taken over with a text that needs none.
  return useSyncExternalStore(ticker.subscribe, look, () => say(0))
}
