'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { NATIVE_MINT } from '../base/address.js'
import { namesOf, type ResolveToken, type TokenInfo, tokenOptions } from '../client/balances/tokenOptions.js'
import type { TokenBalance } from '../token/balance.js'
import { useBalanceClient } from './balanceContext.js'

/**
 * What the token of a balance is called: by `resolveToken`, which is asked once for each mint, else by its own mint; `null`
 * while nobody says, and for no token. Beside a name whose `source` is `chain`, show the mint's address: nobody has verified the name.
 */
export function useTokenInfo(
  token: Pick<TokenBalance, 'mint' | 'metadata'> | null,
  resolveToken: ResolveToken | undefined,
): TokenInfo | null {
  const client = useBalanceClient('useTokenInfo')
  const { metadata = null } = token ?? {}
  const isAsked = token !== null && resolveToken !== undefined
  // Where nothing is asked any mint does.
  const options = tokenOptions(client, { mint: token?.mint ?? NATIVE_MINT, resolveToken })
  const { data } = useQuery({ ...options, enabled: isAsked, throwOnError: false })
  const resolved = (isAsked && data) || null
  const logo = resolved?.logo ?? null
  // What the mint says now may be newer than what was told when it was asked.
  const own = useMemo(() => namesOf(metadata && { ...metadata, logo }, 'chain'), [metadata, logo])
  return resolved?.source === 'resolved' ? resolved : (own ?? resolved)
}
