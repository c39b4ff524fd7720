'use client'

import { type UseQueryOptions, useQuery } from '@tanstack/react-query'
import { useContext, useEffect, useMemo, useState } from 'react'
import type { LamplightError } from '../base/errors.js'
import type { TargetInput } from '../client/balances/accountClient.js'
import { type Balance, type BalanceOf, idleQuery, withFreshness } from '../client/balances/balanceResult.js'
import { useBalanceClient } from './balanceContext.js'
import { ClockTickContext } from './clockTick.js'
import { inputsOf, type ReadParameters, type ReadResult, textOfTargets } from './parameters.js'
import { standStill } from './useAccount.js'
import { useSnapshot } from './useSnapshot.js'

/** What `useBalances` takes. */
export interface UseBalancesParameters<T extends readonly TargetInput[] = readonly TargetInput[]>
  extends Omit<ReadParameters<Balance>, 'query'> {
  /** Whose balances of what; without a mint, SOL. Compared by value. */
  readonly targets: T
}
/** What `useBalances` gives. */
export interface UseBalancesReturnType<T extends readonly TargetInput[] = readonly TargetInput[]> {
  /** One result for each target, in their order: each has its own data, error and freshness. */
  readonly results: { readonly [K in keyof T]: ReadResult<BalanceOf<T[K]>> }
  /** Every target has a balance or an error. */
  readonly settled: boolean
}

/**
 * Many balances at once, live: of many owners, many mints, or both. Accounts and mints together are asked for in
 * `ceil(n / 100)` requests, and once more where a new mint turns out to be of Token-2022. A wrong address is an error in
 * its own place; a change renders the component once, however many balances it changes.
 * @example
 * const { results } = useBalances({ targets: [{ owner }, { owner, mint }] })
 * return <ul>{results.map(({ data }, i) => <li key={i}>{data?.text ?? '…'}</li>)}</ul>
 */
export function useBalances<const T extends readonly TargetInput[]>(
  parameters: UseBalancesParameters<T>,
): UseBalancesReturnType<T> {
  const client = useBalanceClient('useBalances')
  const clockTick = useContext(ClockTickContext)
  const { commitment, pollInterval, stream, enabled } = parameters
  const key = textOfTargets(parameters.targets)
  const [failure, setFailure] = useState<LamplightError>()
  const [, setLoaded] = useState<object>()
  useEffect(() => {
    client.balances.load().then(setLoaded, setFailure)
  }, [client])
  const code = client.balances.now
  const observer = useMemo(
    () => code?.observe(inputsOf(key), { commitment, pollInterval, stream, enabled }, clockTick),
    [code, key, commitment, pollInterval, stream, enabled, clockTick],
  )
  const idle = useQuery(idleQuery(client, (!code && failure) || null) as UseQueryOptions<Balance, LamplightError>)
  const look = () => observer?.results
  const held = useSnapshot(observer?.subscribe ?? standStill, look, () => undefined)
  const results = held ?? parameters.targets.map(() => withFreshness(idle, () => 'stale'))
  return { results: results as never, settled: results.every(({ status }) => status !== 'pending') }
}
