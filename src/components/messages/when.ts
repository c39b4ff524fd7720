const SECOND_MS = 1000
const UNITS = [
  ['day', 86_400 * SECOND_MS],
  ['hour', 3600 * SECOND_MS],
  ['minute', 60 * SECOND_MS],
  ['second', SECOND_MS],
] as const

/** Makes the writer of a locale's times, milliseconds from now: "12 seconds ago", "in 2 minutes". */
export function createWhen(locale: string): (fromNowMs: number) => string {
  // Made when a time is written: most of a page's components never write one.
  let format: Intl.RelativeTimeFormat | undefined
  return (fromNowMs) => {
    format ??= new Intl.RelativeTimeFormat(locale)
    const size = Math.abs(fromNowMs)
    const [unit, unitMs] = UNITS.find(([, ms]) => size >= ms) ?? UNITS[3]
    // The sign of zero tells "0 seconds ago" from "in 0 seconds".
    const count = Math.trunc(fromNowMs / unitMs)
    return format.format(fromNowMs <= 0 && count === 0 ? -0 : count, unit)
  }
}

/** Makes the writer of a locale's days: "Nov 3, 2026". */
export function createDay(locale: string): (ms: number) => string {
  let format: Intl.DateTimeFormat | undefined
  return (ms) => {
    format ??= new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
    return format.format(ms)
  }
}

/** Makes the writer of a locale's times of day, with the date: "11/21/26, 2:42:10 PM". */
export function createTimeFormat(locale: string): (ms: number) => string {
  let format: Intl.DateTimeFormat | undefined
  return (ms) => {
    format ??= new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' })
    return format.format(ms)
  }
}
