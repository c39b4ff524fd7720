'use client'

import { useQuery } from '@tanstack/react-query'
import { balanceKeys } from '../cache/queries.js'
import type { TokenBalance } from '../token/balance.js'
import { accountSizeOf } from '../token2022/accountSize.js'
import { useBalanceClient } from './balanceContext.js'

/**
 * What making an account for a token costs, in lamports: the rent that it holds until it is closed. `null` while it is not
 * known, and for no token.
 */
export function useAccountRent(token: Pick<TokenBalance, 'program' | 'extensions'> | null): bigint | null {
  const client = useBalanceClient('useAccountRent')
  const size = token && accountSizeOf(token.program, token.extensions)
  const { data } = useQuery({
    queryKey: [...balanceKeys.cluster(client.cluster), 'rent', size],
    queryFn: () => client.request('getMinimumBalanceForRentExemption', [size], { over: 'http' }) as Promise<number>,
    enabled: size !== null,
    // What a byte costs changes once in years.
    staleTime: Infinity,
  })
  return typeof data === 'number' ? BigInt(data) : null
}
