'use client'

import type { ComponentProps, ReactNode } from 'react'
import type { ReadResult } from '../react/parameters.js'
import { type FormatAmountOptions, formatAmount } from '../token/amount.js'
import { type BalanceState, balanceStateOf } from './balanceState.js'

/** What every balance component takes beside its target. */
export interface BalanceTextProps<T> extends Omit<ComponentProps<'span'>, 'children'> {
  /** Written after the amount. */
  readonly symbol?: string | undefined
  /** How the amount is written. @default plain and exact, as the chain says it */
  readonly format?: FormatAmountOptions | undefined
  /** Draws the content instead; the element and its `data-state` stay. */
  readonly children?: ((result: ReadResult<T>, state: BalanceState) => ReactNode) | undefined
}

/** What a person is told on hover, and by a screen reader, of a value that is not simply true. */
const WORDS: Partial<Record<BalanceState, string>> = {
  loading: 'Loading',
  polling: 'Refreshed every few seconds',
  stale: 'Last known value; it may be out of date',
  missing: 'There is no account yet',
}

interface Value {
  readonly exists: boolean
  readonly text: string
}

/** Draws a balance and its state in one element; never a 0 that nobody said. */
export function BalanceText<T extends Value>(
  props: BalanceTextProps<T> & {
    readonly kind: 'token' | 'sol'
    readonly result: ReadResult<T>
    readonly unitsOf: (data: T) => readonly [amount: bigint, decimals: number]
  },
) {
  const { kind, result, unitsOf, symbol, format, children, ...span } = props
  const state = balanceStateOf(result)
  const { data } = result
  const error = result.error?.message
  const written = data && (format ? formatAmount(...unitsOf(data), format) : data.text)
  const text = !data ? (state === 'error' ? 'Unavailable' : '–') : data.exists ? written : 'No account'
  return (
    <span
      data-lamp={`${kind}-balance`}
      data-state={state}
      aria-busy={state === 'loading' || undefined}
      title={error ? (data ? `${WORDS.stale} (${error})` : error) : WORDS[state]}
      {...span}
    >
      {children ? children(result, state) : symbol && data?.exists ? `${text} ${symbol}` : text}
    </span>
  )
}
