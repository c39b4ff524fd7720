import type { QueryClient } from '@tanstack/query-core'
import { heldTokenAccounts } from '../../cache/listing.js'
import { balanceKeys, entryOf } from '../../cache/queries.js'
import type { WalletRecord } from '../../cache/walletRecord.js'
import type { AccountReader } from '../../rpc/accountReader.js'
import type { AccountAt, SubscriptionRequest, TokenAccountsAt } from '../../token/account.js'
import { isBehind } from '../../token/balance.js'
import type { ChainHead } from '../../token/slots.js'

/** What the chain said to a request: one account, or a list of token accounts. */
export interface GapAnswer {
  readonly account?: AccountAt
  readonly listing?: TokenAccountsAt
  /** It is older than what had been seen before. */
  readonly lagging: boolean
}

/** What requests are read with. */
export interface GapReaderParts {
  readonly head?: Pick<ChainHead, 'canBeAt'> | undefined
  readonly reader: AccountReader
  readonly queryClient: QueryClient
  readonly cluster: string
}

/** Makes the read that closes the gap before a subscription: asked for now, and not older than slot `seen` or what is held. */
export function createGapReader({ reader, queryClient, cluster, head }: GapReaderParts) {
  const cache = { queryClient, cluster, head }
  const heldAt = (request: SubscriptionRequest) => entryOf({ queryClient, cluster }, request)?.state.data

  async function readAccount(request: SubscriptionRequest, seen: number): Promise<GapAnswer> {
    // The node is not asked for a slot that only storage names: it may be of another chain, and never come.
    const minSlot = Math.max(seen, slotHeldOf(cache, request))
    const [account] = (await reader.read([request.address], { commitment: request.commitment, minSlot })) as [AccountAt]
    const now = heldAt(request)
    return { account, lagging: account.slot < minSlot || (now?.source === 'restored' && isBehind(account.slot, now)) }
  }

  async function readList(request: SubscriptionRequest, seen: number): Promise<GapAnswer> {
    const minSlot = Math.max(seen, slotHeldOf(cache, request))
    const listing = await listOf({ reader, queryClient, cluster }, request, minSlot)
    return { listing, lagging: listing.slot < minSlot }
  }

  return (request: SubscriptionRequest, seen: number): Promise<GapAnswer> =>
    request.tokens ? readList(request, seen) : readAccount(request, seen)
}

/** The slot of what the cache holds for a request; 0 for nothing, and for what only storage says. */
export function slotHeldOf(
  { queryClient, cluster, head }: Omit<GapReaderParts, 'reader'>,
  request: SubscriptionRequest,
): number {
  const { commitment, address, tokens } = request
  if (tokens) {
    const wallet = queryClient.getQueryData<WalletRecord>(balanceKeys.wallet(cluster, commitment, address))
    return wallet?.listings[tokens]?.slot ?? 0
  }
  const held = entryOf({ queryClient, cluster }, request)?.state.data
  // Nor is it one that the chain cannot have reached.
  const counts = held && held.source !== 'restored' && (head?.canBeAt(held.slot, address) ?? true)
  return counts ? held.slot : 0
}

/** Reads the token accounts of a request, and those that the cache takes for its owner's. Without `minSlot` a read that is on its way will do. */
export function listOf(
  { reader, ...cache }: GapReaderParts,
  { address, commitment, tokens = 'token' }: SubscriptionRequest,
  minSlot?: number,
): Promise<TokenAccountsAt> {
  const known = heldTokenAccounts(cache, { address, commitment, tokens }).map((record) => record.address)
  return reader.list(address, tokens, { commitment, known, ...(minSlot !== undefined && { minSlot }) })
}
