import type { QueryClient } from '@tanstack/query-core'
import { heldTokenAccounts } from '../../cache/listing.js'
import { balanceKeys, entryOf } from '../../cache/queries.js'
import type { WalletRecord } from '../../cache/walletRecord.js'
import type { AccountReader } from '../../rpc/accountReader.js'
import type { AccountAt, TokenAccountsAt, Wish } from '../../token/account.js'
import { isBehind } from '../../token/balance.js'
import type { ChainHead } from '../../token/slots.js'

/** What the chain said to a wish: one account, or a list of token accounts. */
export interface WishAnswer {
  readonly account?: AccountAt
  readonly listing?: TokenAccountsAt
  /** It is older than what had been seen before. */
  readonly lagging: boolean
}

/** What wishes are read with. */
export interface WishReaderParts {
  readonly head?: Pick<ChainHead, 'canBeAt'> | undefined
  readonly reader: AccountReader
  readonly queryClient: QueryClient
  readonly cluster: string
}

/** Makes the read that closes the gap before a subscription: asked for now, and not older than slot `seen` or what is held. */
export function createWishReader({ reader, queryClient, cluster, head }: WishReaderParts) {
  const cache = { queryClient, cluster, head }
  const heldAt = (wish: Wish) => entryOf({ queryClient, cluster }, wish)?.state.data

  async function readAccount(wish: Wish, seen: number): Promise<WishAnswer> {
    // The node is not asked for a slot that only storage names: it may be of another chain, and never come.
    const minSlot = Math.max(seen, slotHeldOf(cache, wish))
    const [account] = (await reader.read([wish.address], { commitment: wish.commitment, minSlot })) as [AccountAt]
    const now = heldAt(wish)
    return { account, lagging: account.slot < minSlot || (now?.source === 'restored' && isBehind(account.slot, now)) }
  }

  async function readList(wish: Wish, seen: number): Promise<WishAnswer> {
    const minSlot = Math.max(seen, slotHeldOf(cache, wish))
    const listing = await listOf({ reader, queryClient, cluster }, wish, minSlot)
    return { listing, lagging: listing.slot < minSlot }
  }

  return (wish: Wish, seen: number): Promise<WishAnswer> =>
    wish.tokens ? readList(wish, seen) : readAccount(wish, seen)
}

/** The slot of what the cache holds for a wish; 0 for nothing, and for what only storage says. */
export function slotHeldOf({ queryClient, cluster, head }: Omit<WishReaderParts, 'reader'>, wish: Wish): number {
  const { commitment, address, tokens } = wish
  if (tokens) {
    const wallet = queryClient.getQueryData<WalletRecord>(balanceKeys.wallet(cluster, commitment, address))
    return wallet?.listings[tokens]?.slot ?? 0
  }
  const held = entryOf({ queryClient, cluster }, wish)?.state.data
  // Nor is it one that the chain cannot have reached.
  const counts = held && held.source !== 'restored' && (head?.canBeAt(held.slot, address) ?? true)
  return counts ? held.slot : 0
}

/** Reads the token accounts of a wish, and those that the cache takes for its owner's. Without `minSlot` a read that is on its way will do. */
export function listOf(
  { reader, ...cache }: WishReaderParts,
  { address, commitment, tokens = 'token' }: Wish,
  minSlot?: number,
): Promise<TokenAccountsAt> {
  const known = heldTokenAccounts(cache, { address, commitment, tokens }).map((record) => record.address)
  return reader.list(address, tokens, { commitment, known, ...(minSlot !== undefined && { minSlot }) })
}
