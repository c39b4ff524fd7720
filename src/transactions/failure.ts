import type { FailureReason } from '../base/errors.js'
import { isObject } from '../base/wireText.js'

/** Why a transaction failed: the program's own reason in a word and in words. */
export interface Failure {
  readonly reason: FailureReason
  readonly why: string
}

const WORDS: Readonly<Record<Exclude<FailureReason, 'unknown'>, string>> = {
  'insufficient-funds': 'the account does not hold that much',
  'insufficient-sol': 'there is not enough SOL for it and its fee',
  frozen: 'the token account is frozen',
  paused: 'the mint is paused',
  'non-transferable': 'the token cannot be transferred',
  'wrong-owner': 'the signer does not own the account',
  'wrong-mint': 'the account is of another mint',
  'not-empty': 'the account still holds tokens',
  'no-account': 'an account that it needs does not exist',
  'below-rent': 'an address would be left with less SOL than it has to hold',
}

/**
 * Both token programs' own error numbers.
 * https://github.com/solana-program/token-2022/blob/main/interface/src/error.rs
 */
const TOKEN_ERRORS: Readonly<Record<number, FailureReason>> = {
  1: 'insufficient-funds',
  3: 'wrong-mint',
  4: 'wrong-owner',
  11: 'not-empty',
  17: 'frozen',
  37: 'non-transferable',
  67: 'paused',
}
/** What the runtime and other programs call by name. */
const NAMED: Readonly<Record<string, FailureReason>> = {
  InsufficientFunds: 'insufficient-funds',
  InsufficientFundsForFee: 'insufficient-sol',
  InsufficientFundsForRent: 'below-rent',
  AccountNotFound: 'insufficient-sol',
  UninitializedAccount: 'no-account',
  InvalidAccountOwner: 'wrong-owner',
  IllegalOwner: 'wrong-owner',
}

/** Puts a node's `err` into words; what no word is known for is told as the program's last line of log says it. */
export function failureOf(err: unknown, logs: readonly string[]): Failure {
  const reason = reasonOf(err, logs)
  if (reason) return { reason, why: WORDS[reason as keyof typeof WORDS] }
  const said = [...logs].reverse().find((line) => /^Program log: (AnchorError|Error|.*[Ee]rror)/.test(line))
  return { reason: 'unknown', why: said?.replace(/^Program log: (Error: )?/, '') ?? textOf(err) }
}

function reasonOf(err: unknown, logs: readonly string[]): FailureReason | undefined {
  if (typeof err === 'string') return NAMED[err]
  if (!isObject(err)) return undefined
  const named = Object.keys(err).find((key) => NAMED[key])
  if (named) return NAMED[named]
  const inner = Array.isArray(err.InstructionError) ? err.InstructionError[1] : undefined
  if (typeof inner === 'string') return NAMED[inner]
  if (!isObject(inner) || typeof inner.Custom !== 'number') return undefined
  // The innermost program fails first, and those that called it after it.
  const program = logs.find((line) => / failed: /.test(line))
  // The System program's first error is the token programs' "insufficient funds" by number, and is about SOL.
  if (/^Program 1{32} /.test(program ?? '')) return inner.Custom === 1 ? 'insufficient-sol' : undefined
  return /^Program Token/.test(program ?? '') ? TOKEN_ERRORS[inner.Custom] : undefined
}

const textOf = (err: unknown): string => (typeof err === 'string' ? err : JSON.stringify(err))
