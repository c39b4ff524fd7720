'use client'

import type { ComponentProps, ReactNode } from 'react'
import { messageOf } from '../base/check.js'
import { amountWithName } from '../base/cleanName.js'
import type { ReadResult } from '../react/parameters.js'
import { type FormatAmountOptions, formatAmount } from '../token/amount.js'
import { type BalanceState, balanceStateOf, isMissing } from './balanceState.js'
import { type Text, useFormat, useText } from './LamplightI18n.js'
import { StatusDot } from './StatusDot.js'
import { sayingOf, useHeldError } from './useHeldError.js'

/** What every balance component takes beside its target. */
export interface BalanceTextProps<T> extends Omit<ComponentProps<'span'>, 'children'> {
  /** Written after the amount. */
  readonly symbol?: string | undefined
  /** How the amount is written. @default exact and grouped (`1,234.5`), with the signs of `<LamplightI18n>`’s locale */
  readonly format?: FormatAmountOptions | undefined
  /** Whether the mark is a button that says why. Turn it off inside a button or a link. @default true */
  readonly explain?: boolean | undefined
  /** Draws the content instead; the element, its `data-state` and its mark stay. */
  readonly children?: ((result: ReadResult<T>, state: BalanceState) => ReactNode) | undefined
}

interface Value {
  readonly kind: 'token' | 'sol'
  readonly exists: boolean
  readonly text: string
  readonly verifiedAt: number
  readonly verifiedMs: number
  readonly pending: bigint
}

interface Drawn<T> {
  readonly result: ReadResult<T>
  readonly unitsOf: (data: T) => readonly [amount: bigint, decimals: number]
  /** What is special about it: a few words beside the amount, and the sentence that the mark adds for each. */
  readonly notesOf?: ((data: T, text: Text) => readonly BalanceNote[]) | undefined
}

/** Something special about a balance. */
export interface BalanceNote {
  readonly name: string
  readonly short: string
  readonly sentence: string
}

/** Draws a balance and its state in one element; never a 0 that nobody said. */
export function BalanceText<T extends Value>(
  props: BalanceTextProps<T> & Drawn<T> & { readonly kind: 'token' | 'sol' },
) {
  const { kind, result, unitsOf, notesOf, symbol, explain, children, format: given, ...span } = props
  const text = useText()
  const format = useFormat(given)
  const state = balanceStateOf(result)
  const error = useHeldError(result, state)
  const notes = (result.data && notesOf?.(result.data, text)) ?? []
  return (
    <span
      data-lamp={`${kind}-balance`}
      data-state={state}
      data-flags={notes.map(({ name }) => name).join(' ') || undefined}
      aria-busy={state === 'loading' || undefined}
      {...text.attributes}
      {...span}
    >
      {children ? children(result, state) : writtenOf({ result, unitsOf }, { state, symbol, format, text })}
      {!children && result.data?.pending ? (
        <span data-part="pending">{pendingOf(result.data, unitsOf, format, text.messages)}</span>
      ) : null}
      <StatusDot
        isQuiet={(state === 'live' && notes.length === 0) || state === 'loading' || state === 'idle'}
        isMute={state === 'idle'}
        isButton={explain}
        say={(now) => withNotes(sayingOf({ data: result.data, error }, state, text, now), state, notes)}
        detail={error ? messageOf(error) : undefined}
      />
      {!children && notes.length > 0 && <Notes notes={notes} />}
    </span>
  )
}

const Notes = ({ notes }: { readonly notes: readonly BalanceNote[] }) => (
  <span data-part="flags">
    {notes.map(({ name, short }) => (
      <span key={name} data-part="flag">
        {short}
      </span>
    ))}
  </span>
)

/** "Live" is a word, and everything else is sentences. */
const withNotes = (said: string, state: BalanceState, notes: readonly BalanceNote[]) =>
  [state === 'live' && notes.length > 0 ? `${said} –` : said, ...notes.map(({ sentence }) => sentence)].join(' ')

function writtenOf<T extends Value>(
  { result: { data }, unitsOf }: Drawn<T>,
  { state, symbol, format, text }: Pick<BalanceTextProps<T>, 'symbol' | 'format'> & { state: BalanceState; text: Text },
): string {
  if (!data) return state === 'error' ? text.messages.balance.unavailable : '–'
  if (isMissing(data)) return text.messages.balance.noAccount
  // What the program writes as "inf" or "NaN" is no number.
  const isNumber = /^\d/.test(data.text)
  return amountWithName(isNumber ? formatAmount(...unitsOf(data), format) : data.text, symbol)
}

/** A change on its way, with its sign; beside the amount, which stays what the chain has confirmed. */
function pendingOf<T extends Value>(
  data: T,
  unitsOf: Drawn<T>['unitsOf'],
  format: FormatAmountOptions,
  messages: Text['messages'],
): string {
  const [, decimals] = unitsOf(data)
  const amount = formatAmount(data.pending, decimals, format)
  return messages.balance.pending(data.pending > 0n ? `+${amount}` : amount.replace('-', '−'))
}
