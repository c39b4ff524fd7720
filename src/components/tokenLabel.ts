import type { Address } from '../base/address.js'
import { cleanSymbol, isolated } from '../base/cleanName.js'
import type { TokenInfo } from '../client/balances/tokenOptions.js'
import { shortOf } from './AddressLabel.js'

/**
 * What a token is called in a sentence: as the app says, else as the mint says of itself, with its short address, because
 * anybody may call a mint anything. The short address alone where there is no name.
 * @param symbol What the app calls it.
 */
export function tokenLabelOf(mint: Address, info: TokenInfo | null, symbol?: string | undefined): string {
  const own = cleanSymbol(symbol)
  if (own) return isolated(own)
  const name = isolated(info?.symbol || cleanSymbol(info?.name))
  if (!name) return shortOf(mint)
  return info?.source === 'resolved' ? name : `${name} (${shortOf(mint)})`
}
