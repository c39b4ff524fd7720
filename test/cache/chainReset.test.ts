import { describe, expect, it } from 'vitest'
import { createChainResetGuard } from '../../src/cache/chainReset.js'
import { createVirtualClock } from '../support/virtualTime.js'

function setUp() {
  const clock = createVirtualClock()
  let resets = 0
  const guard = createChainResetGuard(clock, () => resets++)
  return { clock, guard, resets: () => resets }
}

describe('a chain that starts over', () => {
  it('is noticed when it has named nothing but low slots for 10 s', async () => {
    const { clock, guard, resets } = setUp()
    guard.saw(10_000)
    for (let s = 0; s < 10; s++) {
      guard.saw(10 + s)
      await clock.advance(1000)
    }
    expect(resets()).toBe(0)
    guard.saw(30)
    expect(resets()).toBe(1)
    guard.saw(31)
    await clock.advance(60_000)
    guard.saw(200)
    expect(resets()).toBe(1)
  })

  it('is noticed by what was held of the old one as well, which says nothing for it', async () => {
    const { clock, guard, resets } = setUp()
    for (let s = 0; s < 10; s++) {
      guard.knows(10_000)
      guard.saw(10 + s)
      await clock.advance(1000)
    }
    expect(resets()).toBe(0)
    guard.knows(10_000)
    guard.saw(30)
    expect(resets()).toBe(1)
  })

  it('is not mistaken for a node that lags, or for one late answer', async () => {
    const { clock, guard, resets } = setUp()
    guard.saw(10_000)
    for (let s = 0; s < 60; s++) {
      guard.saw(s % 7 === 0 ? 3 : 9_000 + s)
      await clock.advance(1000)
    }
    expect(resets()).toBe(0)
  })

  it('is not told by one low slot now and one long ago', async () => {
    const { clock, guard, resets } = setUp()
    guard.saw(10_000)
    guard.saw(3)
    await clock.advance(3_600_000)
    guard.saw(4)
    expect(resets()).toBe(0)
    guard.saw(10_001)
    guard.saw(5)
    await clock.advance(3_600_000)
    guard.saw(6)
    expect(resets()).toBe(0)
  })

  it('is noticed by reads that are minutes apart, at the third', async () => {
    const { clock, guard, resets } = setUp()
    guard.saw(10_000)
    for (const [slot, count] of [
      [3, 0],
      [9, 0],
      [15, 1],
    ] as const) {
      guard.saw(slot)
      expect(resets()).toBe(count)
      await clock.advance(300_000)
    }
  })
})
