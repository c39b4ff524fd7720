import { describe, expect, it } from 'vitest'
import { withFreshness } from '../../../src/client/balances/balanceResult.js'

describe('a result with its freshness', () => {
  it('reads like the result, and is spread like it', () => {
    const result = {
      data: 1,
      get error() {
        return null
      },
    }
    const fresh = withFreshness(result, () => 'live')
    expect([fresh.data, fresh.error, fresh.freshness]).toEqual([1, null, 'live'])
    expect({ ...fresh }).toEqual({ data: 1, error: null, freshness: 'live' })
    const { freshness, ...rest } = fresh
    expect([freshness, rest]).toEqual(['live', { data: 1, error: null }])
  })

  it('asks for the freshness when it is read, and not before', () => {
    const asked: string[] = []
    const fresh = withFreshness({ data: 1 }, () => {
      asked.push('freshness')
      return 'live'
    })
    expect([fresh.data, Object.keys(fresh)]).toEqual([1, ['data', 'freshness']])
    const before = asked.length
    expect([fresh.freshness, asked.length]).toEqual(['live', before + 1])
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
    expect(withFreshness(tracked, () => 'stale').data).toBe(1)
    expect(read).toEqual(['data'])
  })
})
