import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountWithName, cleanName, cleanSymbol, isolated } from '../../src/base/cleanName.js'

describe('a name that a stranger chose', () => {
  it.each([
    ['USDC', 'USDC'],
    ['Candle wick', 'Candle wick'],
    ['Лампа 💡', 'Лампа 💡'],
    ['灯籠', '灯籠'],
    ['مصباح', 'مصباح'],
    ['दीपक', 'दीपक'],
    ['🐸', '🐸'],
    ['$WIF', '$WIF'],
    ['  a \t\n b\u00a0\u3000c ', 'a b c'],
    ['US\u200bDC', 'USDC'],
    ['\ufeffUSDC\0\0\0', 'USDC'],
    ['US\u00adDC\u2060', 'USDC'],
    ['\u202eCDSU\u202c', 'CDSU'],
    ['\u2066a\u2069\u200fb\u061c', 'ab'],
    ['a\u0007b\u001b[31m', 'ab[31m'],
    ['\u3164\u115f\uffa0', ''],
    ['\u2800\u2800', ''],
    ['\u200b\u200d', ''],
    ['\ud800x', 'x'],
    ['\ue000x', 'x'],
    ['\u{e0041}x', 'x'],
    ['\u0336\u0336USDC', 'USDC'],
    ['a\u0301\u0302\u0303\u0304\u0305', 'á\u0302\u0303'],
    ['...', ''],
    ['   ', ''],
    ['', ''],
  ])('reads %j as %j', (given, shown) => {
    expect(cleanName(given)).toBe(shown)
  })

  it.each([undefined, null, 7, {}, ['USDC']])('is none where it is no text: %j', (given) => {
    expect(cleanName(given)).toBe('')
    expect(cleanSymbol(given)).toBe('')
  })

  it('is cut by what a person counts as characters', () => {
    expect(cleanName('x'.repeat(2000))).toBe(`${'x'.repeat(48)}…`)
    expect(cleanSymbol('LONG'.repeat(500))).toBe(`${'LONG'.repeat(4)}…`)
    // A flag is two code points, and half of one is another thing.
    expect(cleanSymbol('🇯🇵'.repeat(20))).toBe(`${'🇯🇵'.repeat(16)}…`)
  })

  it('is cleaned in no time, whatever it is', () => {
    const started = performance.now()
    for (const part of ['a\u0301', '1,', '\u202e', ' ', '🇯', 'x\0']) cleanSymbol(part.repeat(1_000_000))
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('is the same when it is cleaned again, and never holds what cannot be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const clean = cleanName(text)
        expect(cleanName(clean)).toBe(clean)
        expect(clean).not.toMatch(/[\p{C}\p{Default_Ignorable_Code_Point}]/u)
        expect(clean).toBe(clean.trim())
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a name beside an amount', () => {
  it.each([
    '1,000',
    '1',
    '404',
    '1.5',
    '٥٠',
    '１０',
    '$5',
    '+1',
    '-1',
    '10K',
    '1e9',
    '1,000 USDC',
    'USDC 1,000',
    '½',
    '#1',
  ])('is none when it reads like a number: %s', (symbol) => {
    expect(cleanSymbol(symbol)).toBe('')
    expect(amountWithName('5', symbol)).toBe('5')
  })

  it.each(['2Z', '1INCH', 'W3', 'v2', 'H2O', '1000BONK'])('may hold digits: %s', (symbol) => {
    expect(amountWithName('5', symbol)).toBe(`5 ${symbol}`)
  })

  it('keeps its direction to itself, and plain letters as they are', () => {
    expect(isolated('USDC')).toBe('USDC')
    expect(amountWithName('5', 'مصباح')).toBe('5 \u2068مصباح\u2069')
    expect(amountWithName('5', undefined)).toBe('5')
  })
})
