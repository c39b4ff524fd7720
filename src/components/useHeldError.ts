'use client'

import { useEffect, useRef } from 'react'
import type { ReadResult } from '../react/parameters.js'
import { reasonOf } from '../words/reason.js'
import type { BalanceState } from './balanceState.js'
import type { Text } from './LamplightText.js'

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
  { data, error }: Pick<ReadResult<{ readonly verifiedAt: number; readonly lagging?: boolean }>, 'data' | 'error'>,
  state: BalanceState,
  { words, when }: Text,
  nowMs: number,
): string {
  const { balance, reason } = words
  if (state === 'idle' || state === 'loading') return balance.loading
  if (state === 'live') return balance.live
  const because = error ? reasonOf(error) : data?.lagging ? 'behind' : null
  const why = because ? ` ${reason[because]}` : ''
  if (state === 'error' || !data) return balance.error + why
  // A confirmation may be newer than the last tick.
  return balance[state](when(Math.min(data.verifiedAt - nowMs, 0))) + why
}
