import type { TransactionInstruction } from '@solana/web3.js'
import { utf8Of } from '../base/bytes.js'
import { invalid } from '../base/check.js'
import { isObject } from '../base/wireText.js'
import { bytesOfText, MAX_MEMO_BYTES } from '../token/memoText.js'
import type { Planning } from './action.js'
import { ask } from './answers.js'

// Writes a text into a transaction. https://www.solana-program.com/docs/memo

/** There on every cluster. */
const MEMO_V3 = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'
/** Newer, and not everywhere. */
const MEMO_V4 = 'Memo4c2pN8afCj432Lb7RMVKi9PbQnnW7ewFFaV3oAH'

/** Holds a memo to what fits into a transaction beside everything else. @throws LamplightError `input/invalid-value` */
export function checkMemo(memo: unknown): void {
  if (memo === undefined || (typeof memo === 'string' && bytesOfText(memo) <= MAX_MEMO_BYTES)) return
  throw invalid('memo', memo, `a text of at most ${MAX_MEMO_BYTES} bytes in UTF-8`)
}

/** Makes the instruction, signed by the payer, for the memo program that the cluster has. */
export async function memoInstruction(
  { client, chain, payer }: Planning,
  memo: string,
): Promise<TransactionInstruction> {
  const { PublicKey, TransactionInstruction } = chain.web3
  const config = { encoding: 'base64', dataSlice: { offset: 0, length: 0 }, commitment: 'confirmed' }
  const there = (result: unknown) => {
    const value = isObject(result) && Array.isArray(result.value) ? result.value : []
    return value.length === 2 ? value.map((each) => each !== null) : undefined
  }
  // What the simulation says of a program that is missing is clearer than what could be said here.
  const [hasV3, hasV4] = await ask(client, 'getMultipleAccounts', [[MEMO_V3, MEMO_V4], config], there).catch(() => [])
  return new TransactionInstruction({
    programId: new PublicKey(hasV4 && !hasV3 ? MEMO_V4 : MEMO_V3),
    keys: [{ pubkey: new PublicKey(payer), isSigner: true, isWritable: false }],
    data: utf8Of(memo) as never,
  })
}
