import { type AccountRecord, address } from 'lamplight/core'
import { accountOf } from '../../src/token/account.js'
import { recordOf } from '../../src/token/record.js'

/** A wallet of tests. */
export const OWNER = address('4Nd1mYbtdqP3zN3fJLCAzNm7cXyDsWzYqnUSpcHTAZrT')

/** What a node says of an owner's SOL. */
export function solRecord(slot: number, lamports: bigint, source: AccountRecord['source'] = 'fetch'): AccountRecord {
  const account = accountOf(OWNER, slot, {
    lamports: String(lamports),
    owner: '11111111111111111111111111111111',
    data: ['', 'base64'],
  })
  if (!account) throw new Error('not an account')
  return recordOf(account, { commitment: 'confirmed', source, reason: 'poll', at: { ms: slot, wallMs: slot } })
}
