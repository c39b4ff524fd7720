import type { Address } from '../../base/address.js'
import { textOfUtf8 } from '../../base/bytes.js'
import { cleanName, cleanSymbol } from '../../base/cleanName.js'
import { addressIn } from './authority.js'
import { type Extension, extensionIn } from './tlv.js'

/** What a token is called: anybody's words, and no proof of anything. Names are cleaned for display; empty where nothing can be shown. */
export interface TokenMetadata {
  readonly name: string
  readonly symbol: string
  /** Where more is told, mostly a JSON file with a picture. */
  readonly uri: string
}

/**
 * Reads the metadata that a mint holds about itself; `null` when it holds none, when it cannot be read, and when the mint
 * points to other metadata than its own.
 */
export function metadataOf(mint: Address, extensions: readonly Extension[]): TokenMetadata | null {
  const [pointer, view] = [extensionIn(extensions, 'metadataPointer'), extensionIn(extensions, 'tokenMetadata')]
  if (pointer?.byteLength !== 64 || !view || view.byteLength < 64) return null
  if (addressIn(pointer, 32) !== mint || addressIn(view, 32) !== mint) return null
  const texts: string[] = []
  for (let at = 64; texts.length < 3; ) {
    if (at + 4 > view.byteLength) return null
    const end = at + 4 + view.getUint32(at, true)
    if (end > view.byteLength) return null
    texts.push(textOfUtf8(new Uint8Array(view.buffer, view.byteOffset + at + 4, end - at - 4)))
    at = end
  }
  const [name, symbol, uri] = texts as [string, string, string]
  return { name: cleanName(name), symbol: cleanSymbol(symbol), uri }
}
