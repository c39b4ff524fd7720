import { type Extension, extensionIn } from './tlv.js'

/** What a token account's extensions say. */
export interface AccountExtensions {
  /** Base units kept back from transfers into the account as fees: beside its amount, and not the owner's. */
  readonly withheld: bigint
  /** A part of the balance is encrypted, and not in the amount. */
  readonly confidential: boolean
}

const CONFIDENTIAL_BYTES = 295
const PRIVATE_START = 33
const PRIVATE_END = PRIVATE_START + 3 * 64

/**
 * Reads the extensions of a token account.
 * @throws RangeError when one of them has another length than the program gives it
 */
export function accountExtensionsOf(extensions: readonly Extension[]): AccountExtensions {
  const fee = extensionIn(extensions, 'transferFeeAmount', 8)
  const encrypted = extensionIn(extensions, 'confidentialTransferAccount')
  return {
    withheld: fee?.getBigUint64(0, true) ?? 0n,
    confidential: encrypted !== undefined && holdsSecrets(encrypted),
  }
}

/**
 * Two pending amounts and one available; an account that was only set up, or emptied, has zeros there. What has another
 * layout may hold some: the amount beside it is true all the same.
 */
function holdsSecrets(view: DataView): boolean {
  if (view.byteLength !== CONFIDENTIAL_BYTES) return true
  for (let at = PRIVATE_START; at < PRIVATE_END; at++) if (view.getUint8(at) !== 0) return true
  return false
}
