import type { Clock } from '../base/clock.js'
import type { AccountRecord, ShownMint } from '../token/balance.js'

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

/** How far the chain's clock is ahead of the page's, in milliseconds; a ledger that keeps none goes by the page's. */
export const aheadOf = ({ chainSeconds, observedAt }: AccountRecord): number =>
  chainSeconds === null ? 0 : chainSeconds * 1000 - observedAt

type Display = ShownMint['display']

/** The seconds that a mint's text goes by: the same number for as long as the text is the same. */
export function momentOf(display: Display, nowMs: number): number {
  const now = Math.floor(nowMs / 1000)
  if (display?.kind !== 'scaled') return display ? now : 0
  return now >= display.nextAt ? display.nextAt : -Infinity
}

/** When the last change of a mint's text comes that is known of now, in seconds; `Infinity` where it always changes. */
export const lastMomentOf = (display: NonNullable<Display>): number =>
  display.kind === 'scaled' ? display.nextAt : Infinity
