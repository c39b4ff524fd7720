import { type Address, type AddressInput, address } from '../../base/address.js'
import { cleanName, cleanSymbol } from '../../base/cleanName.js'
import { balanceKeys } from '../../cache/queries.js'
import type { Commitment } from '../../token/account.js'
import { mintOf } from '../../token/balance.js'
import type { AccountClient } from './accountClient.js'
import { mintOptions } from './targets.js'

/**
 * What a token is called, cleaned for display (no controls, no bidi marks, nothing invisible; `symbol` never reads like a number).
 * Anybody can call a mint anything: beside a name whose `source` is `chain`, show the mint's address.
 */
export interface TokenInfo {
  readonly name: string
  readonly symbol: string
  /** The address of a picture; `null` when none is known. */
  readonly logo: string | null
  /** Who names it: the mint's own account on the chain, which proves nothing, or your `resolveToken`. */
  readonly source: 'chain' | 'resolved'
}

/** Names tokens, from a list of yours or a service you trust; it precedes what a mint says of itself. `null` for a mint it does not know. */
export type ResolveToken = (
  mint: Address,
) => Promise<Partial<Omit<TokenInfo, 'source'>> | null> | Partial<Omit<TokenInfo, 'source'>> | null

/** Which token, and who may name it. */
export interface TokenOptionsParameters {
  readonly mint: AddressInput
  /** Asked once for each mint. @default nobody: nothing is fetched from third parties */
  readonly resolveToken?: ResolveToken | undefined
  /** @default the client's */
  readonly commitment?: Commitment | undefined
}

/**
 * What a token is called, as options for TanStack Query: what `resolveToken` says, else what the mint's own account says
 * (Token-2022 metadata), else `null`. An error of `resolveToken` is the query's.
 * @throws LamplightError `input/invalid-address`; the query: `account/no-mint`, `account/not-mint`, or why the mint could not be read
 * @example
 * const names: Record<string, string> = { EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v: 'USDC' }
 * const resolveToken = (mint: string) => ({ symbol: names[mint] ?? '' })
 * const info = await queryClient.fetchQuery(tokenOptions(client, { mint, resolveToken }))
 */
export function tokenOptions(client: AccountClient, parameters: TokenOptionsParameters) {
  const { resolveToken, commitment = client.commitment } = parameters
  const mint = address(parameters.mint, 'mint')
  return {
    // Without a resolver the answer is another one.
    queryKey: [...balanceKeys.token(client.cluster, mint), resolveToken ? 'resolved' : 'chain'],
    queryFn: async (): Promise<TokenInfo | null> => {
      const resolved = await resolveToken?.(mint)
      const known = namesOf(resolved, 'resolved')
      if (known) return known
      const { metadata } = mintOf(await client.queryClient.fetchQuery(mintOptions(client, mint, commitment)))
      const own = namesOf(metadata, 'chain')
      return own && { ...own, logo: logoOf(resolved) }
    },
    staleTime: Infinity,
  }
}

type Named = Partial<Omit<TokenInfo, 'source'>> | null | undefined

/** What somebody calls a token; `null` where nothing of it can be shown. */
export function namesOf(named: Named, source: TokenInfo['source']): TokenInfo | null {
  const [name, symbol] = [cleanName(named?.name), cleanSymbol(named?.symbol)]
  return name || symbol ? { name, symbol, logo: logoOf(named), source } : null
}

const logoOf = (named: Named): string | null => (typeof named?.logo === 'string' ? named.logo : null)
