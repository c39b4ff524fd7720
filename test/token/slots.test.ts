import { describe, expect, it } from 'vitest'
import { createChainHead, MAX_LAG_SLOTS } from '../../src/token/slots.js'

/** A head at slot 1,000 by the word of one node, with a clock that is moved by hand. */
function headAt1000() {
  const time = { ms: 0 }
  const head = createChainHead(() => time.ms)
  expect(head.accepts(1000, 'node', true)).toBe(true)
  return { head, time }
}
const FAR = 1000 + MAX_LAG_SLOTS + 1

describe('a slot that is far ahead of all others', () => {
  it('is refused from one account, however often it says so', () => {
    const { head } = headAt1000()
    expect([head.accepts(FAR, 'a'), head.accepts(FAR, 'a')]).toEqual([false, false])
    expect(head.canBeAt(FAR)).toBe(false)
  })

  it('is accepted once a second account agrees, and from then on what either holds is possible', () => {
    const { head } = headAt1000()
    expect([head.accepts(FAR, 'a'), head.accepts(FAR + 1, 'b')]).toEqual([false, true])
    expect([head.canBeAt(FAR, 'a'), head.canBeAt(FAR + 1, 'b')]).toEqual([true, true])
  })

  it('is accepted from a node that repeats it', () => {
    const { head } = headAt1000()
    expect([head.accepts(FAR, 'node', true), head.accepts(FAR, 'node', true)]).toEqual([false, true])
  })

  it('is not supported by two accounts that are as far from each other', () => {
    const { head } = headAt1000()
    expect([head.accepts(FAR, 'a'), head.accepts(FAR * 10, 'b')]).toEqual([false, false])
  })

  it('is in reach once enough time has passed', () => {
    const { head, time } = headAt1000()
    time.ms = 100
    expect(head.accepts(FAR, 'a')).toBe(true)
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('is refused when it is no slot at all: %s', (slot) => {
    expect(createChainHead(() => 0).accepts(slot, 'node', true)).toBe(false)
  })
})

it('takes any slot of an account while no node has spoken, and measures nothing by it', () => {
  const head = createChainHead(() => 0)
  expect(head.accepts(1e12, 'a')).toBe(true)
  expect(head.accepts(1000, 'node', true)).toBe(true)
  expect(head.canBeAt(1e12)).toBe(false)
})
