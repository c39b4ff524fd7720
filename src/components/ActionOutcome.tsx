'use client'

import { messageOf } from '../base/check.js'
import { isLamplightError } from '../base/errors.js'
import type { ActionResult } from '../react/useAction.js'
import { formatAmount } from '../token/amount.js'
import { moneyOf } from './AmountField.js'
import type { AllMessages } from './messages/messages.js'
import { reasonOf } from './messages/reason.js'
import type { Asset } from './useAsset.js'
import { type FormText, useFormText } from './useFormText.js'

/** An action, as far as what is said of it goes. */
export type ShownAction = Pick<ActionResult<never>, 'phase' | 'quote' | 'error'>

/** What is said of an action. */
export interface ActionOutcomeProps {
  readonly action: ShownAction
  /** `null` where nobody is connected. */
  readonly owner: string | null
  /** What is moved, for what it costs. */
  readonly asset: Asset | null
  /** Whether the error is told at a field. */
  readonly isTold?: boolean | undefined
}

const BUSY: readonly string[] = ['building', 'signing', 'sending', 'confirming']

/** How far an action is, what it costs and how it ended, in words that a screen reader tells as they come. */
export function ActionOutcome({ action, owner, asset, isTold = false }: ActionOutcomeProps) {
  const text = useFormText()
  const { phase } = action
  const error = (phase === 'failed' || phase === 'unconfirmed') && !isTold ? action.error : null
  const detail = error && detailOf(error)
  return (
    <div data-part="outcome" role="status" data-state={phase}>
      <p>{owner === null ? text.messages.wallet.none : isTold ? '' : sentenceOf(phase, error, text.messages)}</p>
      {detail && (
        <small lang="en" dir="ltr">
          {detail}
        </small>
      )}
      {BUSY.includes(phase) && action.quote && <small>{quoteOf(action.quote, asset, text)}</small>}
    </div>
  )
}

function sentenceOf(phase: ShownAction['phase'], error: unknown, messages: AllMessages): string {
  const { action, refusal, reason } = messages
  if (phase === 'idle') return ''
  if (phase !== 'failed') return action[phase]
  if (!error) return ''
  if (isLamplightError(error, 'action/refused')) return refusal[error.context.reason]
  if (isLamplightError(error, 'action/failed')) {
    const { reason: why, signature } = error.context
    return [signature ? action.failed : action.wouldFail, why !== 'unknown' && refusal[why]].filter(Boolean).join(' ')
  }
  if (isLamplightError(error, 'wallet/altered')) return action.altered
  return isLamplightError(error) && error.code.startsWith('wallet/') ? action.unavailable : reason[reasonOf(error)]
}

/** The program's or the wallet's own words, for who can make something of them. */
function detailOf(error: unknown): string | null {
  if (isLamplightError(error, 'action/refused')) return null
  return isLamplightError(error, 'action/failed') ? error.context.why : messageOf(error)
}

function quoteOf(
  quote: NonNullable<ShownAction['quote']>,
  asset: Asset | null,
  { messages, numbers }: FormText,
): string {
  const { networkFee, rent, transferFee, received, warnings } = quote
  const sol = (lamports: bigint) => `${formatAmount(lamports, 9, { locale: numbers })} SOL`
  const of = (units: bigint) => asset && moneyOf(asset, units, numbers)
  const { action } = messages
  const kept = transferFee > 0n && of(transferFee)
  const arrives = kept && received !== null && of(received)
  return [
    action.networkFee(sol(networkFee)),
    rent > 0n && action.rent(sol(rent)),
    kept && action.transferFee(kept),
    arrives && action.received(arrives),
    warnings.includes('unused') && action.unused,
    warnings.includes('off-curve') && action.offCurve,
  ]
    .filter(Boolean)
    .join(' · ')
}
