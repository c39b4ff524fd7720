const TLV_OFFSET = 166
const HEADER_BYTES = 4
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

/** A Token-2022 extension that this list knows. */
export type ExtensionName = (typeof names)[number]

/** One extension of a mint or token account: its name, and its own bytes. */
export interface Extension {
  /** One that is not known yet is `unknown(<number>)`. */
  readonly name: string
  readonly view: DataView
}

/**
 * Walks the Token-2022 extensions of a mint or token account, in the order they are stored. Gives `null` when the entries
 * do not fit the bytes, which the program refuses too.
 */
export function extensionsOf(data: Uint8Array): readonly Extension[] | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const found: Extension[] = []
  let at = TLV_OFFSET
  // Type 0 ends the list, and so does a rest too short for a type: the program leaves both behind when it resizes.
  while (at + 2 <= data.length) {
    const type = view.getUint16(at, true)
    if (type === 0) break
    const start = at + HEADER_BYTES
    if (start > data.length) return null
    const length = view.getUint16(at + 2, true)
    at = start + length
    if (at > data.length) return null
    found.push({
      name: names[type] ?? `unknown(${type})`,
      view: new DataView(data.buffer, data.byteOffset + start, length),
    })
  }
  return found
}

/**
 * The bytes of one extension; the first counts where there are several, as in the program. `undefined` when it is not
 * there.
 * @throws RangeError when it has another length than the program gives it
 */
export function extensionIn(
  extensions: readonly Extension[],
  name: ExtensionName,
  bytes?: number,
): DataView | undefined {
  const view = extensions.find((each) => each.name === name)?.view
  if (view && bytes !== undefined && view.byteLength !== bytes)
    throw new RangeError(`its extension ${name} has ${view.byteLength} bytes, not ${bytes}`)
  return view
}
