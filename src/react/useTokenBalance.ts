'use client'

import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { LamplightError } from '../base/errors.js'
import { accountOfTarget, mintOptions } from '../sync/targets.js'
import type { AddressInput } from '../token/address.js'
import { type AccountRecord, type TokenBalance, tokenBalanceOf } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import { useBalanceClient } from './balanceContext.js'
import {
  type Checked,
  check,
  isAuto,
  type Maybe,
  pollMsOf,
  type ReadParameters,
  type ReadResult,
  useAddress,
  useOwner,
  valueIn,
} from './parameters.js'
import { idleOptions, type PolledAccount, useAccount, useFollow, withFreshness } from './useAccount.js'

/** What `useTokenBalance` takes. */
export interface UseTokenBalanceParameters<S = TokenBalance> extends ReadParameters<TokenBalance, S> {
  /** `null` disables. */
  readonly mint: Maybe<AddressInput>
  /** `null` disables. @default the connected wallet */
  readonly owner?: Maybe<AddressInput>
}
/** What `useTokenBalance` gives. */
export type UseTokenBalanceReturnType<S = TokenBalance> = ReadResult<S>

/**
 * One owner's balance of one mint, live, for both token programs. No token account gives `exists: false`; a failed
 * refresh keeps the last `data` and sets `error`. Errors are `LamplightError`s.
 * @example
 * const { data, freshness } = useTokenBalance({ mint: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v' })
 * return <p>{data ? `${data.text} USDC (${freshness})` : '…'}</p>
 */
export function useTokenBalance<S = TokenBalance>(
  parameters: UseTokenBalanceParameters<S>,
): UseTokenBalanceReturnType<S> {
  const client = useBalanceClient('useTokenBalance')
  const owner = useOwner(parameters.owner)
  const mint = useAddress(parameters.mint, 'mint')
  const { enabled = true, stream = true, commitment = client.commitment } = parameters
  const input = check(() => {
    const pollMs = pollMsOf(parameters.pollInterval)
    const target = { owner: valueIn(owner), mint: valueIn(mint) }
    return target.owner && target.mint ? { owner: target.owner, mint: target.mint, pollMs } : null
  })
  const target = input.type === 'ready' ? input.value : null

  const mintQuery = useQuery<Mint, LamplightError>(
    target
      ? { ...mintOptions(client, target.mint, commitment), enabled, refetchInterval: againAfter(target.pollMs) }
      : idleOptions<Mint>(client, input),
  )
  const known = mintQuery.data
  const guess = target && accountOfTarget(client, target, known)
  useFollow(client, enabled && target && guess ? { ...target, account: guess } : null, commitment, stream)

  const auto = isAuto(parameters.pollInterval) ? target?.owner : undefined
  const account: Checked<PolledAccount> =
    target && known && guess
      ? { type: 'ready', value: { address: guess, commitment, pollMs: target.pollMs, auto } }
      : { type: 'none' }
  const ownerAddress = target?.owner
  const select = useCallback(
    (record: AccountRecord) => tokenBalanceOf(ownerAddress as never, known as Mint, record),
    [ownerAddress, known],
  )
  const result = useAccount<TokenBalance, S>({ client, input: account, select, parameters })
  // Until the mint is known its query is the one in charge: pending, failed, or wrong.
  return known ? result : withFreshness(mintQuery as unknown as UseQueryResult<S, LamplightError>, result.freshness)
}

/** A mint is read once; one that could not be read is asked for again at the interval, until it could. */
const againAfter = (pollMs: number) => (query: { readonly state: { readonly error: LamplightError | null } }) =>
  query.state.error?.retryable && pollMs !== Infinity ? pollMs : false
