import type { Freshness } from 'lamplight/core'

/** How far what is shown can be trusted, in words. */
export const freshnessWords: Readonly<Record<Freshness, string>> = {
  live: 'Live',
  polling: 'Refreshed every few seconds',
  stale: 'May be out of date',
  offline: 'Offline',
}
