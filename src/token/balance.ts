import { type Address, SYSTEM_PROGRAM } from '../base/address.js'
import { LamplightError } from '../base/errors.js'
import type { Commitment } from './account.js'
import { exactText, uiAmountOf, uiTextOf } from './amount.js'
import type { Mint } from './mint.js'
import { MAX_LAG_SLOTS } from './slots.js'
import type { TokenAccount } from './tokenAccount.js'

/** Where a value came from; `restored` is what was stored or sent by a server, and not yet confirmed by the chain. */
export type BalanceSource = 'stream' | 'fetch' | 'tab' | 'restored'
/** Why a value was looked at when it was: pushed, read after a gap, polled, checked, or told by another tab. */
export type BalanceReason = 'stream' | 'gap-fill' | 'poll' | 'audit' | 'tab'

/** How fresh a value is, carried by every balance. */
export interface BalanceMeta {
  /** The newest slot at which the chain said this value. */
  readonly slot: number
  readonly source: BalanceSource
  /** When this value was first seen, in milliseconds since the epoch. */
  readonly observedAt: number
  /** When the chain last confirmed it, in milliseconds since the epoch. */
  readonly verifiedAt: number
  /** @internal The same by the page's own clock, which nobody sets and decisions go by; `-Infinity` where it was another page's. */
  readonly verifiedMs: number
  /** The node that said so was behind what had been seen before. */
  readonly lagging: boolean
}

/** When the chain confirmed something, by both of the page's clocks. */
export type Verified = Pick<BalanceMeta, 'verifiedAt' | 'verifiedMs'>

/** One account in the query cache: decoded once, ordered by slot. */
export interface AccountRecord extends BalanceMeta {
  readonly kind: 'account'
  readonly address: Address
  readonly commitment: Commitment
  readonly reason: BalanceReason
  readonly exists: boolean
  readonly lamports: bigint
  readonly program: Address
  /** The account as a token account; `null` when it is none. */
  readonly token: TokenAccount | null
  /** The account as a mint; `null` when it is none. */
  readonly mint: Mint | null
  /** The chain's time in seconds since the epoch, in the record of the account that holds it; `null` in every other. */
  readonly chainSeconds: number | null
  /** Why an account of a token program could be read as neither of the two; `null` when it could, or is none. */
  readonly decodeError: string | null
  /** What is on its way to the account. Not enumerable: it is of this moment, and is neither stored, sent nor spread. */
  readonly pending?: PendingChange | undefined
}

/** A change that was signed and is not in a record yet. */
export interface PendingChange {
  /** Signed. */
  readonly lamports: bigint
  /** Signed, in base units. */
  readonly tokens: bigint
  /** The ordering rule while something is under way: what the cache holds after `arrived`. */
  take(held: AccountRecord, arrived: AccountRecord): AccountRecord
  /** The record with what is on its way to it, whatever was held before. */
  lay(record: AccountRecord): AccountRecord
}

/** SOL of one owner. */
export interface SolBalance extends BalanceMeta {
  readonly kind: 'sol'
  readonly owner: Address
  readonly lamports: bigint
  /** Signed: change that was asked for and not yet seen on the chain. */
  readonly pending: bigint
  /** What a person should see. */
  readonly text: string
  readonly exists: boolean
}

/** One owner's balance of one mint. */
export interface TokenBalance extends BalanceMeta, Pick<Mint, MintFact> {
  readonly kind: 'token'
  readonly owner: Address
  readonly mint: Address
  readonly program: 'token' | 'token-2022'
  /** Base units, confirmed by the chain. */
  readonly amount: bigint
  /** Signed: change that was asked for and not yet seen on the chain. */
  readonly pending: bigint
  readonly decimals: number
  /** What a person should see: the text that the program itself would give. */
  readonly text: string
  /** The number in `text`, for `formatAmount`: `amount`, with interest or multiplier where the mint has one. */
  readonly uiAmount: bigint
  /** `false`: there is no token account; then `amount` is 0n. */
  readonly exists: boolean
  readonly accounts: readonly TokenBalanceAccount[]
  /** The part of `amount` that the program would let the owner move: not frozen, and nothing of a mint that is paused or not transferable. */
  readonly spendable: bigint
  /** The part of `amount` in frozen accounts. */
  readonly frozen: bigint
  /** The part of `amount` that delegates may move; the owner may too. */
  readonly delegated: bigint
  /** Fees kept back from what came in: beside `amount`, and not the owner's. */
  readonly withheld: bigint
  /** A part of this balance is private: encrypted, and not in `amount`. */
  readonly confidential: boolean
  /** Token-2022 extensions of the mint and the account. */
  readonly extensions: readonly string[]
}

