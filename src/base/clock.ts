/**
 * Time as the library sees it: injected everywhere, so that a test can be its master. Durations and deadlines go by `now`;
 * the device's date, which people and programs set forwards and back, only by what a person or another machine reads.
 */
export interface Clock {
  /** Milliseconds since some moment, on a clock that nobody sets: two readings tell what lies between them, one by itself nothing. */
  now(): number
  /** The device's date, in milliseconds since the epoch. */
  wallMs(): number
  /** Runs `task` once after `afterMs` milliseconds; the returned function cancels it. */
  schedule(task: () => void, afterMs: number): () => void
}

/** What a browser timer can hold; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** The host's own clocks and timers. */
export const systemClock: Clock = {
  now: steadyTime(),
  wallMs: () => Date.now(),
  schedule(task, afterMs) {
    const timer = setTimeout(task, Math.min(afterMs, MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}

/** A host without `performance` has its date alone: what that is set back by counts as no time. */
function steadyTime(): () => number {
  let lastMs = -Infinity
  let lostMs = 0
  return () => {
    const { performance } = globalThis as { readonly performance?: { now(): number } }
    if (performance) return performance.now()
    const wallMs = Date.now()
    lostMs += Math.max(0, lastMs - wallMs)
    lastMs = wallMs
    return wallMs + lostMs
  }
}

/** A moment by both clocks: what was confirmed then. */
export interface Instant {
  /** By `Clock.now`. */
  readonly ms: number
  /** By `Clock.wallMs`. */
  readonly wallMs: number
}

/** This moment. */
export const instantOf = (clock: Clock): Instant => ({ ms: clock.now(), wallMs: clock.wallMs() })

/**
 * How long ago a moment was at most, in milliseconds: by the clock that says longer. A date that was set back makes nothing
 * newer, and neither does a sleep of the machine, in which `performance.now()` stands still in some browsers.
 */
export const ageMsOf = (then: Instant, now: Instant): number => Math.max(0, now.ms - then.ms, now.wallMs - then.wallMs)

/** How often the clocks are compared, and by how much they then have to differ, in milliseconds. */
const COMPARE_MS = 1000
const DRIFT_MS = 2000

/**
 * Calls `drifted` when the date has moved on by that many milliseconds more than time did, until the returned function is
 * called. More: the machine slept, or its date was set forwards, and nothing tells which of the two. Less: it was set back.
 */
export function watchDrift(clock: Clock, drifted: (byMs: number) => void): () => void {
  let last = instantOf(clock)
  let cancel = () => {}
  function arm() {
    cancel = clock.schedule(compare, COMPARE_MS)
  }
  function compare() {
    const now = instantOf(clock)
    const byMs = now.wallMs - last.wallMs - (now.ms - last.ms)
    last = now
    arm()
    if (Math.abs(byMs) >= DRIFT_MS) drifted(byMs)
  }
  arm()
  return () => cancel()
}

/** The first-read delay passes in this many steps: a page that was busy has used up one of them, not all. */
export const FIRST_READ_STEPS = 3

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
