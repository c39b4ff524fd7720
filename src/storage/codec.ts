import { isObject } from '../base/wireText.js'
import { type AccountRecord, isRecord } from '../token/balance.js'

// JSON knows neither bigints nor the numbers that are none; a number would lose digits of a bigint above 2^53.
const [BIGINT, NUMBER] = ['$bigint', '$number'] as const

function tagged(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIGINT]: String(value) }
  const isPlain = typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))
  return isPlain ? value : { [NUMBER]: Object.is(value, -0) ? '-0' : String(value) }
}
function untagged(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value
  if (typeof value[BIGINT] === 'string') return BigInt(value[BIGINT])
  return typeof value[NUMBER] === 'string' ? Number(value[NUMBER]) : value
}

/** A cached value as text, with every number intact. */
export const textOf = (value: unknown): string => JSON.stringify(value, tagged)

/** What `textOf` wrote. @throws SyntaxError when it is not that */
export const parsedOf = (text: string): unknown => JSON.parse(text, untagged)

/** A record that this page has not heard from the chain itself: it says so until the chain has confirmed it. */
export const restoredOf = (value: unknown): unknown =>
  isRecord(value) ? ({ ...value, source: 'restored' } satisfies AccountRecord) : value
