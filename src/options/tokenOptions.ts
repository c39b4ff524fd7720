import { mintOptions } from '../balances/targets.js'
import { balanceKeys } from '../cache/queries.js'
import type { BalanceClient } from '../sync/balanceClient.js'
import type { Commitment } from '../token/account.js'
import { type Address, type AddressInput, address } from '../token/address.js'
import { mintOf } from '../token/balance.js'

/** What a token is called. Anybody can call a token anything: it proves nothing. */
export interface TokenInfo {
  readonly name: string
  readonly symbol: string
  /** The address of a picture; `null` when none is known. */
  readonly logo: string | null
  /** Who says so: the mint's own account on the chain, or your `resolveToken`. */
  readonly source: 'chain' | 'resolved'
}

/** Names a token whose mint says nothing of itself, from a list of yours or a service you trust; `null` when it knows none. */
export type ResolveToken = (
  mint: Address,
) => Promise<Partial<Omit<TokenInfo, 'source'>> | null> | Partial<Omit<TokenInfo, 'source'>> | null

/** Which token, and who may name it. */
export interface TokenOptionsParameters {
  readonly mint: AddressInput
  /** Asked once for each mint without metadata of its own. @default nobody: nothing is fetched from third parties */
  readonly resolveToken?: ResolveToken | undefined
  /** @default the client's */
  readonly commitment?: Commitment | undefined
}

/**
 * What a token is called, as options for TanStack Query: what the mint's own account says (Token-2022 metadata), else what
 * `resolveToken` says, else `null`. An error of `resolveToken` is the query's.
 * @throws LamplightError `input/invalid-address`; the query: `account/no-mint`, `account/not-mint`, or why the mint could not be read
 * @example
 * const names: Record<string, string> = { EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v: 'USDC' }
 * const resolveToken = (mint: string) => ({ symbol: names[mint] ?? '' })
 * const info = await queryClient.fetchQuery(tokenOptions(client, { mint, resolveToken }))
 */
export function tokenOptions(client: BalanceClient, parameters: TokenOptionsParameters) {
  const { resolveToken, commitment = client.commitment } = parameters
  const mint = address(parameters.mint, 'mint')
  return {
    queryKey: balanceKeys.token(client.cluster, mint),
    queryFn: async (): Promise<TokenInfo | null> => {
      const { metadata } = mintOf(await client.queryClient.fetchQuery(mintOptions(client, mint, commitment)))
      if (metadata) return { name: metadata.name, symbol: metadata.symbol, logo: null, source: 'chain' }
      const resolved = await resolveToken?.(mint)
      if (!resolved) return null
      const { name = '', symbol = '', logo = null } = resolved
      return { name, symbol, logo, source: 'resolved' }
    },
    staleTime: Infinity,
  }
}
