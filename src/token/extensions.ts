/** Where Token-2022 says whether the bytes are a mint (1) or a token account (2). */
export const ACCOUNT_TYPE_OFFSET = 165
/** A multisig has this size and no type byte, so no mint and no token account may have it. */
export const MULTISIG_BYTES = 355

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
