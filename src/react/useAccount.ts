'use client'

import { type UseQueryOptions, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import type { Address } from '../base/address.js'
import type { LamplightError } from '../base/errors.js'
import type { Freshness } from '../client/accounts/connectionStatus.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { idleQuery } from '../client/balances/balanceResult.js'
import { intervalOf } from '../client/balances/pollInterval.js'
import { accountOptions, ownRecordsOf } from '../client/balances/targets.js'
import type { Commitment } from '../token/account.js'
import type { AccountRecord } from '../token/balance.js'
import { type Checked, passedOptions, type ReadParameters } from './parameters.js'
import { useSnapshot } from './useSnapshot.js'

/** What `useQuery` gets when there is nothing to ask for, or when what was asked for makes no sense. */
export const idleOptions = <T>(client: BalanceClient, input: Checked<unknown>): UseQueryOptions<T, LamplightError> =>
  idleQuery(client, input.type === 'invalid' ? input.error : null) as UseQueryOptions<T, LamplightError>

/** Keeps an account coming while the component is mounted. */
export function useFollow(
  client: BalanceClient,
  account: Address | null | undefined | false,
  commitment: Commitment,
  stream: boolean,
) {
  useEffect(
    () => (account && stream ? client.followAccount({ address: account, commitment }) : undefined),
    [client, account, commitment, stream],
  )
}

/** An account, and how often to ask for it while it is not live. */
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
  /** The same object for the same account: what is new costs a page of a thousand. */
  readonly input: Checked<PolledAccount>
  /** `undefined` while the record alone does not tell. */
  readonly select: (record: AccountRecord) => T | undefined
  readonly parameters: ReadParameters<T, S>
}

/** Reads one account out of the cache, asks for it where needed, and tells how far it can be trusted. */
export function useAccount<T, S>({ client, input, select, parameters }: AccountQuery<T, S>) {
  const { query, enabled = true } = parameters
  const wanted = input.type === 'ready' ? input.value : null
  // Who is not told of changes cannot say that there are none.
  const freshness = useFreshness(client, query?.subscribed === false ? null : wanted)
  // With all defaults filled in: TanStack takes them as they are, and compares nothing while they stay the same.
  const options = useMemo(() => {
    const own = wanted && ownRecordsOf(wanted.address)
    return client.queryClient.defaultQueryOptions({
      enabled,
      ...(wanted && {
        refetchInterval: intervalOf(client, wanted, wanted.pollMs, wanted.auto),
        ...accountOptions(client, wanted.address, wanted.commitment),
      }),
      ...passedOptions(query),
      ...(wanted ? {} : idleOptions(client, input)),
      select(record: AccountRecord) {
        const value = select(own ? own(record) : record)
        return query?.select && value !== undefined ? query.select(value) : value
      },
    } as object as UseQueryOptions<T, LamplightError, S>)
  }, [client, input, wanted, enabled, query, select])
  return [useQuery(options), freshness] as const
}

/** Tells how far an account can be trusted, and renders anew when that changes once it was asked; of no account nothing is told. */
export function useFreshness(client: BalanceClient, wanted: PolledAccount | null): () => Freshness {
  const isRead = useRef(false)
  const isShown = useRef(false)
  const subscribe = useCallback(
    (listener: () => void) => {
      isShown.current = true
      return wanted ? client.onFreshness(() => isRead.current && listener(), wanted) : standStill()
    },
    [client, wanted],
  )
  const look = () => (wanted ? client.freshness(wanted, wanted.pollMs) : 'stale')
  const shown = useSnapshot<Freshness>(subscribe, look, () => 'stale')
  return () => {
    isRead.current = true
    // What a server has rendered is taken over as it is. After that whoever asks late, in a handler, hears what is true then.
    return isShown.current ? look() : shown
  }
}

/** For what does not change. */
export const standStill = () => () => {}
