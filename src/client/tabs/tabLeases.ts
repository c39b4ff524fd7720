import type { Clock } from '../../base/clock.js'
import type { Wish } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { Wishes } from './tabChannel.js'

/** What the other tabs want, for as long as they keep saying so. */
export interface Leases {
  /** Notes a tab's list; true when it names an account that the tab had not named before. */
  renew(list: Wishes): boolean
  /** Forgets a tab; without one, those that were silent for too long. True when that changed anything. */
  drop(tab?: string): boolean
  clear(): void
  /** Some tab that wants something may be looked at. */
  readonly hasVisible: boolean
  /** Every account wanted by some tab, by key. */
  wanted(): Map<string, Wish>
  /** Whether some tab wants this account, by key. */
  isWanted(key: string): boolean
  /** Of each tab, the count of its newest list. */
  heard(): Record<string, number>
}

/** How long a tab's wishes hold unless it says them again, in milliseconds. */
export const LEASE_MS = 30_000

/** Makes the list, empty. */
export function createLeases(clock: Clock): Leases {
  const leases = new Map<
    string,
    { readonly count: number; readonly wishes: Map<string, Wish>; readonly isVisible: boolean; readonly until: number }
  >()
  return {
    renew({ from, count, wishes, isVisible }) {
      const before = leases.get(from)
      const named = new Map(wishes.map((wish) => [keyOf(wish), wish]))
      leases.set(from, { count, wishes: named, isVisible, until: clock.now() + LEASE_MS })
      return [...named.keys()].some((key) => !before?.wishes.has(key))
    },
    drop(tab) {
      const gone = tab === undefined ? [...leases].filter(([, { until }]) => until <= clock.now()) : [[tab] as const]
      return gone.map(([name]) => leases.delete(name)).includes(true)
    },
    get hasVisible() {
      return [...leases.values()].some(({ isVisible, wishes }) => isVisible && wishes.size > 0)
    },
    clear: () => leases.clear(),
    wanted: () => new Map([...leases.values()].flatMap(({ wishes }) => [...wishes])),
    isWanted: (key) => [...leases.values()].some(({ wishes }) => wishes.has(key)),
    heard: () => Object.fromEntries([...leases].map(([tab, { count }]) => [tab, count])),
  }
}
