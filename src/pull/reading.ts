import type { Clock } from '../base/clock.js'
import { type AccountReader, createAccountReader } from '../rpc/accountReader.js'
import { type CheckedLimits, createBudget } from '../rpc/budget.js'
import { createEndpointPool, type EndpointPool, type EndpointPoolOptions } from '../rpc/endpointPool.js'
import { recordOf } from '../token/record.js'

/** The reading side put together: every node, one budget, one reader. */
export interface Reading {
  readonly pool: EndpointPool
  readonly reader: AccountReader
  /** Decodes what the reader gives. */
  readonly recordOf: typeof recordOf
}

/** What the reading side is made of. */
export interface ReadingOptions extends Pick<EndpointPoolOptions, 'endpoints' | 'fetch' | 'onRefused' | 'deadlineMs'> {
  readonly clock: Clock
  readonly budget: CheckedLimits
}

/** Puts it together; nothing is sent before something is asked for. */
export function createReading({ budget, ...options }: ReadingOptions): Reading {
  const { clock } = options
  const pool = createEndpointPool({ ...options, budget: createBudget({ ...budget, clock }) })
  return { pool, reader: createAccountReader({ rpc: pool, clock }), recordOf }
}
