'use client'

import { useEffect, useRef } from 'react'
import { ageMsOf, type Instant } from '../base/clock.js'
import type { ReadResult } from '../react/parameters.js'
import type { Verified } from '../token/balance.js'
import type { BalanceState } from './balanceState.js'
import type { Text } from './LamplightI18n.js'
import { reasonOf } from './messages/reason.js'

/** Why nothing is known, also while it is asked for again. */
export function useHeldError<T>({ error }: ReadResult<T>, state: BalanceState): ReadResult<T>['error'] {
  const last = useRef(error)
  useEffect(() => {
    if (error) last.current = error
  }, [error])
  return error ?? (state === 'error' ? last.current : null)
}

/** What is to be known of the value beside its amount, in whole sentences. */
export function sayingOf(
  { data, error }: Pick<ReadResult<Verified & { readonly lagging?: boolean }>, 'data' | 'error'>,
  state: BalanceState,
  { messages, when }: Text,
  now: Instant,
): string {
  const { balance, reason } = messages
  if (state === 'idle' || state === 'loading') return balance.loading
  if (state === 'live') return balance.live
  const because = error ? reasonOf(error) : data?.lagging ? 'behind' : null
  const why = because ? ` ${reason[because]}` : ''
  if (state === 'error' || !data) return balance.error + why
  // Of a value that another page has heard only the date can tell how old it is.
  const ms = Number.isFinite(data.verifiedMs) ? data.verifiedMs : now.ms
  return balance[state](when(-ageMsOf({ ms, wallMs: data.verifiedAt }, now))) + why
}
