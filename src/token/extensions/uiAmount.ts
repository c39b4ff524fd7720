/** How a mint wants its amounts shown, where that is not simply as they are. Rates are yearly, in hundredths of a percent; times in seconds since the epoch. */
export type AmountDisplay =
  | {
      readonly kind: 'interest-bearing'
      readonly initializedAt: number
      /** The average rate until `updatedAt`. */
      readonly averageRate: number
      readonly updatedAt: number
      /** The rate since `updatedAt`. */
      readonly rate: number
    }
  | {
      readonly kind: 'scaled'
      readonly multiplier: number
      /** What the multiplier is from `nextAt` on. */
      readonly nextMultiplier: number
      readonly nextAt: number
    }

const SECONDS_PER_YEAR = 60 * 60 * 24 * 365.24
const BASIS_POINTS = 10_000

/**
 * The amount as the program computes it for `AmountToUiAmount`, in whole tokens, before it is written with `decimals`
 * digits: the same operations on the same floats in the same order.
 * Source: interest_bearing_mint and scaled_ui_amount of https://github.com/solana-program/token-2022.
 */
export function shownValue(amount: bigint, decimals: number, display: AmountDisplay, atSeconds: number): number {
  if (display.kind === 'scaled')
    return Math.trunc(Number(amount) * multiplierAt(display, atSeconds)) / powerOfTen(decimals)
  return Number(amount) * scaleAt(display, decimals, atSeconds)
}

/**
 * The base units behind a shown value, as the program's `UiAmountToAmount` computes them; negative or not finite where it
 * refuses.
 */
export function unitsBehind(shown: number, decimals: number, display: AmountDisplay, atSeconds: number): number {
  if (display.kind === 'scaled') return Math.trunc(shown / (multiplierAt(display, atSeconds) / powerOfTen(decimals)))
  return Math.round(shown / scaleAt(display, decimals, atSeconds))
}

type Interest = Extract<AmountDisplay, { kind: 'interest-bearing' }>
type Scaled = Extract<AmountDisplay, { kind: 'scaled' }>

const multiplierAt = ({ multiplier, nextMultiplier, nextAt }: Scaled, atSeconds: number): number =>
  atSeconds >= nextAt ? nextMultiplier : multiplier

function scaleAt({ initializedAt, averageRate, updatedAt, rate }: Interest, decimals: number, atSeconds: number) {
  const grown = (bps: number, seconds: number) => exp((bps * seconds) / SECONDS_PER_YEAR / BASIS_POINTS)
  return (grown(averageRate, updatedAt - initializedAt) * grown(rate, atSeconds - updatedAt)) / powerOfTen(decimals)
}

/** By repeated squaring, as the program does: past 10^22 its roundings show. */
function powerOfTen(exponent: number): number {
  let power = 1
  for (let base = 10, rest = exponent; rest > 0; rest >>= 1, base *= base) if (rest & 1) power *= base
  return power
}

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const REMEZ = [
  4.138136797057238e-8, -1.6533902205465252e-6, 6.613756321437934e-5, -2.7777777777015593e-3, 0.16666666666666602,
]

/**
 * e^x as the program's C library computes it. Engines differ in the last bit of Math.exp, and amounts have digits enough to
 * show it. Method and constants: FreeBSD's e_exp.c, x = k·ln2 + r, then a rational approximation of e^r.
 */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity
  if (x < -745.1332191019411) return 0
  const size = Math.abs(x)
  if (size < 2 ** -28) return 1 + x
  const far = size >= 1.0397205352783203
  const k = far ? Math.trunc(x * Math.LOG2E + Math.sign(x) / 2) : size >= 0.3465735912322998 ? Math.sign(x) : 0
  const [high, low] = [x - k * LN2_HIGH, k * LN2_LOW]
  const r = high - low
  const square = r * r
  const c = r - square * REMEZ.reduce((sum, term) => sum * square + term)
  const result = 1 + ((r * c) / (2 - c) - low + high)
  return k > 1000 ? result * 2 ** (k - 1) * 2 : result * 2 ** k
}

/** A float's exact value in units of 10^-decimals, halves to even: what is left of it when it is written with that many digits. */
export function unitsOf(value: number, decimals: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number(bits >> 52n)
  const mantissa = BigInt.asUintN(52, bits) | (exponent > 0 ? 2n ** 52n : 0n)
  const scaled = mantissa * 10n ** BigInt(decimals)
  const shift = BigInt(Math.max(exponent, 1) - 1075)
  if (shift >= 0n) return scaled << shift
  const [whole, twice] = [scaled >> -shift, BigInt.asUintN(Number(-shift), scaled) * 2n]
  const half = 1n << -shift
  return whole + (twice > half || (twice === half && whole % 2n === 1n) ? 1n : 0n)
}
