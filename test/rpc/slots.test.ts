import { describe, expect, it } from 'vitest'
import { createSlotBook } from '../../src/rpc/slots.js'
import { isSlot } from '../../src/token/slots.js'
import { createVirtualClock } from '../support/virtualTime.js'

const HEAD = 460_000_000
function setUp(count: number) {
  const clock = createVirtualClock()
  const book = createSlotBook(clock)
  const nodes = Array.from({ length: count }, () => book.add())
  const lags = () => nodes.map(({ lag }) => lag)
  const say = (...slots: readonly (number | undefined)[]) =>
    slots.forEach((slot, i) => void (slot !== undefined && nodes[i]?.saw(slot, 'confirmed')))
  return { clock, book, nodes, lags, say }
}

describe('slots as nodes tell of them', () => {
  it.each([-1, 1.5, 2 ** 53, Number.NaN, '5', null])('are whole numbers that a number holds, not %s', (value) => {
    expect(isSlot(value)).toBe(false)
    const { nodes } = setUp(1)
    nodes[0]?.saw(value as number, 'confirmed')
    expect(nodes[0]).toMatchObject({ slot: null, lag: null })
  })

  it.each([2 ** 53 - 1, 0, HEAD + 80_000_000, HEAD + 5000])('are not spoiled by one answer of slot %i', (absurd) => {
    for (const count of [1, 2, 3]) {
      const { lags, say, nodes } = setUp(count)
      say(HEAD, HEAD + 1, HEAD)
      say(absurd)
      expect(lags().every((lag) => lag !== null && lag <= 1)).toBe(true)
      say(HEAD + 2, HEAD + 2, HEAD + 2)
      expect(lags()).toEqual(nodes.map(() => 0))
      expect(nodes[0]?.slot).toBe(HEAD + 2)
    }
  })

  it.each([2, 3])('are not spoiled by a first answer that is absurd, among %i nodes', (count) => {
    const { lags, say, nodes } = setUp(count)
    say(2 ** 53 - 1)
    for (let i = 0; i < 3; i++) say(undefined, HEAD + i, HEAD + i)
    expect(
      lags()
        .slice(1)
        .every((lag) => lag === null || lag === 0),
    ).toBe(true)
    say(HEAD + 3, HEAD + 3, HEAD + 3)
    expect(lags()).toEqual(nodes.map(() => 0))
  })

  it('of a node that goes on telling of another chain are held against that node alone', () => {
    const { lags, say } = setUp(3)
    for (let i = 0; i < 10; i++) say(HEAD * 2 + i, HEAD + i, HEAD + i)
    expect(lags()).toEqual([HEAD, 0, 0])
    const lower = setUp(3)
    for (let i = 0; i < 10; i++) lower.say(1000 + i, HEAD + i, HEAD + i)
    expect(lower.lags()).toEqual([HEAD - 1000, 0, 0])
  })

  it('of two nodes that never come near each other are held against neither', () => {
    const { lags, say } = setUp(2)
    for (let i = 0; i < 10; i++) say(HEAD * 2 + i, HEAD + i)
    expect(lags()).toEqual([null, null])
  })

  it('tell that a node lags by twenty, or by two thousand', () => {
    const { lags, say } = setUp(2)
    say(HEAD, HEAD - 20)
    expect(lags()).toEqual([0, 20])
    say(HEAD + 1, HEAD - 2000)
    say(HEAD + 2, HEAD - 2000)
    expect(lags()).toEqual([0, 2002])
  })

  it.each([100, 214, 300, 400, 800])('measure that a slot takes %i ms', async (slotMs) => {
    const { clock, book, say } = setUp(2)
    for (let i = 0; i < 30; i++) {
      say(HEAD + i * 10, HEAD + i * 10 - 1)
      await clock.advance(slotMs * 10)
    }
    expect(book.slotMs).toBeGreaterThan(slotMs * 0.95)
    expect(book.slotMs).toBeLessThan(slotMs * 1.05)
  })

  it.each([200, 400])(
    'of a while ago say only what the chain cannot have made since, at %i ms a slot',
    async (slotMs) => {
      const { clock, say, lags } = setUp(2)
      for (let i = 0; i < 20; i++) {
        say(HEAD + i * 10, i < 10 ? HEAD + i * 10 : undefined)
        await clock.advance(slotMs * 10)
      }
      // Not asked for a hundred slots: it may well be where the other one is.
      expect(lags()).toEqual([0, 0])
    },
  )
})
