/** Time as the library sees it: injected everywhere, so that a test can be its master. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `task` once after `afterMs` milliseconds; the returned function cancels it. */
  schedule(task: () => void, afterMs: number): () => void
}

/** What a browser timer can hold; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** The host's own clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(task, afterMs) {
    const timer = setTimeout(task, Math.min(afterMs, MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}
