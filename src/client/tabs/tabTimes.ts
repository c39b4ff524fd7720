import type { Clock, Instant } from '../../base/clock.js'
import { instantOf } from '../../base/clock.js'

/** What other tabs' times are on this tab's clocks. */
export interface TabTimes {
  /** When a message was said that has just come: before now, by as much as it was late. */
  saidAt(from: string, at: Instant): Instant
  /** A time on another tab's steady clock, in milliseconds, on this one's. */
  ownMs(from: string, ms: number): number
}

/** Tabs come and go; the ones heard of last are remembered. */
const MAX_TABS = 100

/**
 * Makes the translation. Each tab's steady clock starts at a moment of its own: what lies between two of them is the least
 * that any message took, so a message which waited while the page was frozen shows its age. Through a sleep of the machine
 * all of them stand still, and only the date, which all tabs share, tells that it was long.
 */
export function createTabTimes(clock: Clock): TabTimes {
  const least = new Map<string, number>()
  return {
    saidAt(from, at) {
      const now = instantOf(clock)
      const tookMs = now.ms - at.ms
      const offsetMs = Math.min(least.get(from) ?? Infinity, tookMs)
      least.delete(from)
      least.set(from, offsetMs)
      if (least.size > MAX_TABS) least.delete(least.keys().next().value as string)
      const lateMs = Math.max(0, tookMs - offsetMs, now.wallMs - at.wallMs)
      return { ms: now.ms - lateMs, wallMs: now.wallMs - lateMs }
    },
    ownMs: (from, ms) => ms + (least.get(from) ?? 0),
  }
}
