import { LamplightError } from '../base/errors.js'
import type { AccountAt } from './account.js'
import { type Address, optionalAddressAt, type TokenProgram, tokenProgramOf } from './address.js'
import { ACCOUNT_TYPE_OFFSET, extensionsOf, MULTISIG_BYTES } from './extensions.js'

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

const MINT_BYTES = 82
const MINT_TYPE = 1

/**
 * Reads a mint out of an account's bytes, under either token program.
 * @throws LamplightError `account/not-mint`, which says what the account is instead.
 */
export function decodeMint(account: AccountAt): Mint {
  const { address, data } = account
  const fail = (why: string) => new LamplightError('account/not-mint', { address, why })
  const program = tokenProgramOf(account.program)
  if (data === null) throw fail('it does not exist')
  if (!program) throw fail(`it belongs to ${account.program}`)
  const why = whyNotMint(program, data)
  if (why) throw fail(why)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const mintAuthority = optionalAddressAt(view, 0)
  const freezeAuthority = optionalAddressAt(view, 46)
  const extensions = extensionsOf(data)
  if (view.getUint8(45) === 0) throw fail('it is not initialised')
  if (mintAuthority === undefined || freezeAuthority === undefined || view.getUint8(45) !== 1)
    throw fail('its fields hold values the program never writes')
  if (!extensions) throw fail('its extensions do not fit its bytes')
  const [supply, decimals] = [view.getBigUint64(36, true), view.getUint8(44)]
  return { address, program, decimals, supply, mintAuthority, freezeAuthority, extensions }
}

function whyNotMint(program: TokenProgram, data: Uint8Array): string {
  const bytes = data.length
  if (bytes === MINT_BYTES) return ''
  if (bytes === MULTISIG_BYTES) return 'it is a multisig'
  const type = data[ACCOUNT_TYPE_OFFSET]
  if (bytes === ACCOUNT_TYPE_OFFSET || (type === 2 && program === 'token-2022')) return 'it is a token account'
  return type === MINT_TYPE && program === 'token-2022' ? '' : `it has ${bytes} bytes, which no mint has`
}
