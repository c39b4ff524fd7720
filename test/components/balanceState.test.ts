import { balanceStateOf } from 'lamplight/components'
import { expect, it } from 'vitest'

const held = { exists: true, lagging: false }
const result = { data: held, isError: false, fetchStatus: 'idle', freshness: 'live', errorUpdateCount: 0 } as const

it.each([
  ['idle', { data: undefined }],
  ['loading', { data: undefined, fetchStatus: 'fetching' }],
  ['error', { data: undefined, isError: true }],
  ['error', { data: undefined, fetchStatus: 'fetching', errorUpdateCount: 1 }],
  ['live', {}],
  ['polling', { freshness: 'polling' }],
  ['stale', { freshness: 'stale' }],
  ['stale', { freshness: 'offline' }],
  ['stale', { isError: true }],
  ['stale', { freshness: 'polling', data: { exists: true, lagging: true } }],
  ['missing', { data: { exists: false, lagging: false } }],
  ['missing', { data: { kind: 'token', exists: false, lagging: false } }],
  ['live', { data: { kind: 'sol', exists: false, lagging: false } }],
  ['stale', { data: { kind: 'sol', exists: false, lagging: false }, freshness: 'stale' }],
  ['stale', { freshness: 'polling', data: { exists: false, lagging: true } }],
] as const)('a balance is drawn as %s where a hook gives %o', (state, given) => {
  expect(balanceStateOf({ ...result, ...given })).toBe(state)
})
