import type { LamplightError } from '../base/errors.js'
import { type AmountDisplay, shownValue, unitsBehind, unitsOf } from './extensions/uiAmount.js'

/** How an amount is written. */
export interface FormatAmountOptions {
  /** A BCP 47 tag for grouping, decimal sign and digits. @default none: plain "1234.5" */
  readonly locale?: string | undefined
  /** Most digits after the decimal sign. @default all of them; 1 where `compact` shortens */
  readonly maxFraction?: number | undefined
  /** Least digits after the decimal sign, zeros included; no more than there are decimals. @default 0 */
  readonly minFraction?: number | undefined
  /** Whether thousands are set apart: "1,234.5". @default true with a `locale`, false without */
  readonly grouping?: boolean | undefined
  /** Shortens 1,000 and above: "1.2K". @default false */
  readonly compact?: boolean | undefined
  /** A smaller amount, in base units, reads "<" and this one. @default the smallest that `maxFraction` can show */
  readonly minDisplay?: bigint | undefined
  /** `trunc` never shows more than there is; `round` goes to the nearest, halves away from zero. @default 'trunc' */
  readonly rounding?: 'trunc' | 'round' | undefined
}

/** What `parseAmount` makes of a text. */
export type ParsedAmount =
  | { readonly ok: true; readonly amount: bigint }
  | { readonly ok: false; readonly reason: 'empty' | 'format' | 'precision' | 'overflow' }

const U64_MAX = 2n ** 64n - 1n
const MAX_TEXT = 1000

/**
 * Writes base units as a number of whole tokens, exactly: nothing passes through a float, and what is not zero never
 * reads "0".
 * @throws LamplightError `input/invalid-value`
 * @example
 * formatAmount(1234500n, 3) // "1234.5"
 * formatAmount(1234500n, 3, { locale: 'de', maxFraction: 0 }) // "1.234"
 * formatAmount(1n, 9, { maxFraction: 2 }) // "<0.01"
 */
export function formatAmount(amount: bigint, decimals: number, options: FormatAmountOptions = {}): string {
  const { locale, minFraction = 0, maxFraction, grouping, compact, minDisplay = 0n, rounding } = options
  if (typeof amount !== 'bigint') throw invalid('amount', amount, 'a bigint of base units')
  checkDigits('decimals', decimals)
  checkDigits('minFraction', minFraction)
  checkDigits('maxFraction', maxFraction ?? 0)
  const negative = amount < 0n
  const signed = (size: bigint) => (negative ? -size : size)
  const size = signed(amount)
  const length = String(size).length
  const power = compact ? powerOf(length - decimals, locale) : 0
  const places = Math.min(maxFraction ?? (power ? 1 : decimals), decimals + power)
  const unit = 10n ** BigInt(decimals + power - places)
  const up = rounding === 'round' && (size % unit) * 2n >= unit
  const digits = size / unit + (up ? 1n : 0n)
  if (size && (size < minDisplay || !digits)) {
    const bound = formatAmount(signed(minDisplay > unit ? minDisplay : unit), decimals, { locale, grouping })
    return (negative ? '>' : '<') + bound
  }
  // 999,950 rounds up to 1,000,000, which compact notation writes in another unit.
  if (up && String(digits * unit).length > length) return formatAmount(signed(digits * unit), decimals, options)
  const [whole = '', exact = ''] = exactText(digits, places).split('.')
  const fraction = exact.padEnd(Math.min(minFraction, places), '0')
  if (locale === undefined && !power && !grouping) return (negative ? '-' : '') + whole + (fraction && `.${fraction}`)
  return localized(signed(BigInt(whole) * 10n ** BigInt(power)) || (negative ? -0 : 0), fraction, options)
}

/** An amount written out in full: "1234.5". */
export function exactText(amount: bigint, decimals: number): string {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount]
  const padded = String(size).padStart(decimals + 1, '0')
  const fraction = padded.slice(padded.length - decimals).replace(/0+$/, '')
  return sign + padded.slice(0, padded.length - decimals) + (fraction && `.${fraction}`)
}

/** What of a mint says how its amounts are shown. */
export interface Shown {
  readonly decimals: number
  readonly display: AmountDisplay | null
}

/**
 * The amount that is shown for base units, with interest or multiplier where the mint has one, for `formatAmount`: the
 * same number of decimals. What is beyond a float is the largest float.
 * @param atSeconds The chain's time, in seconds since the epoch; of a mint with neither it makes no difference.
 * @throws LamplightError `input/invalid-value` without a time where it makes a difference
 * @example
 * const clock = address('SysvarC1ock11111111111111111111111111111111')
 * const { chainSeconds } = await client.readAccount({ address: clock, commitment: 'confirmed' })
 * const { decimals, display } = decodeMint(account)
 * const shown = uiAmountOf(1_500_000n, { decimals, display }, chainSeconds ?? NaN)
 * formatAmount(shown, decimals, { locale: 'de' })
 */
