import { type Clock, systemClock } from '../base/clock.js'
import { laterError } from '../base/laterErrors.js'

/** Small reads go before bulk ones: a person waits for them. */
export type Priority = 'small' | 'bulk'

/** How many requests may leave. */
export interface BudgetLimits {
  /** Requests per second in the long run; 0 turns the limit off. @default 10 */
  readonly requestsPerSecond?: number
  /** Requests that may leave at once after a quiet time. @default 20 */
  readonly burst?: number
  readonly clock?: Clock
}

/** Limits that were checked. */
export type CheckedLimits = Required<Omit<BudgetLimits, 'clock'>>

/** How one request waits. */
export interface TurnOptions {
  /** @default 'small' */
  readonly priority?: Priority | undefined
  /** How long it may wait for its turn, in milliseconds. @default 30_000 */
  readonly waitMs?: number
}

/** How full a budget is. */
export interface BudgetFill {
  /** Requests that may leave at once, now; `Infinity` without a limit. */
  readonly free: number
  /** The most that may leave at once. */
  readonly burst: number
  /** Requests that wait for their turn. */
  readonly waiting: number
  /** Until when a node has asked for a pause, in milliseconds since the epoch; `null` for none. */
  readonly pausedUntil: number | null
}

/** One bucket of turns, shared by everything that asks the same nodes. */
export interface Budget {
  readonly fill: BudgetFill
  /**
   * Runs the task when its turn comes, in the same instant: no pause can come between.
   * @throws LamplightError `rpc/dropped-request` when its turn does not come
   */
  run<T>(task: () => Promise<T>, options?: TurnOptions): Promise<T>
  /** Gives no turn before this time, in milliseconds since the epoch; a pause is never shortened. */
  pauseUntil(at: number): void
  /** Ends a pause now: a person, or a trial, is not kept waiting. */
  resume(): void
}

interface Waiter {
  readonly endsAt: number
  readonly start: () => void
  readonly drop: (why: string) => void
}

/** Requests that may wait; beyond it the oldest bulk one is dropped, with a rejection. */
const MAX_WAITING = 256
/** Requests per second that no page will ever make. */
const OFF = 1e9

/** Makes a budget: a token bucket with two queues, small reads before bulk. */
export function createBudget(limits: BudgetLimits = {}): Budget {
  const { clock = systemClock, requestsPerSecond = 10 } = limits
  const rate = requestsPerSecond || OFF
  const burst = rate === OFF ? OFF : (limits.burst ?? 20)
  const small: Waiter[] = []
  const bulk: Waiter[] = []
  let tokens = burst
  let countedAt = clock.now()
  let pausedUntil = -Infinity
  let cancel = () => {}

  const waiting = () => small.length + bulk.length
  // A clock that was set back gives nothing for that time, and takes nothing.
  const filled = (now: number) => Math.min(burst, tokens + (Math.max(0, now - countedAt) * rate) / 1000)
  function pump() {
    cancel()
    const now = clock.now()
    const opensAt = Math.max(now, pausedUntil)
    // A pause only grows: who cannot wait for its end need not wait at all.
    for (const queue of [small, bulk])
      for (const late of queue.filter(({ endsAt }) => endsAt <= opensAt)) {
        queue.splice(queue.indexOf(late), 1)
        late.drop('no turn before its deadline')
      }
    if (now >= pausedUntil) {
      tokens = filled(now)
      countedAt = now
      for (; tokens >= 1 && waiting(); tokens--) (small.shift() ?? bulk.shift())?.start()
    }
    if (waiting())
      cancel = clock.schedule(pump, Math.ceil(opensAt - now + Math.max(0, (1 - tokens) * 1000) / rate) || 1)
  }

  return {
    get fill() {
      const now = clock.now()
      const isPaused = now < pausedUntil
      const unlimited = (count: number) => (rate === OFF ? Infinity : count)
      return {
        free: isPaused ? 0 : unlimited(Math.floor(filled(now))),
        burst: unlimited(burst),
        waiting: waiting(),
        pausedUntil: isPaused ? pausedUntil : null,
      }
    },
    run: (task, { priority, waitMs = 30_000 } = {}) =>
      new Promise((resolve, reject) => {
        const drop = (why: string) => reject(laterError('rpc/dropped-request', { why }))
        if (waiting() >= MAX_WAITING) (bulk.shift() ?? small.shift())?.drop('too many wait')
        const endsAt = clock.now() + waitMs
        ;(priority === 'bulk' ? bulk : small).push({ endsAt, start: () => resolve(task()), drop })
        pump()
      }),
    pauseUntil(at) {
      if (at <= pausedUntil) return
      pausedUntil = countedAt = at
      // One request finds out whether the node is well again; the others follow at the steady rate.
      tokens = 1
      pump()
    },
    resume() {
      if (clock.now() >= pausedUntil) return
      pausedUntil = countedAt = clock.now()
      pump()
    },
  }
}
