'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type ResolveToken, type TokenInfo, tokenOptions } from '../options/tokenOptions.js'
import type { TokenBalance } from '../token/balance.js'
import { useBalanceClient } from './balanceContext.js'

/**
 * What the token of a balance is called: by its own mint, else by `resolveToken`, which is asked once for each mint;
 * `null` while nobody says.
 */
export function useTokenInfo(
  { mint, metadata }: Pick<TokenBalance, 'mint' | 'metadata'>,
  resolveToken: ResolveToken | undefined,
): TokenInfo | null {
  const client = useBalanceClient('useTokenInfo')
  const isAsked = metadata === null && resolveToken !== undefined
  const { data } = useQuery({ ...tokenOptions(client, { mint, resolveToken }), enabled: isAsked })
  const own = useMemo(
    () => metadata && ({ name: metadata.name, symbol: metadata.symbol, logo: null, source: 'chain' } as const),
    [metadata],
  )
  return own ?? data ?? null
}
