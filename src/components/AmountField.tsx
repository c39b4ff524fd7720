'use client'

import type { ReactNode } from 'react'
import { formatAmount } from '../token/amount.js'
import { FormField } from './FormField.js'
import { type TypedAmount, typedUnits } from './forms/typedAmount.js'
import type { Asset } from './useAsset.js'
import { type FormText, useFormText } from './useFormText.js'

/** An amount of what a form moves. */
export interface AmountFieldProps {
  readonly asset: Asset
  readonly amount: TypedAmount
  readonly fault: string | undefined
  readonly isBusy: boolean
  readonly onAmount: (amount: TypedAmount) => void
}

/** Where an amount is typed as one writes it, with all there is one button away. */
export function AmountField({ asset, amount, fault, isBusy, onAmount }: AmountFieldProps) {
  const { messages, numbers } = useFormText()
  const { spendable, decimals, shownOf } = asset
  const fill = (units: bigint) =>
    onAmount({ text: formatAmount(shownOf(units), decimals ?? 0, { locale: numbers, grouping: false }), exact: units })
  const note = moneyOf(asset, spendable, numbers)
  return (
    <FormField label={messages.form.amount} note={<AmountNote {...{ asset, note }} />} fault={fault}>
      {(control) => (
        <>
          <input
            {...control}
            type="text"
            inputMode="decimal"
            autoComplete="off"
            dir="ltr"
            value={amount.text}
            readOnly={isBusy}
            onChange={({ target }) => onAmount({ text: target.value, exact: null })}
          />
          <button
            type="button"
            aria-disabled={isBusy || !spendable || undefined}
            onClick={() => !isBusy && spendable && fill(spendable)}
          >
            {messages.form.max}
          </button>
        </>
      )}
    </FormField>
  )
}

function AmountNote({ asset, note }: Pick<AmountFieldProps, 'asset'> & { readonly note: string }): ReactNode {
  const { messages, numbers } = useFormText()
  const rate = feeRateOf(asset, numbers)
  return (
    <>
      {note && messages.form.available(note)}
      {rate && <span data-part="rate">{messages.form.feeRate(rate)}</span>}
    </>
  )
}

/** Zeros tell a sign between thousands from a decimal sign. */
const MIN_FRACTION = 2

/** What the amount field takes for its repetition. */
export interface AmountSumProps extends Pick<AmountFieldProps, 'asset' | 'amount'> {
  /** What the button refers to. */
  readonly id: string
  readonly say: (amount: string) => string
}

/**
 * The amount as it was understood, beside the button that acts on it: "12.345" is twelve thousand to a German, and reads
 * "12.345,00" here. The line is always there, so that nothing moves.
 */
export function AmountSum({ asset, amount, id, say }: AmountSumProps) {
  const { numbers } = useFormText()
  const { decimals, shownOf, name } = asset
  const units = decimals === null ? null : typedUnits(amount, decimals, numbers, shownOf)
  return (
    <p id={id} data-part="sum">
      {units !== null &&
        decimals !== null &&
        say(`${formatAmount(units, decimals, { locale: numbers, minFraction: MIN_FRACTION })} ${name}`)}
    </p>
  )
}

/** An amount with its name; empty while it is not known. */
export function moneyOf(asset: Asset, units: bigint | null, numbers: FormText['numbers']): string {
  if (units === null || asset.decimals === null) return ''
  return `${formatAmount(asset.shownOf(units), asset.decimals, { locale: numbers })} ${asset.name}`
}

/** What a mint keeps of a transfer; of two rates the higher, until the chain has said which one it is. */
function feeRateOf({ balance }: Asset, numbers: FormText['numbers']): string {
  const { older, newer } = balance?.transferFee ?? {}
  const basisPoints = Math.max(older?.basisPoints ?? 0, newer?.basisPoints ?? 0)
  const percent = { style: 'percent', maximumFractionDigits: 2 } as const
  return basisPoints > 0 ? new Intl.NumberFormat(numbers, percent).format(basisPoints / 10_000) : ''
}
