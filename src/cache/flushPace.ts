import type { Clock } from '../base/clock.js'

/** How many updates a page gets: as few as are useful, as many as it bears, or one for each frame. */
export type Bandwidth = 'low' | 'normal' | 'high'

/** When what was pushed is written into the cache. */
export interface FlushThrottle {
  /** Time between two flushes now, in milliseconds; the first is about one frame. */
  readonly intervalMs: number
  /** Runs the flush when it is time; the returned function cancels it. */
  schedule(flush: () => void): () => void
  /** A flush begins: how long it keeps the page busy decides about the next. */
  flushing(): void
}

/** A frame, and then ever longer: what a person still takes for live. */
const STEPS_MS = [16, 50, 100, 250] as const
/** At most this part of a page's time goes into flushes. */
const SHARE = 3
/** Where no frame comes; a hidden page draws nothing and gets a second. */
const FRAMELESS_MS = 50
const HIDDEN_MS = 1000

/**
 * Makes the pace. A flush that costs more than a third of its interval makes the next one longer; one that would have fitted
 * the shorter interval brings that back. `low` is always the longest, `high` always each frame.
 */
export function createFlushThrottle(clock: Clock, bandwidth: Bandwidth): FlushThrottle {
  const last = STEPS_MS.length - 1
  let step = bandwidth === 'low' ? last : 0
  const msOf = (index: number) => STEPS_MS[index] as number

  function judge(costMs: number) {
    if (costMs * SHARE > msOf(step)) step = Math.min(step + 1, last)
    else if (step > 0 && costMs * SHARE <= msOf(step - 1)) step--
  }
  return {
    get intervalMs() {
      return msOf(step)
    },
    schedule: (flush) => (step > 0 && !isHidden() ? clock.schedule(flush, msOf(step)) : nextFrame(clock, flush)),
    flushing() {
      if (bandwidth !== 'normal') return
      const startMs = clock.now()
      // A turn later everybody has been told, and has drawn: their time counts.
      clock.schedule(() => judge(clock.now() - startMs), 0)
    },
  }
}

const isHidden = () => typeof document !== 'undefined' && document.hidden

/** The next animation frame or 50 ms, whichever is first. */
function nextFrame(clock: Clock, task: () => void): () => void {
  const stopTimer = clock.schedule(task, isHidden() ? HIDDEN_MS : FRAMELESS_MS)
  if (isHidden() || typeof requestAnimationFrame !== 'function') return stopTimer
  const frame = requestAnimationFrame(task)
  return () => {
    stopTimer()
    cancelAnimationFrame(frame)
  }
}
