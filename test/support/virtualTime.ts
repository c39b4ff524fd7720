import type { Clock } from '../../src/base/clock.js'

/** A clock that only moves when it is told to. */
export interface VirtualClock extends Clock {
  /** Runs everything due within the next `ms` milliseconds, in order, letting promises settle in between. */
  advance(ms: number): Promise<void>
  /** Moves the time without running anything, as a sleeping machine does; due timers fire late, at the next advance. */
  sleep(ms: number): void
  /** Sets the device's date forwards or back, by this many milliseconds; time does not pass. */
  setDate(byMs: number): void
  readonly timers: number
}

/** What the date is at the clock's 0: far enough from it that neither can be taken for the other. */
const EPOCH_MS = Date.UTC(2026, 10, 1)

/** Makes a clock at an arbitrary time. */
export function createVirtualClock(): VirtualClock {
  let now = 1_000_000
  let dateMs = EPOCH_MS
  let order = 0
  let tasks: { readonly at: number; readonly order: number; readonly run: () => void }[] = []
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve()
  }
  return {
    now: () => now,
    wallMs: () => dateMs + now,
    schedule(run, afterMs) {
      const task = { at: now + afterMs, order: order++, run }
      tasks.push(task)
      return () => {
        tasks = tasks.filter((each) => each !== task)
      }
    },
    async advance(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const [next] = tasks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)
        if (!next) break
        tasks = tasks.filter((each) => each !== next)
        now = Math.max(now, next.at)
        next.run()
        await settle()
      }
      now = Math.max(now, end)
    },
    sleep(ms) {
      now += ms
    },
    setDate(byMs) {
      dateMs += byMs
    },
    get timers() {
      return tasks.length
    },
  }
}
