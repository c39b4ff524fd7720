'use client'

import { useQuery } from '@tanstack/react-query'
import { balanceKeys } from '../cache/queries.js'
import type { TokenBalance } from '../token/balance.js'
import { accountSizeOf } from '../token/extensions/accountSize.js'
import { rentOf } from '../transactions/answers.js'
import { useBalanceClient } from './balanceContext.js'

/** A page that is open for days asks again when it needs to know again, in milliseconds. */
const RENT_STALE_MS = 600_000

/**
 * What making an account for a token costs, in lamports: the rent that it holds until it is closed. `null` while it is not
 * known, and for no token.
 */
export function useAccountRent(token: Pick<TokenBalance, 'program' | 'extensions'> | null): bigint | null {
  const client = useBalanceClient('useAccountRent')
  const size = token && accountSizeOf(token.program, token.extensions)
  const { data } = useQuery({
    queryKey: [...balanceKeys.cluster(client.cluster), 'rent', size],
    queryFn: () => rentOf(client, size ?? 0),
    enabled: size !== null,
    // What a byte costs changes a few times a year; what is shown is told again by the simulation before it is signed.
    staleTime: RENT_STALE_MS,
    throwOnError: false,
  })
  return typeof data === 'number' ? BigInt(data) : null
}
