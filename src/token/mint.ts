import { LamplightError } from '../base/errors.js'
import type { AccountAt } from './account.js'
import { type Address, optionalAddressAt, type TokenProgram } from './address.js'
import { layoutOf } from './layout.js'

/** What a mint's bytes say. */
export interface Mint {
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
  const fail = (why: string) => new LamplightError('account/not-mint', { address, why })
  const layout = layoutOf(account)
  if (typeof layout === 'string') throw fail(layout)
  const { program, kind, view, extensions } = layout
  if (kind !== 'mint') throw fail('it is a token account')
  const [mintAuthority, freezeAuthority, state] = [
    optionalAddressAt(view, 0),
    optionalAddressAt(view, 46),
    view.getUint8(45),
  ]
  if (state === 0) throw fail('it is not initialised')
  if (mintAuthority === undefined || freezeAuthority === undefined || state !== 1)
    throw fail('its fields hold values the program never writes')
  const [supply, decimals] = [view.getBigUint64(36, true), view.getUint8(44)]
  return { address, program, decimals, supply, mintAuthority, freezeAuthority, extensions }
}
