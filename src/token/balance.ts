import { LamplightError } from '../base/errors.js'
import type { AccountAt, Commitment } from './account.js'
import { type Address, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from './address.js'
import { exactText } from './amount.js'
import type { Mint } from './mint.js'
import { decodeTokenAccount, type TokenAccount } from './tokenAccount.js'

/** Where a value came from. */
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
  /** The node that said so was behind what had been seen before. */
  readonly lagging: boolean
}

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
  /** Why an account of a token program could not be read as a token account. */
  readonly unreadable: unknown
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
export interface TokenBalance extends BalanceMeta {
  readonly kind: 'token'
  readonly owner: Address
  readonly mint: Address
  readonly program: 'token' | 'token-2022'
  /** Base units, confirmed by the chain. */
  readonly amount: bigint
  /** Signed: change that was asked for and not yet seen on the chain. */
  readonly pending: bigint
  readonly decimals: number
  /** What a person should see. */
  readonly text: string
  /** `false`: there is no token account; then `amount` is 0n. */
  readonly exists: boolean
  readonly accounts: readonly TokenBalanceAccount[]
  /** The part of `amount` that is not frozen. */
  readonly spendable: bigint
  /** Token-2022 extensions of the mint and the account. */
  readonly extensions: readonly string[]
}

/** One token account behind a balance. */
export interface TokenBalanceAccount {
  readonly address: Address
  readonly amount: bigint
  readonly associated: boolean
  readonly frozen: boolean
  readonly delegate: Address | null
  readonly delegatedAmount: bigint
}

/** How an account was learned. */
export interface Sighting {
  readonly commitment: Commitment
  readonly source: BalanceSource
  readonly reason: BalanceReason
  readonly at: number
  readonly lagging?: boolean
}

/** Decodes an account for the cache. It never throws: what cannot be read is kept as the reason why. */
export function recordOf(account: AccountAt, { at, lagging = false, ...sighting }: Sighting): AccountRecord {
  const { address, slot, lamports, program, data } = account
  const base = {
    kind: 'account',
    address,
    slot,
    lamports,
    program,
    ...sighting,
    observedAt: at,
    verifiedAt: at,
    lagging,
  } as const
  const exists = data !== null
  if (!exists || (program !== TOKEN_PROGRAM && program !== TOKEN_2022_PROGRAM))
    return { ...base, exists, token: null, unreadable: null }
  try {
    return { ...base, exists, token: decodeTokenAccount(account), unreadable: null }
  } catch (unreadable) {
    return { ...base, exists, token: null, unreadable }
  }
}

/** Whether a cached value is an account record. */
export const isRecord = (value: unknown): value is AccountRecord =>
  typeof value === 'object' && value !== null && (value as AccountRecord).kind === 'account'

/**
 * The one ordering rule: a write is taken when its slot is newer, or equal and from a stream, another tab's included.
 * When it says the same as what is held, the held object stays (nothing renders) and only learns that it was confirmed
 * again.
 */
export function newest(held: AccountRecord | undefined, arrived: AccountRecord): AccountRecord {
  if (held === undefined || held === arrived) return arrived
  const { slot, source } = arrived
  if (slot < held.slot) return held
  if (!sameContent(held, arrived)) return slot > held.slot || source === 'stream' || source === 'tab' ? arrived : held
  return Object.assign(held, { slot, verifiedAt: Math.max(held.verifiedAt, arrived.verifiedAt) })
}

function sameContent(a: AccountRecord, b: AccountRecord): boolean {
  if (a.lamports !== b.lamports || a.exists !== b.exists || a.program !== b.program || a.lagging !== b.lagging)
    return false
  if (a.token === null || b.token === null)
    return a.token === b.token && (a.unreadable === null) === (b.unreadable === null)
  return sameToken(a.token, b.token)
}

function sameToken(a: TokenAccount, b: TokenAccount): boolean {
  return (Object.keys(a) as (keyof TokenAccount)[]).every((key) =>
    key === 'extensions' ? String(a.extensions) === String(b.extensions) : a[key] === b[key],
  )
}

/**
 * SOL as a person should see it.
 * @example
 * const { text, slot } = solBalanceOf(await client.readAccount({ address: owner, commitment: 'confirmed' }))
 */
export function solBalanceOf(record: AccountRecord): SolBalance {
  const { address: owner, lamports, exists } = record
  return withMeta(record, { kind: 'sol', owner, lamports, pending: 0n, text: exactText(lamports, 9), exists } as const)
}

/**
 * A token balance from the owner's associated account. An account whose ownership was given away is not the owner's.
 * @throws LamplightError `account/not-token` when the account is there and is not a token account
 * @example
 * const info = await client.readMint(mint, 'confirmed')
 * const account = client.associatedAddress(owner, mint, info.program)
 * const { text } = tokenBalanceOf(owner, info, await client.readAccount({ address: account, commitment: 'confirmed' }))
 */
export function tokenBalanceOf(owner: Address, mint: Mint, record: AccountRecord): TokenBalance {
  if (record.unreadable) throw record.unreadable
  const { token, address, exists } = record
  if (exists && !token && record.program !== SYSTEM_PROGRAM)
    throw new LamplightError('account/not-token', { address, why: `it belongs to the program ${record.program}` })
  const own = token && token.owner === owner && token.mint === mint.address ? token : null
  const amount = own?.amount ?? 0n
  return withMeta(record, {
    kind: 'token',
    owner,
    mint: mint.address,
    program: mint.program,
    amount,
    pending: 0n,
    decimals: mint.decimals,
    text: exactText(amount, mint.decimals),
    exists: own !== null,
    accounts: own ? [partOf(own)] : [],
    spendable: own?.frozen ? 0n : amount,
    extensions: [...new Set([...mint.extensions, ...(own?.extensions ?? [])])],
  } as const)
}

/** Slot and time of the last confirmation move on while the value stays: they are read off the record when asked for. */
function withMeta<T extends object>(record: AccountRecord, value: T): T & BalanceMeta {
  const { source, observedAt, lagging } = record
  return Object.defineProperties({ ...value, source, observedAt, lagging } as T & BalanceMeta, {
    slot: { enumerable: true, get: () => record.slot },
    verifiedAt: { enumerable: true, get: () => record.verifiedAt },
  })
}

const partOf = ({ address, amount, frozen, delegate, delegatedAmount }: TokenAccount): TokenBalanceAccount => ({
  address,
  amount,
  associated: true,
  frozen,
  delegate,
  delegatedAmount,
})
