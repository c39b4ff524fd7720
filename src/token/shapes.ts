import { type Address, isAddress, type TokenProgram } from '../base/address.js'
import { isText, isYesNo, objectOf, oneOf, optional, orNull, type Shape } from '../base/shape.js'
import type { AccountAt, Commitment, SubscriptionRequest } from './account.js'
import { isSlot } from './slots.js'

/** The name of a commitment. */
export const isCommitment: Shape<Commitment> = oneOf('processed', 'confirmed', 'finalized')
/** The name of a token program. */
export const isTokenProgram: Shape<TokenProgram> = oneOf('token', 'token-2022')
/** An amount in base units, as a program can hold it. */
export const isUnits: Shape<bigint> = (value): value is bigint =>
  typeof value === 'bigint' && value >= 0n && value < 2n ** 64n
/** What an amount can change by, up or down. */
export const isChange: Shape<bigint> = (value): value is bigint =>
  typeof value === 'bigint' && isUnits(value < 0n ? -value : value)

const isBytes: Shape<Uint8Array> = (value): value is Uint8Array =>
  // By name: the bytes may be another realm's.
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'

/** An account as a node gave it, and read already. */
export const isAccountAt = objectOf<AccountAt>({
  address: isAddress,
  slot: isSlot,
  lamports: isUnits,
  // What a node calls an owner is shown and compared, and never asked for.
  program: isText as Shape<Address>,
  data: orNull(isBytes),
  lagging: optional(isYesNo),
  isReadable: optional<boolean>(oneOf(true)),
})

/** One account that somebody wants to hear of; no list of them. */
export const isAccountRequest = objectOf<Omit<SubscriptionRequest, 'tokens'>>({
  address: isAddress,
  commitment: isCommitment,
})
