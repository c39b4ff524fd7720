import { describe, expect, it } from 'vitest'
import { withFreshness } from '../../src/balances/balanceResult.js'

describe('a result with its freshness', () => {
  it('reads like the result, and is spread like it', () => {
    const result = {
      data: 1,
      get error() {
        return null
      },
    }
    const fresh = withFreshness(result, 'live')
    expect([fresh.data, fresh.error, fresh.freshness]).toEqual([1, null, 'live'])
    expect({ ...fresh }).toEqual({ data: 1, error: null, freshness: 'live' })
    const { freshness, ...rest } = fresh
    expect([freshness, rest]).toEqual(['live', { data: 1, error: null }])
  })

  it('takes the freshness that was given last', () => {
    const fresh = withFreshness(withFreshness({ data: 1 }, 'live'), 'stale')
    expect({ ...fresh }).toEqual({ data: 1, freshness: 'stale' })
    expect(Object.keys(fresh)).toEqual(['data', 'freshness'])
  })

  it('reads no field but the ones that are asked for', () => {
    const read: string[] = []
    const tracked = {
      get data() {
        read.push('data')
        return 1
      },
      get error() {
        read.push('error')
        return null
      },
    }
    expect(withFreshness(withFreshness(tracked, 'live'), 'stale').data).toBe(1)
    expect(read).toEqual(['data'])
  })
})
