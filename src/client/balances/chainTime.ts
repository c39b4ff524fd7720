import { type Clock, type Instant, instantOf } from '../../base/clock.js'
import type { ShownMint } from '../../token/balance.js'

/** A time that moves on once a second, for everybody who shows something that goes by it. */
export interface ClockTick {
  /** The time, as of the last tick while somebody listens. */
  now(): Instant
  /** Calls `listener` each second, until the returned function is called. */
  subscribe(listener: () => void): () => void
}

/** Makes a ticker: one timer however many listen, and none when nobody does. */
export function createClockTick(clock: Clock): ClockTick {
  const listeners = new Set<{ readonly call: () => void }>()
  let at: Instant | undefined
  let cancel = () => {}
  function tick() {
    at = instantOf(clock)
    cancel = clock.schedule(tick, 1000 - (at.wallMs % 1000))
    for (const { call } of [...listeners]) call()
  }
  return {
    now: () => at ?? instantOf(clock),
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

type Display = ShownMint['display']

/** The seconds that a mint's text goes by: the same number for as long as the text is the same. */
export function chainTimeOf(display: Display, nowMs: number): number {
  const now = Math.floor(nowMs / 1000)
  if (display?.kind !== 'scaled') return display ? now : 0
  return now >= display.nextAt ? display.nextAt : -Infinity
}

/** When the last change of a mint's text comes that is known of now, in seconds; `Infinity` where it always changes. */
export const lastChainTimeOf = (display: NonNullable<Display>): number =>
  display.kind === 'scaled' ? display.nextAt : Infinity
