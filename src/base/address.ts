import { base58Of, bytesOfBase58 } from './base58.js'
import { shown } from './check.js'
import { LamplightError } from './errors.js'
import { redactor } from './redact.js'

declare const brand: unique symbol
/** A base58 text that was checked to be 32 bytes. */
export type Address = string & { readonly [brand]: 'Address' }
/** What the public surface takes for an address: base58, or a `PublicKey`, which is told by its `toBase58`. */
export type AddressInput = { toBase58(): string } | Address | string

/** Owns wallets, and answers for accounts that do not exist. */
export const SYSTEM_PROGRAM = '11111111111111111111111111111111' as Address
/** The classic token program. */
export const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' as Address
/** The token program with extensions. */
export const TOKEN_2022_PROGRAM = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb' as Address
/** Holds the chain's time. */
export const CLOCK = 'SysvarC1ock11111111111111111111111111111111' as Address
/** The mint of wrapped SOL. */
export const NATIVE_MINT = 'So11111111111111111111111111111111111111112' as Address

/**
 * Checks an address and gives it as base58.
 * @param argument What the error calls the bad input. @default 'address'
 * @throws LamplightError `input/invalid-address`
 * @example
 * const owner = address('11111111111111111111111111111111')
 */
export function address(input: AddressInput, argument = 'address'): Address {
  const text = typeof input === 'string' ? input : typeof input?.toBase58 === 'function' ? input.toBase58() : undefined
  if (text === undefined)
    throw new LamplightError('input/invalid-address', {
      argument,
      input: shown(input),
      why: 'neither a PublicKey nor a text',
    })
  // Decoding takes time that grows with the square of the length.
  const bytes = text.length > 44 ? undefined : bytesOfBase58(text)
  const length = bytes && bytes.length !== 32 ? `${bytes.length} bytes, not 32` : ''
  const why = text === '' ? 'empty' : text.length > 44 ? 'longer than 44 characters' : bytes ? length : 'not base58'
  if (why) throw new LamplightError('input/invalid-address', { argument, input: redactor()(text).slice(0, 60), why })
  return text as Address
}

/** Whether a value of somebody else's is an address. */
export const isAddress = (value: unknown): value is Address =>
  // Decoding takes time that grows with the square of the length.
  typeof value === 'string' && value.length <= 44 && bytesOfBase58(value)?.length === 32

/** The 32 bytes behind an address. */
export const bytesOfAddress = (address: Address): Uint8Array => bytesOfBase58(address) as Uint8Array
/** The address written in 32 bytes. */
export const addressOfBytes = (bytes: Uint8Array): Address => base58Of(bytes) as Address

/** The two programs that keep tokens, by name. */
export type TokenProgram = 'token' | 'token-2022'

/** The address of a token program. */
export const addressOfProgram = (program: TokenProgram): Address =>
  program === 'token' ? TOKEN_PROGRAM : TOKEN_2022_PROGRAM
