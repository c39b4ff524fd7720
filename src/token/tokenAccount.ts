import { LamplightError } from '../base/errors.js'
import type { AccountAt } from './account.js'
import { type Address, addressAt, optionalAddressAt, type TokenProgram, tokenProgramOf } from './address.js'
import { ACCOUNT_TYPE_OFFSET, extensionsOf, MULTISIG_BYTES } from './extensions.js'

/** What a token account's bytes say. */
export interface TokenAccount {
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

const TOKEN_ACCOUNT_BYTES = 165
const TOKEN_ACCOUNT_TYPE = 2
const FROZEN = 2

/**
 * Reads a token account out of an account's bytes, under either token program.
 * @throws LamplightError `account/not-token`, which says what the account is instead.
 */
export function decodeTokenAccount(account: AccountAt): TokenAccount {
  const { address, data } = account
  const fail = (why: string) => new LamplightError('account/not-token', { address, why })
  const program = tokenProgramOf(account.program)
  if (data === null) throw fail('it does not exist')
  if (!program) throw fail(`it belongs to ${account.program}`)
  const why = whyNotTokenAccount(program, data)
  if (why) throw fail(why)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const delegate = optionalAddressAt(view, 72)
  const closeAuthority = optionalAddressAt(view, 129)
  const [state, native] = [view.getUint8(108), view.getUint32(109, true)]
  if (state === 0) throw fail('it is not initialised')
  if (delegate === undefined || closeAuthority === undefined || state > FROZEN || native > 1)
    throw fail('its fields hold values the program never writes')
  const extensions = extensionsOf(data)
  if (!extensions) throw fail('its extensions do not fit its bytes')
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
    extensions,
  }
}

function whyNotTokenAccount(program: TokenProgram, data: Uint8Array): string {
  const bytes = data.length
  if (bytes === TOKEN_ACCOUNT_BYTES) return ''
  if (bytes === MULTISIG_BYTES) return 'it is a multisig'
  const type = data[ACCOUNT_TYPE_OFFSET]
  if (bytes === 82 || (type === 1 && program === 'token-2022')) return 'it is a mint'
  return type === TOKEN_ACCOUNT_TYPE && program === 'token-2022'
    ? ''
    : `it has ${bytes} bytes, which no token account has`
}