/** What a balance tells of its mint. */
type MintFact = 'paused' | 'defaultFrozen' | 'nonTransferable' | 'permanentDelegate' | 'transferFee' | 'metadata'

/** One token account behind a balance. */
export interface TokenBalanceAccount {
  readonly address: Address
  readonly amount: bigint
  readonly associated: boolean
  readonly frozen: boolean
  readonly delegate: Address | null
  readonly delegatedAmount: bigint
  /** Who may close the account; `null` when that is the owner. */
  readonly closeAuthority: Address | null
  /** Whether this is wrapped SOL. */
  readonly native: boolean
  readonly withheld: bigint
}

/** Whether a cached value is an account record. */
export const isRecord = (value: unknown): value is AccountRecord =>
  typeof value === 'object' && value !== null && (value as AccountRecord).kind === 'account'

/** Whether an answer of this slot is too old beside what is held. A stored value far ahead is of another chain, or was made up. */
export const isBehind = (slot: number, held: AccountRecord): boolean =>
  slot < held.slot && (held.source !== 'restored' || held.slot - slot <= MAX_LAG_SLOTS)

/**
 * The one ordering rule: a write is taken when its slot is newer, or equal and from a stream, another tab's included, or
 * known to lag, which was found out by asking again.
 * When it says the same as what is held, the held object stays (nothing renders) and only learns that it was confirmed
 * again. What was stored never replaces what this page heard itself, and gives way to what it hears.
 */
export function newest(held: AccountRecord | undefined, arrived: AccountRecord): AccountRecord {
  if (held === undefined || held === arrived) return arrived
  const { slot, source } = arrived
  if (source === 'restored' ? held.source !== source || slot < held.slot : isBehind(slot, held)) return held
  if (held.source === 'restored' && source !== 'restored') return arrived
  if (!sameContent(held, arrived))
    return slot > held.slot || source === 'stream' || source === 'tab' || arrived.lagging ? arrived : held
  const { verifiedAt, verifiedMs } = arrived.verifiedMs < held.verifiedMs ? held : arrived
  return Object.assign(held, { slot, verifiedAt, verifiedMs })
}

/** Whether a record says what another one does, as of its slot or a later one. */
export const says = (held: AccountRecord, other: AccountRecord): boolean =>
  held.slot >= other.slot && sameContent(held, other)

const CONTENT = ['lamports', 'exists', 'program', 'lagging', 'decodeError', 'chainSeconds', 'token', 'mint'] as const
const sameContent = (a: AccountRecord, b: AccountRecord) => CONTENT.every((key) => same(a[key], b[key]))

function same(a: unknown, b: unknown): boolean {
  if (a === b || typeof a !== 'object' || typeof b !== 'object' || !a || !b) return a === b
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key as never], b[key as never]))
}

/**
 * SOL as a person should see it.
 * @example
 * const { text, slot } = solBalanceOf(await client.readAccount({ address: owner, commitment: 'confirmed' }))
 */
export function solBalanceOf(record: AccountRecord): SolBalance {
  const { address: owner, lamports, exists } = record
  return withMeta(record, {
    kind: 'sol',
    owner,
    lamports,
    pending: record.pending?.lamports ?? 0n,
    text: exactText(lamports, 9),
    exists,
  } as const)
}

/**
 * The mint that an account's record is of.
 * @throws LamplightError `account/no-mint`; or `account/not-mint`, which says what the account is instead.
 * @example
 * const { decimals } = mintOf(await queryClient.fetchQuery(mintOptions(client, mint, 'confirmed')))
 */
