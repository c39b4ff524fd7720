import type { Address, TokenProgram } from '../base/address.js'
import { LamplightError } from '../base/errors.js'
import { type AccountAt, addressAt, type Layout, layoutOf, optionalAddressAt, reading } from './account.js'
import { type AccountExtensions, accountExtensionsOf } from './extensions/accountExtensions.js'

/** What a token account's bytes say. */
export interface TokenAccount extends AccountExtensions {
  readonly address: Address
  readonly program: TokenProgram
  readonly mint: Address
  readonly owner: Address
  /** Base units held. */
  readonly amount: bigint
  /** Who may move up to `delegatedAmount` of it; `null` when nobody but the owner can. */
  readonly delegate: Address | null
  readonly delegatedAmount: bigint
  /** Nothing can leave or enter a frozen account. */
  readonly frozen: boolean
  /** Whether this is wrapped SOL. */
  readonly native: boolean
  /** Lamports that wrapped SOL keeps back for rent; `null` for every other mint. */
  readonly rentReserve: bigint | null
  /** Who may close the account; `null` when that is the owner. */
  readonly closeAuthority: Address | null
  /** Token-2022 extensions by name, in the order they are stored. */
  readonly extensions: readonly string[]
}

const FROZEN = 2

/**
 * Reads a token account out of an account's bytes, under either token program.
 * @throws LamplightError `account/not-token`, which says what the account is instead.
 * @example
 * const { amount, frozen, delegate } = decodeTokenAccount(account)
 */
export function decodeTokenAccount(account: AccountAt): TokenAccount {
  const { address } = account
  return reading(
    () => tokenAccountIn(address, layoutOf(account)),
    (why) => {
      throw new LamplightError('account/not-token', { address, why })
    },
  )
}

/** Reads a token account. @throws RangeError which says why it is none */
export function tokenAccountIn(address: Address, { program, kind, view, extensions }: Layout): TokenAccount {
  if (kind === 'mint') throw new RangeError('it is a mint')
  const [delegate, closeAuthority] = [optionalAddressAt(view, 72), optionalAddressAt(view, 129)]
  const [state, native] = [view.getUint8(108), view.getUint32(109, true)]
  if (state === 0) throw new RangeError('it is not initialised')
  if (delegate === undefined || closeAuthority === undefined || state > FROZEN || native > 1)
    throw new RangeError('its fields hold values the program never writes')
  return {
    address,
    program,
    mint: addressAt(view, 0),
    owner: addressAt(view, 32),
    amount: view.getBigUint64(64, true),
    delegate,
    delegatedAmount: view.getBigUint64(121, true),
    frozen: state === FROZEN,
    native: native === 1,
    rentReserve: native === 1 ? view.getBigUint64(113, true) : null,
    closeAuthority,
    extensions: extensions.map(({ name }) => name),
    ...accountExtensionsOf(extensions),
  }
}
