import { isObject } from '../base/wireText.js'
import { type AccountRecord, isRecord } from '../token/balance.js'
import { type Entry, isWholeEntry } from './entryShape.js'
import { isWallet, type Listing, type WalletRecord } from './walletRecord.js'

// JSON knows neither bigints nor the numbers that are none; a number would lose digits of a bigint above 2^53.
const [BIGINT, NUMBER] = ['$bigint', '$number'] as const

function tagged(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIGINT]: String(value) }
  const isPlain = typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))
  return isPlain ? value : { [NUMBER]: Object.is(value, -0) ? '-0' : String(value) }
}
function untagged(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value
  const digits = value[BIGINT]
  // What is no number stays what it is, and fits nowhere.
  if (typeof digits === 'string' && /^-?\d+$/.test(digits)) return BigInt(digits)
  return typeof value[NUMBER] === 'string' ? Number(value[NUMBER]) : value
}

/** A cached value as text, with every number intact. */
export const textOf = (value: unknown): string => JSON.stringify(value, tagged)

/** What `textOf` wrote; `undefined` when it is not that. */
export function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text, untagged)
  } catch {
    return undefined
  }
}

/** Whether a cached value is one of these. */
export const isEntry = (value: unknown): value is Entry => isRecord(value) || isWallet(value)

/**
 * An entry that this page has not heard from the chain itself. A record says so until the chain has confirmed it; a list of
 * accounts was never confirmed, as of no slot. What is no whole entry stays as it is, and is refused where it would be held.
 */
export function restoredOf(value: unknown): unknown {
  if (!isWholeEntry(value)) return value
  if (isRecord(value)) return { ...value, source: 'restored', verifiedMs: -Infinity } satisfies AccountRecord
  const listings = Object.entries(value.listings).map(([program, listing]) => [
    program,
    { ...listing, slot: 0, verifiedAt: 0, verifiedMs: -Infinity } satisfies Listing,
  ])
  return { ...value, listings: Object.fromEntries(listings), failures: {} } satisfies WalletRecord
}
