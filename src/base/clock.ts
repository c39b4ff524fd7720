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

/** Patience is spent in this many steps: a page that was busy with itself has used up one of them, and not all. */
export const PATIENCE_STEPS = 3

/** How long to wait between attempts. */
export interface BackoffOptions {
  /** Milliseconds the growth starts from. @default 500 */
  readonly baseMs?: number
  /** Milliseconds the growth ends at. @default 30_000 */
  readonly capMs?: number
}

/**
 * The delay before attempt `attempt` (0 is the first), in milliseconds: exponential, with the jitter applied after the
 * cap, so that a thousand clients of one restarted node never come back in step.
 */
export function backoffMs(
  attempt: number,
  { baseMs = 500, capMs = 30_000 }: BackoffOptions = {},
  random: () => number = Math.random,
): number {
  if (attempt === 0) return Math.floor(Math.min(100 + random() * 900, Math.max(capMs, 250)))
  const span = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30))
  return Math.floor(Math.max(250, Math.min(capMs, baseMs + random() * span)))
}
