import { LamplightError } from '../base/errors.js'
import type { Reading, ReadingOptions } from './reading.js'

/** The reading side as the rest sees it: its code is loaded with the first thing that is asked for. */
export interface LazyReading {
  /** `undefined` until its code is there. */
  readonly now: Reading | undefined
  /** @throws LamplightError `client/not-loaded`; the next call tries again */
  load(): Promise<Reading>
}

/** Makes the promise of a reading side. */
export function createLazyReading(options: ReadingOptions): LazyReading {
  let now: Reading | undefined
  let loading: Promise<Reading> | undefined
  async function start() {
    try {
      const { createReading } = await import('./reading.js')
      now = createReading(options)
      return now
    } catch (cause) {
      loading = undefined
      throw new LamplightError('client/not-loaded', { part: 'the requests' }, { cause })
    }
  }
  return {
    get now() {
      return now
    },
    load: () => (loading ??= start()),
  }
}
