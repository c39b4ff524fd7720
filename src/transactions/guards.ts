import type { Address } from '../base/address.js'
import { shown } from '../base/check.js'
import type { RefusalReason } from '../base/errors.js'
import { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { amountOfUiText, exactText } from '../token/amount.js'
import type { AccountRecord } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import { isKey, recipientKindOf } from '../token/recipient.js'
import type { TokenAccount } from '../token/tokenAccount.js'
import type { ActionQuote } from './action.js'

/** An amount: base units or lamports as a bigint, or exactly as a person writes it: `'1.5'`. */
export type ActionAmount = bigint | string

const U64_MAX = 2n ** 64n - 1n

/** The refusal of an action, before the wallet is asked. */
export const refusal = (action: string, reason: RefusalReason, why: string): LamplightError =>
  laterError('action/refused', { action, reason, why })

/** An amount in base units, above 0. @throws LamplightError `input/invalid-value` */
export function baseUnitsOf(
  argument: string,
  input: ActionAmount,
  mint: Pick<Mint, 'decimals' | 'display'>,
  atSeconds: number,
): bigint {
  const parsed =
    typeof input === 'bigint'
      ? { ok: true as const, amount: input }
      : typeof input === 'string'
        ? amountOfUiText(input, mint, atSeconds)
        : undefined
  if (parsed?.ok && parsed.amount > 0n && parsed.amount <= U64_MAX) return parsed.amount
  const why = parsed && !parsed.ok && parsed.reason === 'precision' ? `; ${mint.decimals} decimals at most` : ''
  throw new LamplightError('input/invalid-value', {
    argument,
    input: typeof input === 'bigint' ? `${input}n` : shown(input),
    expected: `a bigint of base units above 0, or the amount as text such as '1.5'${why}`,
  })
}

/** Lamports that can be spent: what is there, without what is already leaving. */
export const spendableLamports = ({ lamports, pending }: AccountRecord): bigint =>
  lamports + least(pending?.lamports ?? 0n)
const least = (pending: bigint) => (pending < 0n ? pending : 0n)

/** The token account that an action takes from. @throws LamplightError `action/refused` */
export function ownTokenAccount(action: string, record: AccountRecord, owner: Address): TokenAccount {
  const { token, address, exists } = record
  if (!exists) throw refusal(action, 'no-account', `the token account ${address} does not exist`)
  if (!token)
    throw new LamplightError('account/not-token', { address, why: record.decodeError ?? 'it holds no tokens' })
  if (token.owner !== owner) throw refusal(action, 'wrong-owner', `${address} belongs to ${token.owner}`)
  return token
}

/** Holds an amount to what the account and its mint would let its owner take. @throws LamplightError `action/refused` */
export function requireSpendable(
  action: string,
  record: AccountRecord,
  mint: Mint,
  owner: Address,
  amount: bigint,
): void {
  const token = ownTokenAccount(action, record, owner)
  if (mint.paused) throw refusal(action, 'paused', `the mint ${mint.address} is paused`)
  if (token.frozen) throw refusal(action, 'frozen', `the token account ${token.address} is frozen`)
  const spendable = token.amount + least(record.pending?.tokens ?? 0n)
  if (spendable < amount)
    throw refusal(
      action,
      'insufficient-funds',
      `${exactText(amount, mint.decimals)} is more than the ${exactText(spendable < 0n ? 0n : spendable, mint.decimals)} that can be spent`,
    )
}

/**
 * Holds a recipient to being somebody's: see `recipientKindOf`. Gives what a person should look at twice.
 * @param allowProgram Whether an address that only a program acts for is meant.
 * @throws LamplightError `action/refused`: `invalid-recipient`, `program-recipient`
 */
export function requireRecipient(
  action: string,
  record: AccountRecord,
  payer: Address,
  allowProgram: boolean,
): ActionQuote['warnings'] {
  const { address, mint, token, program, exists } = record
  const invalid = (why: string) => refusal(action, 'invalid-recipient', `${address} ${why}`)
  if (address === payer) throw invalid('is the sender itself')
  const kind = recipientKindOf(record)
  if (kind === 'token-account') throw invalid(`is a token account of ${token?.owner}`)
  if (kind === 'invalid') throw invalid(mint ? 'is a mint' : `is nobody's: it belongs to the program ${program}`)
  if (kind === 'program' && !allowProgram) {
    const why = exists ? `belongs to the program ${program}` : 'has never been used, and no key can be behind it'
    throw refusal(action, 'program-recipient', `${address} ${why}; if that is meant, set allowProgramRecipient`)
  }
  return [!exists && ('unused' as const), !isKey(address) && ('off-curve' as const)].filter((each) => each !== false)
}
