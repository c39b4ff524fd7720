'use client'

import { type ComponentProps, useId } from 'react'
import type { Address, AddressInput } from '../base/address.js'
import type { ResolveToken } from '../client/balances/tokenOptions.js'
import type { Maybe } from '../react/parameters.js'
import type { PriorityParameters } from '../react/useSolTransferFee.js'
import { ActionButtons } from './ActionButtons.js'
import { ActionOutcome } from './ActionOutcome.js'
import { AmountField, AmountSum } from './AmountField.js'
import { AssetField } from './AssetField.js'
import type { TypedAmount } from './forms/typedAmount.js'
import { RecipientField } from './RecipientField.js'
import { chosenAddress, useAsset } from './useAsset.js'
import { useFormText } from './useFormText.js'
import { type Receipt, useSending, useTransfer, useWhileBusy } from './useSending.js'
import { useWalletState } from './useWalletState.js'

/** What `<SendForm>` takes: any attribute of a `<form>` beside these. */
export interface SendFormProps extends Omit<ComponentProps<'form'>, 'children' | 'onSubmit'>, PriorityParameters {
  /** What is sent; `null` for SOL. While something is on its way another one waits. @default chosen by the person: SOL, or a token of the wallet */
  readonly mint?: Maybe<AddressInput>
  /** What that token is called. @default by its own mint, by `resolveToken`, or its address */
  readonly symbol?: string | undefined
  /** Names tokens that do not name themselves; keep the function stable. @default nobody */
  readonly resolveToken?: ResolveToken | undefined
  /**
   * Whether the browser keeps the last 20 addresses that the wallet sent to, with their times, in `localStorage`. The form
   * says when an address was sent to last, and warns of one that only looks like one of them. @default true
   */
  readonly rememberRecipients?: boolean | undefined
  /** Told of the transaction once it is confirmed. */
  readonly onConfirmed?: ((receipt: Receipt) => void) | undefined
}

/**
 * Sends SOL or a token of the connected wallet. What is wrong is told at its field, before the wallet opens where that is
 * possible; what it costs is told before it is signed; it cannot be sent twice by accident. `data-state` is the phase: idle,
 * building, signing, sending, confirming, confirmed, rejected, failed or expired.
 * @example
 * <SendForm onConfirmed={({ signature }) => console.log(signature)} />
 */
export function SendForm(props: SendFormProps) {
  const {
    mint,
    symbol,
    resolveToken,
    onConfirmed,
    rememberRecipients = true,
    computeUnitLimit,
    computeUnitPrice,
    ...form
  } = props
  const { messages, attributes } = useFormText()
  const sum = useId()
  const canChoose = mint === undefined
  const [chosen, choose] = useWalletState<Address | null>(null)
  const priority = { computeUnitLimit, computeUnitPrice }
  const transfer = useTransfer(priority)
  const inHand = useWhileBusy(canChoose ? chosen : mint, transfer.isBusy)
  const asset = useAsset(inHand, { symbol, resolveToken, ...priority })
  const sending = useSending(asset, transfer, { canChoose, isKept: rememberRecipients, onConfirmed })
  const { owner, phase, faults, isTold, isBusy, edited, onSubmit, action, recipient, amount, setAmount } = sending
  const chooseAnother = (value: string) => {
    choose(chosenAddress(value))
    edited('asset')
  }
  const typeAmount = (typed: TypedAmount) => {
    setAmount(typed)
    edited('amount')
  }
  return (
    <form
      data-lamp="send-form"
      data-state={phase}
      aria-busy={isBusy || undefined}
      noValidate
      {...attributes}
      {...form}
      onSubmit={onSubmit}
    >
      {canChoose && <AssetField {...{ asset, resolveToken, isBusy }} fault={faults.asset} onChoose={chooseAnother} />}
      <RecipientField {...{ recipient, isBusy }} fault={faults.to} consentFault={faults.consent} onEdited={edited} />
      <AmountField {...{ asset, amount, isBusy }} fault={faults.amount} onAmount={typeAmount} />
      <AmountSum id={sum} {...{ asset, amount }} say={messages.form.sends} />
      <ActionButtons action={action} describedBy={sum} isIdle={isBusy || owner === null}>
        {messages.form.send}
      </ActionButtons>
      <ActionOutcome {...{ action, owner, asset, isTold }} />
    </form>
  )
}
