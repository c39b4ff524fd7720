import type { Clock } from '../../base/clock.js'
import type { SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { RequestsMessage } from './tabChannel.js'

/** What the other tabs want, for as long as they keep saying so. */
export interface Leases {
  /** Notes a tab's list; true when it names an account that the tab had not named before. */
  renew(list: RequestsMessage): boolean
  /** Forgets a tab; without one, those that were silent for too long. True when that changed anything. */
  drop(tab?: string): boolean
  clear(): void
  /** Some tab that wants something may be looked at. */
  readonly hasVisible: boolean
  /** Every account wanted by some tab, by key. */
  wanted(): Map<string, SubscriptionRequest>
  /** Whether some tab wants this account, by key. */
  isWanted(key: string): boolean
  /** Of each tab, the count of its newest list. */
  heard(): Record<string, number>
}

/** How long a tab's requests hold unless it repeats them, in milliseconds. */
export const LEASE_MS = 30_000

/** Makes the list, empty. */
export function createLeases(clock: Clock): Leases {
  const leases = new Map<
    string,
    {
      readonly count: number
      readonly requests: Map<string, SubscriptionRequest>
      readonly isVisible: boolean
      readonly until: number
    }
  >()
  return {
    renew({ from, count, requests, isVisible }) {
      const before = leases.get(from)
      const named = new Map(requests.map((request) => [keyOf(request), request]))
      leases.set(from, { count, requests: named, isVisible, until: clock.now() + LEASE_MS })
      return [...named.keys()].some((key) => !before?.requests.has(key))
    },
    drop(tab) {
      const gone = tab === undefined ? [...leases].filter(([, { until }]) => until <= clock.now()) : [[tab] as const]
      return gone.map(([name]) => leases.delete(name)).includes(true)
    },
    get hasVisible() {
      return [...leases.values()].some(({ isVisible, requests }) => isVisible && requests.size > 0)
    },
    clear: () => leases.clear(),
    wanted: () => new Map([...leases.values()].flatMap(({ requests }) => [...requests])),
    isWanted: (key) => [...leases.values()].some(({ requests }) => requests.has(key)),
    heard: () => Object.fromEntries([...leases].map(([tab, { count }]) => [tab, count])),
  }
}
