'use client'

import { useQuery } from '@tanstack/react-query'
import type { AddressInput, TokenProgram } from '../base/address.js'
import { withFreshness } from '../client/balances/balanceResult.js'
import type { TokenBalance } from '../token/balance.js'
import { useBalanceClient } from './balanceContext.js'
import { type Maybe, type ReadParameters, type ReadResult, useOwner } from './parameters.js'
import { idleOptions } from './useAccount.js'
import { useWallet } from './useWallet.js'

/** What `useWalletTokens` takes. */
export interface UseTokenBalancesParameters<S = readonly TokenBalance[]>
  extends ReadParameters<readonly TokenBalance[], S> {
  /** `null` disables. @default the connected wallet */
  readonly owner?: Maybe<AddressInput>
  /** Only these mints. @default every mint */
  readonly mints?: readonly AddressInput[] | undefined
  /** Whether tokens of which there are none left are listed too. @default false */
  readonly includeZero?: boolean | undefined
}
/** What `useWalletTokens` gives. */
export type UseTokenBalancesReturnType<S = readonly TokenBalance[]> = ReadResult<S> & {
  /** The programs of which some token could not be read: there may be more than what is listed. */
  readonly incomplete: readonly TokenProgram[]
}

/**
 * Every token of a wallet, live, under both token programs: one balance for each mint, all its accounts together. Wrapped
 * SOL comes first, the others in the order of their mints' addresses. Tokens that come and accounts that are closed show
 * by themselves. `freshness` is also that of the list: `live` says that there is no other token. Options are compared by
 * value; of the functions in `query` those of the first render stay, but for `select`.
 * @example
 * const { data, incomplete } = useWalletTokens({ owner })
 * return (
 *   <ul aria-busy={incomplete.length > 0}>
 *     {data?.map(({ mint, text }) => <li key={mint}>{text}</li>)}
 *   </ul>
 * )
 */
export function useWalletTokens<S = readonly TokenBalance[]>(
  parameters: UseTokenBalancesParameters<S> = {},
): UseTokenBalancesReturnType<S> {
  const client = useBalanceClient('useWalletTokens')
  const owner = useOwner(parameters.owner)
  const frame = useQuery(idleOptions(client, owner))
  const given = useWallet(client, owner, parameters)
  return (given ??
    Object.assign(
      withFreshness(frame, () => 'stale'),
      { incomplete: [] },
    )) as UseTokenBalancesReturnType<S>
}
