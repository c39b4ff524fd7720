'use client'

import { type UseQueryOptions, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { idleQuery, withFreshness } from '../balances/balanceResult.js'
import { intervalOf } from '../balances/pollInterval.js'
import { accountOptions, followTarget, type Target } from '../balances/targets.js'
import type { LamplightError } from '../base/errors.js'
import type { BalanceClient } from '../sync/balanceClient.js'
import type { Freshness } from '../sync/status.js'
import type { Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'
import type { AccountRecord } from '../token/balance.js'
import type { Checked, ReadParameters, ReadResult } from './parameters.js'

/** What `useQuery` gets when there is nothing to ask for, or when what was asked for makes no sense. */
export const idleOptions = <T>(client: BalanceClient, input: Checked<unknown>): UseQueryOptions<T, LamplightError> =>
  idleQuery(client, input.type === 'invalid' ? input.error : null) as UseQueryOptions<T, LamplightError>

/** Keeps a target's account coming while the component is mounted. */
export function useFollow(
  client: BalanceClient,
  target: (Target & { readonly account: Address }) | null,
  commitment: Commitment,
  stream: boolean,
) {
  const { owner, mint, account } = target ?? {}
  // biome-ignore lint/correctness/useExhaustiveDependencies: another account means that the mint's program became known.
  useEffect(
    () => (owner ? followTarget(client, { owner, ...(mint && { mint }) }, commitment, { stream }) : undefined),
    [client, owner, mint, account, commitment, stream],
  )
}

/** An account, and how often to ask for it while the stream does not vouch for it. */
export interface PolledAccount {
  readonly address: Address
  readonly commitment: Commitment
  /** Milliseconds; `Infinity` for never. */
  readonly pollMs: number
  /** Whose activity sets the interval, where it was left to `auto`. */
  readonly auto: Address | undefined
}

/** One account's query, with what the caller makes of it. */
export interface AccountQuery<T, S> {
  readonly client: BalanceClient
  readonly input: Checked<PolledAccount>
  readonly select: (record: AccountRecord) => T
  readonly parameters: ReadParameters<T, S>
  /** Whether anybody wants to know how far it can be trusted: on a page of a thousand, each who does costs. @default true */
  readonly isWatched?: boolean
}

/** Reads one account out of the cache, asks for it where needed, and tells how far it can be trusted. */
export function useAccount<T, S>(account: AccountQuery<T, S>): ReadResult<S> {
  const { client, input, select, parameters, isWatched = true } = account
  const { query = {}, enabled = true } = parameters
  const userSelect = query.select
  const derive = useCallback(
    (record: AccountRecord) => {
      const value = select(record)
      return userSelect ? userSelect(value) : value
    },
    [select, userSelect],
  )
  const wanted = input.type === 'ready' ? input.value : null
  const freshness = useFreshness(client, isWatched ? wanted : null)
  const options = {
    enabled,
    refetchInterval: wanted ? intervalOf(client, freshness, wanted.pollMs, wanted.auto) : false,
    ...(wanted ? accountOptions(client, wanted.address, wanted.commitment) : {}),
    ...query,
    ...(wanted ? {} : idleOptions(client, input)),
    select: derive,
  } as unknown as UseQueryOptions<T, LamplightError, S>
  return withFreshness(useQuery(options), freshness)
}

function useFreshness(client: BalanceClient, wanted: PolledAccount | null): Freshness {
  const { address, commitment } = wanted ?? {}
  const subscribe = useCallback(
    (listener: () => void) =>
      address && commitment ? client.onFreshness(listener, { address, commitment }) : standStill(),
    [client, address, commitment],
  )
  const look = () => (wanted ? client.freshness(wanted, wanted.pollMs) : 'stale')
  return useSyncExternalStore(subscribe, look, () => 'stale')
}

/** For what does not change. */
export const standStill = () => () => {}
