import { createLazy, type Lazy } from '../../base/emitter.js'
import type { Reading, ReadingOptions } from './reading.js'

/** The reading side as the rest sees it: its code is loaded with the first thing that is asked for. */
export type LazyReading = Lazy<Reading>

/** Makes the promise of a reading side. */
export const createLazyReading = (options: ReadingOptions): LazyReading =>
  createLazy('the requests', async () => (await import('./reading.js')).createReading(options))
