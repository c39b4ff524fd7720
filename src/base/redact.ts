/** Cleans one text of what must not be shown. */
export type Redact = (text: string) => string

// Greedy up to the last @: a password may hold one.
const URL_IN_TEXT = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#"'\\]*@)?([^\s/?#"'\\@]+)[^\s"'\\]*/gi
const QUERY_IN_TEXT = /([?&][\w.-]+=)[^\s&"'\\]+/g
const HIDDEN = '[hidden]'

/**
 * Makes the function that leaves of every URL in a text only scheme and host, of every query only its names, and nothing of
 * what is secret in this very case. A path, a query, a user or a password may hold a key.
 */
export function redactor(secrets: readonly string[] = []): Redact {
  // The longest first: one secret may hold another.
  const known = [...secrets].sort((a, b) => b.length - a.length)
  return (text) =>
    withoutCutEnd(
      known.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text),
      known,
    )
      .replace(URL_IN_TEXT, '$1$2')
      .replace(QUERY_IN_TEXT, `$1${HIDDEN}`)
}

/** Fewer letters of a secret than this tell nothing, and end many words. */
const MIN_BEGINNING = 4

/** Whoever passes words on may have cut them, in the middle of a secret too. */
function withoutCutEnd(text: string, secrets: readonly string[]): string {
  const [, body = '', mark = ''] = /^(.*?)(…?)$/s.exec(text) ?? []
  for (const secret of secrets)
    for (let length = secret.length - 1; length >= MIN_BEGINNING; length--)
      if (body.endsWith(secret.slice(0, length))) return body.slice(0, -length) + HIDDEN + mark
  return text
}

/** A cause is looked into this deep; what lies below is left out. */
const MAX_DEPTH = 6

/**
 * A cause without secrets: the same object where nothing in it, however deep, had to be cleaned; else a copy of its texts and
 * numbers. What cannot be looked into (a `Request`, an event, a function) is left out, for it may hold an address.
 */
export function redactedCause(value: unknown, redact: Redact, depth = 0): unknown {
  if (typeof value === 'string') return redact(value)
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_DEPTH) return undefined
  const inner = (each: unknown) => redactedCause(each, redact, depth + 1)
  try {
    if (Array.isArray(value)) return sameOr(value, value.map(inner))
    if (value instanceof Error) return redactedError(value, inner)
    const proto: unknown = Object.getPrototypeOf(value)
    return proto === Object.prototype || proto === null ? sameOr(value, mapped(value, inner)) : undefined
  } catch {
    // A stranger's object whose getters throw: there is nothing to be learned from it.
    return undefined
  }
}

function redactedError(error: Error, inner: (value: unknown) => unknown): Error {
  const { name, message, stack, cause } = error
  // Read by name, because some hosts keep them behind getters; the others are the error's own.
  const fields = { ...mapped(error, (each) => each), name, message, stack, cause }
  const clean = mapped(fields, inner)
  if (sameOr(fields, clean) === fields) return error
  const copy = new Error(String(clean.message))
  for (const [key, field] of Object.entries(clean))
    if (field !== undefined) Object.defineProperty(copy, key, { value: field, configurable: true, writable: true })
  return copy
}

const mapped = (value: object, change: (each: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(
    Reflect.ownKeys(value).flatMap((key) => (typeof key === 'string' ? [[key, change(value[key as never])]] : [])),
  )

/** The first, where the second says the same. */
function sameOr<T extends object>(value: T, clean: object): T {
  const isSame = Reflect.ownKeys(value).every((key) => value[key as keyof T] === clean[key as never])
  return isSame ? value : (clean as T)
}