export function uiAmountOf(amount: bigint, { decimals, display }: Shown, atSeconds: number): bigint {
  if (!display) return amount
  const value = shownValue(amount, decimals, display, wholeSecondsOf(atSeconds))
  return Number.isNaN(value) ? 0n : unitsOf(Math.min(value, Number.MAX_VALUE), decimals)
}

/**
 * The text that the program's own `AmountToUiAmount` returns for base units of a mint at a time.
 * @param atSeconds The chain's time, in seconds since the epoch, as for `uiAmountOf`.
 * @throws LamplightError `input/invalid-value` without a time where it makes a difference
 * @example
 * const { decimals, display } = decodeMint(account)
 * uiTextOf(1_500_000n, { decimals, display }, chainSeconds ?? NaN)
 */
export function uiTextOf(amount: bigint, shown: Shown, atSeconds: number): string {
  const { decimals, display } = shown
  const value = display ? shownValue(amount, decimals, display, wholeSecondsOf(atSeconds)) : 0
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : 'inf'
  return exactText(uiAmountOf(amount, shown, atSeconds), decimals)
}

/**
 * The base units that the program's own `UiAmountToAmount` returns for a text a person typed; with interest or multiplier
 * these are the nearest ones, and more digits than the mint has are allowed.
 * @param atSeconds The chain's time, in seconds since the epoch, as for `uiAmountOf`.
 * @throws LamplightError `input/invalid-value` for bad `decimals` or `locale`, and without a time where it makes a difference
 * @example
 * const parsed = amountOfUiText('1.5', decodeMint(account), chainSeconds ?? NaN)
 */
export function amountOfUiText(
  text: string,
  { decimals, display }: Shown,
  atSeconds: number,
  options: { readonly locale?: string | undefined } = {},
): ParsedAmount {
  const typed = display && digitsIn(text, options.locale)
  if (!typed) return parseAmount(text, decimals, options)
  if (typeof typed === 'string') return { ok: false, reason: typed }
  const units = unitsBehind(Number(typed.join('.')), decimals, display, wholeSecondsOf(atSeconds))
  if (!(units <= Number(U64_MAX))) return { ok: false, reason: 'overflow' }
  const amount = BigInt(units)
  return { ok: true, amount: amount > U64_MAX ? U64_MAX : amount }
}

/** A missing time is refused: by the device's date an amount could be many times too large. */
function wholeSecondsOf(atSeconds: number): number {
  const seconds = Math.floor(atSeconds)
  if (Number.isNaN(seconds)) throw invalid('atSeconds', atSeconds, "the chain's time, in seconds since the epoch")
  return seconds
}

/**
 * Reads what a person typed as base units, in the digits of any script; which signs set decimals and thousands apart is the
 * locale's. A text that is not exactly an amount is refused, never rounded or guessed at.
 * @throws LamplightError `input/invalid-value` for bad `decimals` or `locale`
 * @example
 * parseAmount('1,234.5', 9, { locale: 'en' }) // { ok: true, amount: 1234500000000n }
 * parseAmount('0.001', 2) // { ok: false, reason: 'precision' }
 */
export function parseAmount(
  text: string,
  decimals: number,
  { locale }: { readonly locale?: string | undefined } = {},
): ParsedAmount {
  checkDigits('decimals', decimals)
  const typed = digitsIn(text, locale)
  if (typeof typed === 'string') return { ok: false, reason: typed }
  const [whole, fraction] = typed
  const digits = fraction.replace(/0+$/, '')
  if (digits.length > decimals) return { ok: false, reason: 'precision' }
  const amount = BigInt(whole + digits.padEnd(decimals, '0'))
  return amount > U64_MAX ? { ok: false, reason: 'overflow' } : { ok: true, amount }
}

/** Whole and fraction digits of a number that a person typed. */
function digitsIn(text: string, locale: string | undefined): readonly [string, string] | 'empty' | 'format' {
  // Marks of writing direction come along with a pasted right-to-left number.
  const trimmed = text.replace(/[\u200e\u200f\u061c\u2066-\u2069]/g, '').trim()
  if (trimmed === '') return 'empty'
  // The cap keeps a hostile text from costing more than linear time.
  const latin = trimmed.length > MAX_TEXT ? '' : latinOf(trimmed)
  const plain = locale === undefined ? latin.replace('٫', '.') : plainOf(latin, locale)
  const [, whole = '', fraction = ''] = /^(\d*)(?:\.(\d*))?$/.exec(plain) ?? []
  return whole + fraction === '' ? 'format' : [whole, fraction]
}

