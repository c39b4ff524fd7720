import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountOfUiText, type Shown, uiAmountOf, uiTextOf } from '../../../src/token/amount.js'
import { exp, unitsOf } from '../../../src/token/extensions/uiAmount.js'

const scaled = (multiplier: number, decimals: number, nextAt = 0): Shown => ({
  decimals,
  display: { kind: 'scaled', multiplier, nextMultiplier: multiplier * 2, nextAt },
})
const YEAR = 31_556_736
const interest = (rate: number, decimals: number): Shown => ({
  decimals,
  display: { kind: 'interest-bearing', initializedAt: 0, averageRate: rate, updatedAt: YEAR, rate },
})

describe('the text of an amount', () => {
  // The examples of the program's own tests.
  it.each([
    [10n ** 18n, 18, 500, '1.051271096376024117'],
    [10n ** 18n, 28, 500, '0.0000000001051271096376024175'],
    [10n ** 10n, 10, 500, '1.0512710964'],
    [10n ** 18n, 18, -500, '0.951229424500713905'],
  ])('%s with %s decimals and interest of %s is %s after a year', (amount, decimals, rate, text) => {
    expect(uiTextOf(amount, interest(rate, decimals), YEAR)).toBe(text)
  })

  it('goes on where a float has no digits left, and says so where it has no number left', () => {
    expect(uiTextOf(2n ** 64n - 1n, interest(500, 0), YEAR * 2)).toBe('20386805083448098816')
    expect(uiTextOf(2n ** 64n - 1n, interest(500, 0), YEAR * 10_000)).toMatch(/^258917064265813826\d{219}$/)
    expect(uiTextOf(2n, scaled(Number.MAX_VALUE, 0, Infinity), 0)).toBe('inf')
    expect(uiTextOf(0n, interest(32_767, 0), YEAR * 300)).toBe('NaN')
    expect(uiAmountOf(2n, scaled(Number.MAX_VALUE, 0, Infinity), 0)).toBe(BigInt(Number.MAX_VALUE))
  })

  it('never shows more than a multiplier gives', () => {
    expect(uiTextOf(101n, scaled(0.99, 2, Infinity), 0)).toBe('0.99')
    expect(uiAmountOf(101n, scaled(0.99, 2, Infinity), 0)).toBe(99n)
  })

  it('changes in the second that a multiplier was scheduled for', () => {
    const shown = scaled(3, 1, 1000)
    expect([999, 999.9, 1000].map((at) => uiTextOf(10n, shown, at))).toEqual(['3', '3', '6'])
  })

  it('is the exact one for a mint that shows amounts as they are', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 0, max: 30 }), (amount, decimals) => {
        const plain = { decimals, display: null }
        const text = uiTextOf(amount, plain, 0)
        expect(amountOfUiText(text, plain, 0)).toEqual({ ok: true, amount })
      }),
    )
  })
})

describe('the amount behind a text', () => {
  it('is the nearest one with interest, and the fewest units with a multiplier', () => {
    expect(amountOfUiText('1.0512710963760241', interest(500, 0), YEAR)).toEqual({ ok: true, amount: 1n })
    expect(amountOfUiText('0.99', scaled(0.99, 2, Infinity), 0)).toEqual({ ok: true, amount: 100n })
  })

  it('is not read, and no amount shown, at no time', () => {
    for (const run of [
      () => amountOfUiText('1', scaled(2, 2, Infinity), Number.NaN),
      () => uiAmountOf(1n, scaled(2, 2, Infinity), 'soon' as never),
      () => uiTextOf(1n, scaled(2, 2, Infinity), Number.NaN),
    ])
      expect(run).toThrow(/^atSeconds: (NaN|soon) is not allowed/)
    expect(uiTextOf(150n, { decimals: 2, display: null }, Number.NaN)).toBe('1.5')
  })

  it('is read as people of a locale write it', () => {
    expect(amountOfUiText('1.234,5', scaled(2, 2, Infinity), 0, { locale: 'de' })).toEqual({
      ok: true,
      amount: 61_725n,
    })
  })

  it.each([
    ['', 'empty'],
    ['1e5', 'format'],
    ['inf', 'format'],
    ['-1', 'format'],
    ['99999999999999999999999', 'overflow'],
  ])('is refused for %j: %s', (text, reason) => {
    expect(amountOfUiText(text, scaled(2, 2, Infinity), 0)).toEqual({ ok: false, reason })
  })
})

describe('the arithmetic', () => {
  it('has the exponential function of the C library that engines took theirs from', () => {
    const x = fc.oneof(
      fc.double({ min: -700, max: 709, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.double({ min: -1e-8, max: 1e-8, noNaN: true }),
    )
    // One bit apart at most: an engine may do better than the library.
    fc.assert(
      fc.property(x, (value) => {
        const [ours, engines] = [exp(value), Math.exp(value)]
        expect(Math.abs(ours - engines)).toBeLessThanOrEqual(engines * Number.EPSILON)
      }),
      { numRuns: 5000 },
    )
    expect([exp(0), exp(1000), exp(-1000)]).toEqual([1, Infinity, 0])
  })

  it('writes a float exactly, and a half to the even side', () => {
    expect([0.5, 1.5, 2.5, 2.500001, 0.1].map((value) => unitsOf(value, 0))).toEqual([0n, 2n, 2n, 3n, 0n])
    expect(unitsOf(0.1, 55)).toBe(1000000000000000055511151231257827021181583404541015625n)
    expect(unitsOf(5e-324, 10)).toBe(0n)
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), fc.integer({ min: 0, max: 20 }), (value, decimals) => {
        const [whole = '', fraction = ''] = value.toFixed(decimals).split('.')
        const written = BigInt(whole + fraction)
        // toFixed takes halves up.
        expect([written, written - 1n]).toContain(unitsOf(value, decimals))
        if ((value * 10 ** decimals * 2) % 1 !== 0) expect(unitsOf(value, decimals)).toBe(written)
      }),
    )
  })
})
