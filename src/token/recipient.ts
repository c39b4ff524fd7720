import { type Address, addressOfProgram, bytesOfAddress, SYSTEM_PROGRAM } from '../base/address.js'
import { isOnCurve } from './associatedAddress.js'
import type { AccountRecord } from './balance.js'

/**
 * What an address is as a recipient of SOL or tokens. Only what is known to be somebody's is taken without a word:
 * - `wallet`: the System program owns it, with a key behind it or a program
 * - `unused`: nothing is there, and there is a key behind it: a new wallet, or a mistake
 * - `token-account`: it holds somebody's tokens; what is sent should go to its owner
 * - `program`: another program owns it, or nothing is there and no key can be behind it. It may be somebody's all the same (a
 *   multisig, a vault, a smart wallet), so a person may say that it is meant
 * - `invalid`: a mint, a program, a sysvar, a stake or vote account, `111…`, and every other built-in address: nobody could use
 *   what is sent there
 */
export type RecipientKind = 'wallet' | 'unused' | 'token-account' | 'program' | 'invalid'

/** Programs and sysvars that came with the chain are named in base58 and padded with ones; a key ends so in none of 10¹⁴. */
const BUILT_IN = /1{8}$/
const TOKEN_PROGRAMS: readonly Address[] = [addressOfProgram('token'), addressOfProgram('token-2022')]

/** What an address is as a recipient, from its account as it is now. */
export function recipientKindOf(
  record: Pick<AccountRecord, 'address' | 'exists' | 'program' | 'token'>,
): RecipientKind {
  const { address, exists, program, token } = record
  if (BUILT_IN.test(address)) return 'invalid'
  if (!exists) return isKey(address) ? 'unused' : 'program'
  if (program === SYSTEM_PROGRAM) return 'wallet'
  if (token) return 'token-account'
  // Loaders own programs; the chain's own programs own sysvars, stakes, votes and look-up tables.
  return TOKEN_PROGRAMS.includes(program) || BUILT_IN.test(program) ? 'invalid' : 'program'
}

/** Whether a key can sign for an address; only a program acts for one that is off the curve. */
export const isKey = (address: Address): boolean => isOnCurve(bytesOfAddress(address))
