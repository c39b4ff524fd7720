import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LamplightError } from '../../src/base/errors.js'
import { formatAmount, parseAmount } from '../../src/token/amount.js'

const U64_MAX = 2n ** 64n - 1n
const locales = ['en', 'de', 'fr', 'ja', 'ar-EG', 'hi', 'de-CH', 'es', 'sv', 'fa', 'pt-PT', 'ne', 'zh-u-nu-hanidec']
const u64 = fc.oneof(fc.bigInt(0n, U64_MAX), fc.bigInt(0n, 10_000n), fc.constant(U64_MAX))
const decimals = fc.integer({ min: 0, max: 20 })
const locale = fc.constantFrom(undefined, ...locales)

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('formatAmount', () => {
  it('writes the plain number without grouping and without trailing zeros', () => {
    expect(formatAmount(1_234_500n, 3)).toBe('1234.5')
    expect(formatAmount(0n, 9)).toBe('0')
    expect(formatAmount(1n, 9)).toBe('0.000000001')
    expect(formatAmount(10n, 0)).toBe('10')
    expect(formatAmount(U64_MAX, 6)).toBe('18446744073709.551615')
    expect(formatAmount(-1_500n, 3)).toBe('-1.5')
    expect(formatAmount(1n, 255)).toBe(`0.${'0'.repeat(254)}1`)
  })

  it('is exact where a float is not', () => {
    expect(formatAmount(9_007_199_254_740_993n, 0)).toBe('9007199254740993')
    expect(formatAmount(9_007_199_254_740_993n, 3, { locale: 'en' })).toBe('9,007,199,254,740.993')
    expect(formatAmount(123_456_789_012_345_678_901_234_567_890n, 24, { locale: 'de' })).toBe(
      '123.456,78901234567890123456789',
    )
  })

  it('cuts towards zero unless asked to round', () => {
    expect(formatAmount(1_999n, 3, { maxFraction: 2 })).toBe('1.99')
    expect(formatAmount(-1_999n, 3, { maxFraction: 2 })).toBe('-1.99')
    expect(formatAmount(1_995n, 3, { maxFraction: 2, rounding: 'round' })).toBe('2')
    expect(formatAmount(1_994n, 3, { maxFraction: 2, rounding: 'round' })).toBe('1.99')
    expect(formatAmount(-1_995n, 3, { maxFraction: 2, rounding: 'round' })).toBe('-2')
    expect(formatAmount(1_999n, 3, { maxFraction: 0 })).toBe('1')
    expect(formatAmount(1_999n, 3, { maxFraction: 30 })).toBe('1.999')
  })

  it('never writes 0 for an amount that is not zero', () => {
    expect(formatAmount(1n, 9, { maxFraction: 2 })).toBe('<0.01')
    expect(formatAmount(-1n, 9, { maxFraction: 2 })).toBe('>-0.01')
    expect(formatAmount(1n, 9, { maxFraction: 0 })).toBe('<1')
    expect(formatAmount(1n, 9, { maxFraction: 2, locale: 'de' })).toBe('<0,01')
    expect(formatAmount(4n, 3, { maxFraction: 2, rounding: 'round' })).toBe('<0.01')
    expect(formatAmount(5n, 3, { maxFraction: 2, rounding: 'round' })).toBe('0.01')
    expect(formatAmount(1n, 9, { maxFraction: 2, compact: true })).toBe('<0.01')
  })

  it('writes what is below minDisplay as less than it', () => {
    expect(formatAmount(14n, 3, { minDisplay: 15n })).toBe('<0.015')
    expect(formatAmount(15n, 3, { minDisplay: 15n })).toBe('0.015')
    expect(formatAmount(-14n, 3, { minDisplay: 15n })).toBe('>-0.015')
    expect(formatAmount(0n, 3, { minDisplay: 15n })).toBe('0')
    expect(formatAmount(12n, 3, { minDisplay: 15n, maxFraction: 2 })).toBe('<0.015')
    expect(formatAmount(1n, 3, { minDisplay: 2n, maxFraction: 2 })).toBe('<0.01')
  })

  it('shortens large amounts, and moves to the next unit when rounding reaches it', () => {
    const compact = { compact: true }
    expect(formatAmount(999n, 0, compact)).toBe('999')
    expect(formatAmount(1_234n, 0, compact)).toBe('1.2K')
    expect(formatAmount(1_299_999n, 0, compact)).toBe('1.2M')
    expect(formatAmount(-45_600_000_000n, 0, compact)).toBe('-45.6B')
    expect(formatAmount(U64_MAX, 6, compact)).toBe('18.4T')
    expect(formatAmount(U64_MAX, 0, compact)).toBe('18446744T')
    expect(formatAmount(1_234_567n, 3, { compact: true, maxFraction: 3 })).toBe('1.234K')
    expect(formatAmount(999_999n, 0, compact)).toBe('999.9K')
    expect(formatAmount(999_950n, 0, { compact: true, rounding: 'round' })).toBe('1M')
    expect(formatAmount(999_949n, 0, { compact: true, rounding: 'round' })).toBe('999.9K')
    expect(formatAmount(123n, 6, compact)).toBe('0.000123')
  })

  it('follows the locale in grouping, signs, digits and units', () => {
    const text = (tag: string, more = {}) => formatAmount(123_456_789_012n, 4, { locale: tag, ...more })
    expect(text('en')).toBe('12,345,678.9012')
    expect(text('de')).toBe('12.345.678,9012')
    expect(text('hi')).toBe('1,23,45,678.9012')
    expect(text('ar-EG')).toBe('١٢٬٣٤٥٬٦٧٨٫٩٠١٢')
    expect(text('fr').replace(/\s/gu, '_')).toBe('12_345_678,9012')
    expect(text('ja', { compact: true })).toBe('1,234.5万')
    expect(text('de', { compact: true }).replace(/\s/gu, '_')).toBe('12,3_Mio.')
    expect(formatAmount(-5n, 1, { locale: 'en' })).toBe('-0.5')
    expect(formatAmount(-5n, 1, { locale: 'sv' })).toBe('−0,5')
  })

  it('writes what Intl writes, wherever Intl is exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom(...locales), (whole, tag) => {
        expect(formatAmount(BigInt(whole), 0, { locale: tag })).toBe(new Intl.NumberFormat(tag).format(whole))
      }),
    )
  })

  it('writes in the compact notation what Intl writes, for amounts it need not round', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 3, max: 14 }),
        fc.constantFrom(...locales),
        (lead, zeros, tag) => {
          const amount = BigInt(lead) * 10n ** BigInt(zeros)
          const reference = new Intl.NumberFormat(tag, {
            notation: 'compact',
            maximumFractionDigits: 1,
            useGrouping: true,
          })
          expect(formatAmount(amount, 0, { locale: tag, compact: true })).toBe(reference.format(amount))
        },
      ),
    )
  })

  it.each([
    [1_234_500n, 2, { grouping: true }, '12,345'],
    [1_234_500n, 2, { locale: 'de', grouping: false, minFraction: 2 }, '12345,00'],
    [1_234_500n, 2, { locale: 'de', minFraction: 2 }, '12.345,00'],
    [1_234_500n, 2, { locale: 'ar-EG', minFraction: 2 }, '١٢٬٣٤٥٫٠٠'],
    [1_234_560n, 3, { minFraction: 2 }, '1234.56'],
    [-1_000n, 3, { minFraction: 2 }, '-1.00'],
    [-1_000n, 3, { locale: 'en', minFraction: 2 }, '-1.00'],
    [0n, 3, { minFraction: 1 }, '0.0'],
    [7n, 0, { minFraction: 2 }, '7'],
    [1_999n, 3, { minFraction: 3, maxFraction: 1 }, '1.9'],
  ] as const)('writes %s of %s decimals with %o as %s', (amount, places, options, text) => {
    expect(formatAmount(amount, places, options)).toBe(text)
  })

  it('never shows more than there is', () => {
    fc.assert(
      fc.property(
        u64,
        fc.integer({ min: 0, max: 19 }),
        fc.integer({ min: 0, max: 6 }),
        (amount, places, maxFraction) => {
          const text = formatAmount(amount, places, { maxFraction })
          const parsed = parseAmount(text.replace('<', ''), places)
          if (!parsed.ok) throw new Error(`${text} cannot be read`)
          if (text.startsWith('<')) expect(parsed.amount > amount && amount > 0n).toBe(true)
          else expect(parsed.amount <= amount && (parsed.amount > 0n || amount === 0n)).toBe(true)
        },
      ),
    )
  })

  it.each([
    ['decimals', () => formatAmount(1n, -1)],
    ['decimals', () => formatAmount(1n, 1.5)],
    ['decimals', () => formatAmount(1n, 256)],
    ['decimals', () => formatAmount(1n, Number.NaN)],
    ['maxFraction', () => formatAmount(1n, 2, { maxFraction: -1 })],
    ['amount', () => formatAmount(1 as unknown as bigint, 2)],
    ['locale', () => formatAmount(1n, 2, { locale: 'not a tag' })],
    ['decimals', () => parseAmount('1', 300)],
    ['locale', () => parseAmount('1', 3, { locale: '_' })],
  ])('names the argument %s when it is bad', (argument, run) => {
    const error = thrownBy(run)
    expect(error).toBeInstanceOf(LamplightError)
    expect(error).toMatchObject({
      name: 'LamplightError',
      code: 'input/invalid-value',
      retryable: false,
      context: { argument },
      message: expect.stringMatching(new RegExp(`^${argument}: .* is not allowed\\. Expected `)),
    })
  })
})

