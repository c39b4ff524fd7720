'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type ResolveToken, type TokenInfo, tokenOptions } from '../options/tokenOptions.js'
import { NATIVE_MINT } from '../token/address.js'
import type { TokenBalance } from '../token/balance.js'
import { useBalanceClient } from './balanceContext.js'

/**
 * What the token of a balance is called: by its own mint, else by `resolveToken`, which is asked once for each mint;
 * `null` while nobody says, and for no token.
 */
export function useTokenInfo(
  token: Pick<TokenBalance, 'mint' | 'metadata'> | null,
  resolveToken: ResolveToken | undefined,
): TokenInfo | null {
  const client = useBalanceClient('useTokenInfo')
  const { metadata = null } = token ?? {}
  const isAsked = token !== null && metadata === null && resolveToken !== undefined
  // Where nothing is asked any mint does.
  const options = tokenOptions(client, { mint: token?.mint ?? NATIVE_MINT, resolveToken })
  const { data } = useQuery({ ...options, enabled: isAsked })
  const own = useMemo(
    () => metadata && ({ name: metadata.name, symbol: metadata.symbol, logo: null, source: 'chain' } as const),
    [metadata],
  )
  return own ?? (isAsked ? data : null) ?? null
}
