import type { Address } from '../../../src/base/address.js'
import type { DecodedTransaction } from './transaction.js'

/** The first memo program. */
export const MEMO_V1 = 'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo' as Address
/** The memo program of versions 2 and 3. */
export const MEMO_V3 = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr' as Address
/** The memo program of version 4. */
export const MEMO_V4 = 'Memo4c2pN8afCj432Lb7RMVKi9PbQnnW7ewFFaV3oAH' as Address
const MEMO_PROGRAMS: readonly Address[] = [MEMO_V1, MEMO_V3, MEMO_V4]

/** A transaction's memos as a row of `getSignaturesForAddress` has them: `[length in bytes] text`, joined by `"; "`. */
export function memosOf({ keys, instructions }: DecodedTransaction): string | null {
  const memos = instructions
    .filter(({ programIdIndex }) => MEMO_PROGRAMS.includes(keys[programIdIndex] as Address))
    .map(({ data }) => textOf(data))
  return memos.length > 0 ? memos.join('; ') : null
}

function textOf(data: Uint8Array): string {
  try {
    return `[${data.length}] ${new TextDecoder('utf-8', { fatal: true }).decode(data)}`
  } catch {
    return '(unparsable)'
  }
}