describe('parseAmount', () => {
  it('reads back whatever formatAmount writes', () => {
    fc.assert(
      fc.property(u64, decimals, locale, (amount, places, tag) => {
        const text = formatAmount(amount, places, { locale: tag })
        expect(parseAmount(text, places, { locale: tag }), text).toEqual({ ok: true, amount })
      }),
      { numRuns: 2_000 },
    )
  }, 30_000)

  it('writes back, without needless zeros, whatever it reads', () => {
    const text = fc
      .tuple(fc.bigInt(0n, 10n ** 12n), fc.stringMatching(/^\d{0,6}$/))
      .map(([a, b]) => (b ? `${a}.${b}` : `${a}`))
    fc.assert(
      fc.property(text, (typed) => {
        const parsed = parseAmount(typed, 6)
        if (!parsed.ok) throw new Error(`${typed} cannot be read`)
        expect(formatAmount(parsed.amount, 6)).toBe(typed.includes('.') ? typed.replace(/\.?0*$/, '') : typed)
      }),
    )
  })

  it.each(['1', '1.0', '1.', '01', ' 1 ', '1.000000000', '\u200e1\u200f'])('reads %j as one', (text) => {
    expect(parseAmount(text, 2)).toEqual({ ok: true, amount: 100n })
  })

  it.each(['', ' ', '\t\n', '\u200f'])('says that %j is empty', (text) => {
    expect(parseAmount(text, 2)).toEqual({ ok: false, reason: 'empty' })
  })

  it.each([
    '.',
    '-1',
    '+1',
    '1e5',
    '0x10',
    '1,000',
    '1 000',
    '1.2.3',
    'NaN',
    'Infinity',
    '1n',
    '1_000',
    '²',
    '１٢',
    '<0.01',
    '1K',
  ])('refuses %j as no plain number', (text) => {
    expect(parseAmount(text, 2)).toEqual({ ok: false, reason: 'format' })
  })

  it.each([
    ['en', '1,000', 1000n],
    ['en', '1,234,567', 1_234_567n],
    ['en', '1234567', 1_234_567n],
    ['de', '1.000', 1000n],
    ['es', '1.000', 1000n],
    ['hi', '12,34,567', 1_234_567n],
    ['hi-u-nu-deva', '१२,३४,५६७', 1_234_567n],
    ['fr', '1 234', 1234n],
    ['fr', '1\u00a0234', 1234n],
    ['fr', '1\u202f234', 1234n],
    ['de-CH', "1'234", 1234n],
    ['de-CH', '1’234', 1234n],
    ['ar-EG', '١٬٢٣٤', 1234n],
    ['ar-EG', '١٢٣٤', 1234n],
    ['ar-EG', '1234', 1234n],
  ])('reads in %s the grouped %j', (tag, text, amount) => {
    expect(parseAmount(text, 0, { locale: tag })).toEqual({ ok: true, amount })
  })

  it.each([
    ['ar-EG', '٠٫٥'],
    ['ar-EG', '0.5'],
    ['ar-EG', '٠.٥'],
    ['ar-EG', '0٫5'],
    ['en', '٠٫٥'],
    ['fa', '۰٫۵'],
    ['en', '۰٫۵'],
    ['ja', '０．５'],
    ['en', '０．５'],
    ['de', '０，５'],
    ['de', '०,५'],
    ['en', '०.५'],
    ['hi', '०.५'],
    ['en', '𝟘.𝟝'],
    ['en', '᱐.᱕'],
    [undefined, '०.५'],
    [undefined, '٠٫٥'],
  ])('reads in %s a half, whatever digits it is typed in: %s', (tag, text) => {
    expect(parseAmount(text, 9, { locale: tag })).toEqual({ ok: true, amount: 500_000_000n })
  })

  it('reads every digit that Unicode knows', () => {
    const digits = Array.from({ length: 0x20000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((sign) => /\p{Nd}/u.test(sign))
    expect(digits.length).toBeGreaterThan(600)
    const read = digits.map((digit) => parseAmount(digit, 0))
    expect(read).toEqual(digits.map((_, index) => ({ ok: true, amount: BigInt(index % 10) })))
  })

  it.each([
    ['en', '1٢'],
    ['de', '1.5'],
    ['de', '०.५'],
    ['ar-EG', '0,5'],
    ['ar-EG', '٠،٥'],
  ])('guesses at nothing: in %s it refuses %s', (tag, text) => {
    expect(parseAmount(text, 9, { locale: tag })).toEqual({ ok: false, reason: 'format' })
  })

  it.each([
    ['en', '1,00'],
    ['en', '1,0000'],
    ['en', ',100'],
    ['en', '100,'],
    ['en', '0,001'],
    ['en', '12,34,567'],
    ['en', '1,234,5'],
    ['en', '1.5,000'],
    ['en', '1,abc'],
    ['en', '0,x10'],
    ['de', '1,5.000'],
    ['de', '1.5'],
    ['fr', '1.5'],
    ['fr', '1 23'],
    ['hi', '1,234,567'],
    ['en', '-1'],
    ['en', '1e5'],
    ['en', '1 000'],
    ['en', '²'],
  ])('refuses in %s the text %j, which nobody there writes', (tag, text) => {
    expect(parseAmount(text, 9, { locale: tag })).toEqual({ ok: false, reason: 'format' })
  })

  it.each([
    ['1.001', 2],
    ['0.5', 0],
    ['0.0000000001', 9],
  ])('says that %j is finer than %i decimals', (text, places) => {
    expect(parseAmount(text, places)).toEqual({ ok: false, reason: 'precision' })
  })

  it('holds all a u64 holds, and says when a text is more', () => {
    expect(parseAmount('18446744073709551615', 0)).toEqual({ ok: true, amount: U64_MAX })
    expect(parseAmount('18446744073709551616', 0)).toEqual({ ok: false, reason: 'overflow' })
    expect(parseAmount('18,446,744,073,709.551616', 6, { locale: 'en' })).toEqual({ ok: false, reason: 'overflow' })
    expect(parseAmount('1', 20)).toEqual({ ok: false, reason: 'overflow' })
  })

  it('answers a hostile text at once, and never throws for a text', () => {
    const start = performance.now()
    for (const text of [`0.${'0'.repeat(1e6)}1`, '9'.repeat(1e6), `${','.repeat(1e6)}`, '1'.repeat(900)])
      for (const tag of [undefined, 'en']) expect(parseAmount(text, 9, { locale: tag }).ok).toBe(false)
    expect(performance.now() - start).toBeLessThan(1_000)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), locale, (text, tag) => {
        expect(typeof parseAmount(text, 9, { locale: tag }).ok).toBe('boolean')
      }),
    )
  })
})
