import { isAddress } from '../base/address.js'
import {
  anyOf,
  isCount,
  isNumber,
  isText,
  isTime,
  isYesNo,
  listOf,
  objectOf,
  oneOf,
  optional,
  orNull,
  type Shape,
} from '../base/shape.js'
import { isObject } from '../base/wireText.js'
import type { AccountRecord } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import { isCommitment, isTokenProgram, isUnits } from '../token/shapes.js'
import { isSlot } from '../token/slots.js'
import type { TokenAccount } from '../token/tokenAccount.js'
import type { Listing, WalletRecord } from './walletRecord.js'

/** What the cache holds of accounts, and of wallets as a whole. */
export type Entry = AccountRecord | WalletRecord

type Display = NonNullable<Mint['display']>
type Fees = NonNullable<Mint['transferFee']>

const isByte: Shape<number> = (value): value is number => isCount(value) && value < 256
const isFee = objectOf<Fees['older']>({ epoch: isUnits, basisPoints: isCount, maximum: isUnits })
const isDisplay = anyOf<Display>(
  objectOf<Extract<Display, { readonly kind: 'scaled' }>>({
    ...{ kind: oneOf('scaled'), multiplier: isNumber, nextMultiplier: isNumber, nextAt: isNumber },
  }),
  objectOf<Extract<Display, { readonly kind: 'interest-bearing' }>>({
    ...{ kind: oneOf('interest-bearing'), initializedAt: isNumber, averageRate: isNumber },
    ...{ updatedAt: isNumber, rate: isNumber },
  }),
)
const isMint = objectOf<Mint>({
  address: isAddress,
  program: isTokenProgram,
  decimals: isByte,
  supply: isUnits,
  mintAuthority: orNull(isAddress),
  freezeAuthority: orNull(isAddress),
  extensions: listOf(isText),
  display: orNull(isDisplay),
  transferFee: orNull(objectOf<Fees>({ older: isFee, newer: isFee })),
  paused: isYesNo,
  defaultFrozen: isYesNo,
  nonTransferable: isYesNo,
  permanentDelegate: orNull(isAddress),
  closeAuthority: orNull(isAddress),
  transferHook: orNull(isAddress),
  confidential: isYesNo,
  changeable: isYesNo,
  metadata: orNull(objectOf<NonNullable<Mint['metadata']>>({ name: isText, symbol: isText, uri: isText })),
})
const isTokenAccount = objectOf<TokenAccount>({
  address: isAddress,
  program: isTokenProgram,
  mint: isAddress,
  owner: isAddress,
  amount: isUnits,
  delegate: orNull(isAddress),
  delegatedAmount: isUnits,
  frozen: isYesNo,
  native: isYesNo,
  rentReserve: orNull(isUnits),
  closeAuthority: orNull(isAddress),
  extensions: listOf(isText),
  withheld: isUnits,
  confidential: isYesNo,
})
const isAccount = objectOf<Omit<AccountRecord, 'pending'>>({
  kind: oneOf('account'),
  address: isAddress,
  commitment: isCommitment,
  slot: isSlot,
  source: oneOf('stream', 'fetch', 'tab', 'restored'),
  reason: oneOf('stream', 'gap-fill', 'poll', 'audit', 'tab'),
  observedAt: isTime,
  verifiedAt: isTime,
  verifiedMs: isNumber,
  lagging: isYesNo,
  exists: isYesNo,
  lamports: isUnits,
  program: isAddress,
  token: orNull(isTokenAccount),
  mint: orNull(isMint),
  chainSeconds: orNull(isTime),
  decodeError: orNull(isText),
})
const isListing = objectOf<Listing>({ slot: isSlot, verifiedAt: isTime, verifiedMs: isNumber, undecoded: isCount })
const isWalletEntry = objectOf<WalletRecord>({
  kind: oneOf('wallet'),
  address: isAddress,
  commitment: isCommitment,
  listings: objectOf<WalletRecord['listings']>({ token: optional(isListing), 'token-2022': optional(isListing) }),
  // Whatever was written of errors is left out where it is read.
  failures: isObject as Shape<WalletRecord['failures']>,
})

/** Whether a value that was stored, or sent by a server or by another page, is whole: all that an entry has, and nothing else. */
export const isWholeEntry: Shape<Entry> = anyOf<Entry>(isAccount, isWalletEntry)
