import type { Clock } from '../base/clock.js'

/** Notices that the node has started over from an earlier slot, as a local validator does when it is reset. */
export interface EpochGuard {
  /** Any slot that the node names. */
  saw(slot: number): void
  /** A slot that was named some time, to this page or another one: newer ones are compared with it. */
  knows(slot: number): void
}

/** A node that lags is behind by seconds; one that started over is behind by most of its life. */
const RESET_FRACTION = 2
const SURE_AFTER_MS = 10_000

/**
 * Makes a guard. `reset` is called when a connection has named nothing but slots below half of the newest one ever seen,
 * for 10 s: then the ordering rule would refuse every value of the new chain for as long as the old one lived.
 */
export function createEpochGuard(clock: Clock, reset: () => void): EpochGuard {
  let newest = 0
  let lowSinceMs: number | undefined
  return {
    saw(slot) {
      if (slot * RESET_FRACTION >= newest) {
        newest = Math.max(newest, slot)
        lowSinceMs = undefined
        return
      }
      lowSinceMs ??= clock.now()
      if (clock.now() - lowSinceMs < SURE_AFTER_MS) return
      newest = slot
      lowSinceMs = undefined
      reset()
    },
    knows(slot) {
      newest = Math.max(newest, slot)
    },
  }
}