export function mintOf({ address, exists, mint, token, decodeError, program }: AccountRecord): Mint {
  if (mint) return mint
  if (!exists) throw new LamplightError('account/no-mint', { address })
  const why = decodeError ?? (token ? 'it is a token account' : `it belongs to ${program}`)
  throw new LamplightError('account/not-mint', { address, why })
}

/**
 * A token balance from the owner's associated account. An account whose ownership was given away is not the owner's.
 * @param atSeconds The chain's time in seconds since the epoch, which interest and a scheduled multiplier go by. The device's
 * date is not the chain's time.
 * @throws LamplightError `account/not-token` when the account is there and is not a token account; `input/invalid-value` for a
 * mint that goes by the time, without one
 * @example
 * const info = await client.readMint(mint, 'confirmed')
 * const account = client.associatedAddress(owner, mint, info.program)
 * const record = await client.readAccount({ address: account, commitment: 'confirmed' })
 * const clock = address('SysvarC1ock11111111111111111111111111111111')
 * const { chainSeconds } = await client.readAccount({ address: clock, commitment: 'confirmed' })
 * const { text } = tokenBalanceOf(owner, info, record, chainSeconds ?? NaN)
 */
export function tokenBalanceOf(
  owner: Address,
  mint: ShownMint,
  record: AccountRecord,
  atSeconds: number,
): TokenBalance {
  const own = ownAccount(owner, mint.address, record)
  const { decimals, program, paused, defaultFrozen, nonTransferable, permanentDelegate, transferFee, metadata } = mint
  const amount = own?.amount ?? 0n
  const frozen = own?.frozen ? amount : 0n
  const delegated = own?.delegate ? own.delegatedAmount : 0n
  return withMeta(record, {
    kind: 'token',
    owner,
    mint: mint.address,
    program,
    amount,
    pending: record.pending?.tokens ?? 0n,
    decimals,
    text: uiTextOf(amount, mint, atSeconds),
    uiAmount: uiAmountOf(amount, mint, atSeconds),
    exists: own !== null,
    accounts: own ? [partOf(own)] : [],
    spendable: paused || nonTransferable ? 0n : amount - frozen,
    frozen,
    delegated: delegated < amount ? delegated : amount,
    withheld: own?.withheld ?? 0n,
    confidential: own?.confidential ?? false,
    extensions: [...new Set([...mint.extensions, ...(own?.extensions ?? [])])],
    ...{ paused, defaultFrozen, nonTransferable, permanentDelegate, transferFee, metadata },
  } as const)
}

/** What of a mint a balance shows: all but what changes with everybody's doings. */
export type ShownMint = Omit<Mint, 'supply'>

function ownAccount(owner: Address, mint: Address, record: AccountRecord): TokenAccount | null {
  const { token, address, exists, decodeError, program } = record
  const why = decodeError ?? (record.mint ? 'it is a mint' : `it belongs to the program ${program}`)
  if (exists && !token && program !== SYSTEM_PROGRAM) throw new LamplightError('account/not-token', { address, why })
  return token && token.owner === owner && token.mint === mint ? token : null
}

/** Slot and time of the last confirmation move on while the value stays: they are read off the record when asked for. */
function withMeta<T extends object>(record: AccountRecord, value: T): T & BalanceMeta {
  const { source, observedAt, lagging } = record
  return Object.defineProperties(Object.assign(value, { source, observedAt, lagging }) as T & BalanceMeta, {
    slot: { enumerable: true, get: () => record.slot },
    verifiedAt: { enumerable: true, get: () => record.verifiedAt },
    verifiedMs: { get: () => record.verifiedMs },
  })
}

function partOf(account: TokenAccount): TokenBalanceAccount {
  const { address, amount, frozen, delegate, delegatedAmount, closeAuthority, native, withheld } = account
  return { address, amount, associated: true, frozen, delegate, delegatedAmount, closeAuthority, native, withheld }
}
