import { MAX_TIMER_MS } from './clock.js'
import { LamplightError } from './errors.js'

/** Shows a bad input in an error: short, and never a dump. */
export function shown(input: unknown): string {
  const text = typeof input === 'string' ? `"${input}"` : readOr(UNREADABLE, () => kindOf(input))
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
const kindOf = (input: unknown) => (typeof input === 'object' ? Object.prototype.toString.call(input) : String(input))
const UNREADABLE = 'something that cannot be read'

/** What a caught value says, whatever was thrown: its message, its name, or what it looks like. Never throws. */
export function messageOf(thrown: unknown): string {
  const own = readOr(UNREADABLE, () => {
    const { message, name } = (thrown ?? {}) as Record<string, unknown>
    return [thrown, message, name].find((text) => typeof text === 'string' && text !== '')
  })
  return typeof own === 'string' ? own : shown(thrown)
}

/** Reads something of a stranger's: a getter or a proxy of theirs may throw. */
export function readOr<T>(otherwise: T, read: () => T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

/** The error that names an option, what it was, and what it should have been. */
export const invalid = (argument: string, value: unknown, expected: string): LamplightError<'input/invalid-value'> =>
  new LamplightError('input/invalid-value', { argument, input: shown(value), expected })

/** A duration option in milliseconds: `fallback` when left out, `Infinity` (off) for 0, clamped to what a timer holds. */
export function durationOf(argument: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || Number.isNaN(value) || value < 0)
    throw invalid(argument, value, 'milliseconds, 0 or more (0 or Infinity turns it off)')
  return value === 0 || value === Infinity ? Infinity : Math.min(value, MAX_TIMER_MS)
}

/** A whole-number option between `min` and `max`. */
export function countOf(
  argument: string,
  value: number | undefined,
  fallback: number,
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
): number {
  if (value === undefined) return fallback
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalid(argument, value, `a whole number from ${min} to ${max}`)
  return value
}

/** An http(s) or ws(s) URL, checked. The error shows no path and no query, which may hold a key. */
export function urlOf(argument: string, input: unknown, protocols: readonly string[]): URL {
  const expected = `an absolute URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`
  let url: URL
  try {
    url = new URL(input as string)
  } catch (cause) {
    throw new LamplightError('input/invalid-url', { argument, input: String(input).slice(0, 12), expected }, { cause })
  }
  if (!protocols.includes(url.protocol))
    throw new LamplightError('input/invalid-url', { argument, input: `${url.protocol}//${url.host}`, expected })
  return url
}
