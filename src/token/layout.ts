import type { AccountAt } from './account.js'
import { type TokenProgram, tokenProgramOf } from './address.js'

/** The bytes of a mint or a token account, told apart and ready to be read. */
export interface Layout {
  readonly program: TokenProgram
  readonly kind: 'mint' | 'token account'
  readonly view: DataView
  /** Token-2022 extensions by name. */
  readonly extensions: readonly string[]
}

const MINT_BYTES = 82
const TOKEN_ACCOUNT_BYTES = 165
/** A multisig has this size and no type byte, so no mint and no token account may have it. */
const MULTISIG_BYTES = 355
const TLV_OFFSET = 166
const names = [
  'uninitialized',
  'transferFeeConfig',
  'transferFeeAmount',
  'mintCloseAuthority',
  'confidentialTransferMint',
  'confidentialTransferAccount',
  'defaultAccountState',
  'immutableOwner',
  'memoTransfer',
  'nonTransferable',
  'interestBearingConfig',
  'cpiGuard',
  'permanentDelegate',
  'nonTransferableAccount',
  'transferHook',
  'transferHookAccount',
  'confidentialTransferFeeConfig',
  'confidentialTransferFeeAmount',
  'metadataPointer',
  'tokenMetadata',
  'groupPointer',
  'tokenGroup',
  'groupMemberPointer',
  'tokenGroupMember',
  'confidentialMintBurn',
  'scaledUiAmountConfig',
  'pausableConfig',
  'pausableAccount',
  'permissionedBurn',
] as const

/**
 * Names the Token-2022 extensions of a mint or token account, in the order they are stored; one that is not known yet is
 * `unknown(<number>)`. Gives `null` when the entries do not fit the bytes, which the program refuses too.
 */
export function extensionsOf(data: Uint8Array): readonly string[] | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const found: string[] = []
  let at = TLV_OFFSET
  // Type 0 ends the list, and so does a rest too short for a type: the program leaves both behind when it resizes.
  while (at + 2 <= data.length) {
    const type = view.getUint16(at, true)
    if (type === 0) break
    if (at + 4 > data.length) return null
    at += 4 + view.getUint16(at + 2, true)
    if (at > data.length) return null
    found.push(names[type] ?? `unknown(${type})`)
  }
  return found
}

/** Tells what a token program's account is by its size and type byte; a text says why it is neither of the two. */
export function layoutOf({ program: owner, data }: AccountAt): Layout | string {
  const program = tokenProgramOf(owner)
  if (data === null) return 'it does not exist'
  if (!program) return `it belongs to ${owner}`
  const bytes = data.length
  if (bytes === MULTISIG_BYTES) return 'it is a multisig'
  // Only Token-2022 goes past the token account's size, and then a byte says what it is.
  const type = program === 'token-2022' ? data[TOKEN_ACCOUNT_BYTES] : undefined
  const isMint = bytes === MINT_BYTES || type === 1
  if (!isMint && bytes !== TOKEN_ACCOUNT_BYTES && type !== 2)
    return `it has ${bytes} bytes, which no mint and no token account has`
  const extensions = extensionsOf(data)
  if (!extensions) return 'its extensions do not fit its bytes'
  const view = new DataView(data.buffer, data.byteOffset, bytes)
  return { program, kind: isMint ? 'mint' : 'token account', view, extensions }
}
