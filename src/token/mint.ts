import type { Address, TokenProgram } from '../base/address.js'
import { LamplightError } from '../base/errors.js'
import { type AccountAt, type Layout, layoutOf, optionalAddressAt, reading } from './account.js'
import { type MintExtensions, mintExtensionsOf } from './extensions/mintExtensions.js'

/** What a mint's bytes say. */
export interface Mint extends MintExtensions {
  readonly address: Address
  readonly program: TokenProgram
  readonly decimals: number
  /** Base units in existence. */
  readonly supply: bigint
  /** Who may mint more; `null` when the supply is fixed. */
  readonly mintAuthority: Address | null
  /** Who may freeze accounts; `null` when nobody can. */
  readonly freezeAuthority: Address | null
  /** Token-2022 extensions by name, in the order they are stored. */
  readonly extensions: readonly string[]
}

/**
 * Reads a mint out of an account's bytes, under either token program.
 * @throws LamplightError `account/no-mint`; or `account/not-mint`, which says what the account is instead.
 * @example
 * const { context, value } = await connection.getAccountInfoAndContext(new PublicKey(mint))
 * if (value) {
 *   const [program, lamports] = [address(value.owner), BigInt(value.lamports)]
 *   const { decimals } = decodeMint({ address: mint, slot: context.slot, lamports, program, data: value.data })
 * }
 */
export function decodeMint(account: AccountAt): Mint {
  const { address } = account
  if (account.data === null) throw new LamplightError('account/no-mint', { address })
  return reading(
    () => mintIn(address, layoutOf(account)),
    (why) => {
      throw new LamplightError('account/not-mint', { address, why })
    },
  )
}

/** Reads a mint. @throws RangeError which says why it is none */
export function mintIn(address: Address, { program, kind, view, extensions }: Layout): Mint {
  if (kind !== 'mint') throw new RangeError('it is a token account')
  const [mintAuthority, freezeAuthority, state] = [
    optionalAddressAt(view, 0),
    optionalAddressAt(view, 46),
    view.getUint8(45),
  ]
  if (state === 0) throw new RangeError('it is not initialised')
  if (mintAuthority === undefined || freezeAuthority === undefined || state !== 1)
    throw new RangeError('its fields hold values the program never writes')
  return {
    address,
    program,
    decimals: view.getUint8(44),
    supply: view.getBigUint64(36, true),
    mintAuthority,
    freezeAuthority,
    extensions: extensions.map(({ name }) => name),
    ...mintExtensionsOf(address, extensions),
  }
}
