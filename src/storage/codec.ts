import { isObject } from '../base/wireText.js'
import { type AccountRecord, isRecord } from '../token/balance.js'

// JSON knows no bigint, and a number would lose digits above 2^53.
const TAG = '$bigint'

/** A cached value as text, with its bigints intact. */
export const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? { [TAG]: String(each) } : each))

/** What `textOf` wrote. @throws SyntaxError when it is not that */
export const parsedOf = (text: string): unknown =>
  JSON.parse(text, (_key, each: unknown) => {
    if (!isObject(each) || typeof each[TAG] !== 'string') return each
    return BigInt(each[TAG])
  })

/** A record that this page has not heard from the chain itself: it says so until the chain has confirmed it. */
export const restoredOf = (value: unknown): unknown =>
  isRecord(value) ? ({ ...value, source: 'restored' } satisfies AccountRecord) : value
