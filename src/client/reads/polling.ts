import type { Address } from '../../base/address.js'
import type { Clock } from '../../base/clock.js'
import type { LamplightError } from '../../base/errors.js'
import type { Repolled } from './repoll.js'

/** How much attention a wallet gets when its hooks leave the interval to `auto`: each 2 s, 5 s or 15 s. */
export type Activity = 'active' | 'normal' | 'background'

/** What polling is run by. */
export interface PollingParts {
  readonly clock: Clock
  /** Polls now; its code is there once something was read, and before that there is nothing to poll. */
  readonly repoll: (which: Repolled) => void
  /** Ends the pauses that nodes asked for: the request that finds out how they are is not kept waiting. */
  readonly letThrough: () => void
  /** How much longer than asked for this tab waits: one that hears of another's polls leaves them to that. */
  readonly standBack: () => number
  /** Told when polling gives up after five failures in a row, and when it goes on. */
  readonly tell: (running: boolean, error: LamplightError | null) => void
}

/** The pace of React Query's polling: backs off while reads fail, gives up, and goes on by itself. */
export interface Polling {
  /** How long until the next poll, in milliseconds; `Infinity` for none. An owner stands for `auto`. */
  delayMs(intervalMs: number, owner?: Address): number
  setActivity(owner: Address, activity: Activity): void
  succeeded(): void
  failed(error: LamplightError): void
  /** Polls what is shown and was not confirmed since, once and now: it has just stopped being live. */
  now(): void
  /** Finds out whether giving up is still right. */
  resume(): void
}

const MAX_FAILURES = 5
/** Failures this close together are one request's. */
const SAME_MS = 100
const TRIAL_MS = 30_000
const ACTIVITY_MS = { active: 2000, normal: 5000, background: 15_000 } as const

/** Makes the pace, at first as asked for. */
export function createPolling(parts: PollingParts): Polling {
  const { clock, repoll, tell } = parts
  const activities = new Map<Address, Activity>()
  let failures = 0
  let failedAtMs = -SAME_MS
  let isStopped = false
  let cancelTrial = () => {}

  function trial() {
    cancelTrial()
    if (!isStopped) return
    repoll('one')
    cancelTrial = clock.schedule(timedTrial, TRIAL_MS)
  }
  function timedTrial() {
    parts.letThrough()
    trial()
  }

  return {
    delayMs(intervalMs, owner) {
      const ms = owner ? ACTIVITY_MS[activities.get(owner) ?? 'normal'] : intervalMs
      return isStopped ? Infinity : ms * parts.standBack() * 2 ** Math.min(failures, MAX_FAILURES - 2)
    },
    setActivity: (owner, activity) => void activities.set(owner, activity),
    succeeded() {
      failures = 0
      if (!isStopped) return
      isStopped = false
      cancelTrial()
      tell(true, null)
      repoll('all')
    },
    failed(error) {
      if (clock.now() - failedAtMs >= SAME_MS) failures++
      failedAtMs = clock.now()
      if (isStopped || failures < MAX_FAILURES) return
      isStopped = true
      tell(false, error)
      cancelTrial = clock.schedule(timedTrial, TRIAL_MS)
    },
    now: () => repoll('unconfirmed'),
    resume: trial,
  }
}

/** How much longer a tab waits: `least`, and by its role, as one that follows leaves the polls to the tab that leads, each for another while. */
export function standBackOf(role: () => string | undefined, random: () => number, least: number): () => number {
  let factor: number | undefined
  const others = () => (factor ??= 1.25 + random() / 2)
  return () => least * (role() === 'follower' ? others() : 1)
}