/** The text with ASCII digits in place of any one script's, and plain signs in place of full-width ones; empty where scripts are mixed. */
function latinOf(text: string): string {
  const zeros = new Set<number>()
  const latin = text.replace(/\p{Nd}/gu, (digit) => {
    const value = digitValueOf(digit)
    zeros.add((digit.codePointAt(0) as number) - value)
    return String(value)
  })
  return zeros.size > 1 ? '' : latin.replace('．', '.').replaceAll('，', ',').replaceAll('＇', "'")
}

/** Unicode keeps each script's digits in a row from 0 to 9; a few rows follow one another. */
function digitValueOf(digit: string): number {
  const code = digit.codePointAt(0) as number
  let first = code
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--
  return (code - first) % 10
}

/** The text with "." and no grouping; empty when it is not that locale's way to write a number. */
function plainOf(text: string, locale: string): string {
  const latin = { minimumFractionDigits: 1, numberingSystem: 'latn' }
  const parts = numberFormat(locale, latin).formatToParts(1234567n)
  const signs = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  const [decimal, group, native] = [signs('decimal'), like(signs('group')), digitsOf(locale)]
  // The Arabic signs can be mistaken for no others, whatever the locale and the digits.
  const plain = (sign: string) => (sign === '٫' ? decimal : sign === '٬' ? group : like(sign))
  // Chinese writes numbers with characters that Unicode counts among letters.
  const shown = [...text].map((c) => (native.includes(c) ? native.indexOf(c) : plain(c))).join('')
  const [whole = '', ...fraction] = shown.split(decimal)
  const bare = group === '' ? whole : whole.replaceAll(group, '')
  if (!/^\d*$/.test(bare) || (bare !== whole && grouped(bare, locale, group) !== whole)) return ''
  return [bare, ...fraction].join('.')
}

function grouped(digits: string, locale: string, group: string): string {
  const parts = numberFormat(locale, { numberingSystem: 'latn', useGrouping: 'always' }).formatToParts(BigInt(digits))
  return parts.map((part) => (part.type === 'group' ? group : part.value)).join('')
}

/** One sign for those that people type in each other's place: any space, any apostrophe. */
const like = (sign: string) => sign.replace(/\s/, ' ').replace('’', "'")

/** A locale's digits from 0 to 9. */
const digitsOf = (locale: string) => [...numberFormat(locale, { useGrouping: false }).format(9876543210n)].reverse()

function numberFormat(locale = 'en', options?: Intl.NumberFormatOptions): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(locale, options)
  } catch {
    throw invalid('locale', locale, 'a BCP 47 language tag')
  }
}

function checkDigits(argument: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 255)
    throw invalid(argument, value, 'a whole number from 0 to 255')
}

// Built by hand: the table behind LamplightError weighs as much as all of formatAmount.
function invalid(argument: string, input: unknown, expected: string): LamplightError<'input/invalid-value'> {
  const context = { argument, input: String(input), expected }
  const error = new Error(`${argument}: ${context.input} is not allowed. Expected ${expected}.`)
  return Object.assign(error, {
    name: 'LamplightError',
    code: 'input/invalid-value',
    context,
    retryable: false,
  } as const)
}

/** How many zeros a compact notation takes off a number with this many whole digits. */
function powerOf(wholeDigits: number, locale: string | undefined): number {
  if (wholeDigits < 4) return 0
  const probe = numberFormat(locale, { notation: 'compact', numberingSystem: 'latn' }).format(
    10n ** BigInt(wholeDigits - 1),
  )
  return wholeDigits - probe.replace(/\D/g, '').length
}

// Not every engine takes a decimal text, but all take a bigint: Intl writes the whole part, with one fraction digit as the
// place to put ours, which may be more than Intl would hold.
function localized(whole: bigint | number, fraction: string, options: FormatAmountOptions): string {
  const { locale, compact, grouping = locale !== undefined } = options
  const one = fraction ? 1 : 0
  return numberFormat(locale, {
    notation: compact ? 'compact' : 'standard',
    useGrouping: grouping,
    minimumFractionDigits: one,
    maximumFractionDigits: one,
  })
    .formatToParts(whole)
    .map(({ type, value }) => (type !== 'fraction' ? value : value === '0' ? fraction : nativeDigits(fraction, locale)))
    .join('')
}

function nativeDigits(digits: string, locale: string | undefined): string {
  const digit = numberFormat(locale)
  return digits.replace(/\d/g, (d) => digit.format(+d))
}
