import type { Clock } from '../base/clock.js'

/** Notices that the node has started over from an earlier slot, as a local validator does when it is reset. */
export interface ChainResetGuard {
  /** Any slot that the node names. */
  saw(slot: number): void
  /** A slot that was named some time, to this page or another one: newer ones are compared with it. */
  knows(slot: number): void
}

/** A node that lags is behind by seconds; one that started over is behind by most of its life. */
const RESET_FRACTION = 2
const SURE_AFTER_MS = 10_000
/** Nobody knows what was between two low slots that are further apart: a longer pause counts for this much, in milliseconds. */
const MAX_PAUSE_MS = 5000

/**
 * Makes a guard. `reset` is called when a connection has named nothing but slots below half of the newest one ever seen,
 * for 10 s and three times at least: then the ordering rule would refuse every value of the new chain for as long as the old one lived.
 */
export function createChainResetGuard(clock: Clock, reset: () => void): ChainResetGuard {
  let newest = 0
  let lowForMs = 0
  let lowAtMs: number | undefined
  return {
    saw(slot) {
      if (slot * RESET_FRACTION >= newest) {
        newest = Math.max(newest, slot)
        lowAtMs = undefined
        return
      }
      const now = clock.now()
      lowForMs = lowAtMs === undefined ? 0 : lowForMs + Math.min(now - lowAtMs, MAX_PAUSE_MS)
      lowAtMs = now
      if (lowForMs < SURE_AFTER_MS) return
      newest = slot
      lowAtMs = undefined
      reset()
    },
    knows(slot) {
      newest = Math.max(newest, slot)
    },
  }
}
