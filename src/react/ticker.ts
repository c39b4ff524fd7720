'use client'

import { createContext } from 'react'
import { type Clock, systemClock } from '../base/clock.js'

/** A time that moves on once a second, for everybody who shows something that goes by it. */
export interface Ticker {
  /** The time in milliseconds since the epoch, as of the last tick while somebody listens. */
  now(): number
  /** Calls `listener` each second, until the returned function is called. */
  subscribe(listener: () => void): () => void
}

/** Makes a ticker: one timer however many listen, and none when nobody does. */
export function createTicker(clock: Clock): Ticker {
  const listeners = new Set<{ readonly call: () => void }>()
  let at: number | undefined
  let cancel = () => {}
  function tick() {
    at = clock.now()
    cancel = clock.schedule(tick, 1000 - (at % 1000))
    for (const { call } of [...listeners]) call()
  }
  return {
    now: () => at ?? clock.now(),
    subscribe(listener) {
      const entry = { call: listener }
      listeners.add(entry)
      if (listeners.size === 1) tick()
      return () => {
        if (!listeners.delete(entry) || listeners.size > 0) return
        cancel()
        at = undefined
      }
    },
  }
}

/** The ticker of everything below; the page's own unless a test puts another one here. */
export const TickerContext = createContext(createTicker(systemClock))
