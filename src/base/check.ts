import { MAX_TIMER_MS } from './clock.js'
import { LamplightError } from './errors.js'
import { redactor } from './redact.js'

/** Shows a bad input in an error: short, and never a dump. */
export function shown(input: unknown): string {
  const text = typeof input === 'string' ? `"${input}"` : readOr(UNREADABLE, () => kindOf(input))
  // Before the cut: of half a URL nobody can tell what was its password.
  const clean = redactor()(text)
  return clean.length > 80 ? `${clean.slice(0, 79)}…` : clean
}
const kindOf = (input: unknown) => (typeof input === 'object' ? Object.prototype.toString.call(input) : String(input))
const UNREADABLE = 'something that cannot be read'

/**
 * What a caught value says, whatever was thrown: its message, its name, or what it looks like; of URLs in it only the hosts.
 * Never throws.
 */
export function messageOf(thrown: unknown): string {
  const own = readOr(UNREADABLE, () => {
    const { message, name } = (thrown ?? {}) as Record<string, unknown>
    return [thrown, message, name].find((text) => typeof text === 'string' && text !== '')
  })
  return typeof own === 'string' ? redactor()(own) : shown(thrown)
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

/** An http(s) or ws(s) URL, checked. The error shows no path, query, user or password, which may hold a key. */
export function urlOf(argument: string, input: unknown, protocols: readonly string[]): URL {
  const expected = `an absolute URL starting with ${protocols.map((p) => `${p}//`).join(' or ')}`
  const text = String(input)
  // Without a cause: what `new URL` throws has nothing to add but the whole input.
  const refused = () => new LamplightError('input/invalid-url', { argument, input: hostIn(text), expected })
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refused()
  }
  if (!protocols.includes(url.protocol)) throw refused()
  return url
}

/** What may be shown of what should have been a URL: its scheme, and of the rest the first letters of what looks like a host. */
function hostIn(text: string): string {
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#\\\s]*)/i.exec(text) ?? []
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return scheme + (scheme ? host : host.slice(0, 12))
}
