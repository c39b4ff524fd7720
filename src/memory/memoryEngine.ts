import { LamplightError } from '../base/errors.js'
import type { Engine } from '../ledger/engine.js'

/** Makes the engine that runs in JavaScript alone. */
export function createMemoryEngine(): Engine {
  throw new LamplightError('input/invalid-value', { argument: 'engine', input: '"memory"', expected: '"svm"' })
}
