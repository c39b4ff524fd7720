import type { Address } from '../../base/address.js'
import { base58Of } from '../../base/base58.js'

/** Reads an address that is all zeros when there is none. */
export function addressIn(view: DataView | undefined, offset: number): Address | null {
  if (!view) return null
  const bytes = new Uint8Array(view.buffer, view.byteOffset + offset, 32)
  return bytes.some((byte) => byte !== 0) ? (base58Of(bytes) as Address) : null
}
