import { focusManager, type Query, type QueryClient } from '@tanstack/query-core'
import type { Clock } from '../base/clock.js'
import type { LamplightError } from '../base/errors.js'
import { accountOfKey, balanceKeys } from '../cache/queries.js'
import type { Wish } from '../token/account.js'
import type { Address } from '../token/address.js'
import { isRecord } from '../token/balance.js'

/** How much attention a wallet gets when its hooks leave the interval to `auto`: each 2 s, 5 s or 15 s. */
export type Activity = 'active' | 'normal' | 'background'

/** What polling is run by. */
export interface PollingParts {
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly clock: Clock
  readonly isLive: (wish: Wish) => boolean
  /** Whether a value that was confirmed at this time is still current as far as polling goes. */
  readonly isPolled: (verifiedAt: number) => boolean
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
  /** Polls what is shown and was not confirmed since, once and now: the stream has just stopped vouching for it. */
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
  const { queryClient, cluster, clock, isLive, tell } = parts
  const activities = new Map<Address, Activity>()
  let failures = 0
  let failedAtMs = -SAME_MS
  let isStopped = false
  let cancelTrial = () => {}

  function isPolled(query: Query): boolean {
    const wish = accountOfKey(query.queryKey, cluster)
    if (wish && isLive(wish)) return false
    // An observer with an interval: its hook did not turn polling off.
    return query.observers.some(({ options }) => 'refetchInterval' in options && options.refetchInterval !== false)
  }
  const isConfirmed = ({ state: { data } }: Query) => isRecord(data) && parts.isPolled(data.verifiedAt)
  function refetch(only: (query: Query) => boolean) {
    if (!focusManager.isFocused()) return
    void queryClient.refetchQueries(
      { queryKey: balanceKeys.cluster(cluster), type: 'active', predicate: only },
      { cancelRefetch: false },
    )
  }
  function trial() {
    cancelTrial()
    if (!isStopped) return
    let found: Query | undefined
    refetch((query) => {
      if (!found && isPolled(query)) found = query
      return query === found
    })
    cancelTrial = clock.schedule(trial, TRIAL_MS)
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
      refetch(isPolled)
    },
    failed(error) {
      if (clock.now() - failedAtMs >= SAME_MS) failures++
      failedAtMs = clock.now()
      if (isStopped || failures < MAX_FAILURES) return
      isStopped = true
      tell(false, error)
      cancelTrial = clock.schedule(trial, TRIAL_MS)
    },
    now: () => refetch((query) => isPolled(query) && !isConfirmed(query)),
    resume: trial,
  }
}

/** How much longer a tab waits by its role: one that follows leaves the polls to the tab that leads, each for another while. */
export function standBackOf(role: () => string | undefined, random: () => number): () => number {
  const factor = 1.25 + random() / 2
  return () => (role() === 'follower' ? factor : 1)
}
