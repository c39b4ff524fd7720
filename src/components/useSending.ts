'use client'

import { useEffect, useRef, useState } from 'react'
import type { Address } from '../base/address.js'
import { notify } from '../base/emitter.js'
import type { ActionResult } from '../react/useAction.js'
import type { PriorityParameters } from '../react/useSolTransferFee.js'
import { useTransferSol } from '../react/useTransferSol.js'
import { useTransferToken } from '../react/useTransferToken.js'
import { recipientFaultOf } from './forms/recipientNote.js'
import { readAmount, type TypedAmount } from './forms/typedAmount.js'
import { type Recipient, useRecipient } from './RecipientField.js'
import { type ActionForm, type ReadForm, useActionForm } from './useActionForm.js'
import type { Asset } from './useAsset.js'
import { useFormText } from './useFormText.js'
import { NOTHING, useTypedAmount } from './useTypedAmount.js'

/** A transaction that is on the chain. */
export type Receipt = NonNullable<ActionResult<never>['data']>

/** A form that sends, and what was typed into it. */
export interface Sending extends ActionForm {
  readonly action: Transfer['action']
  readonly recipient: Recipient
  readonly amount: TypedAmount
  readonly setAmount: (amount: TypedAmount) => void
}

/** What a form lets one do, and who is told of it. */
export interface SendingOptions {
  readonly canChoose: boolean
  /** Whether the browser keeps who was sent to. */
  readonly isKept: boolean
  readonly onConfirmed: ((receipt: Receipt) => void) | undefined
}

/** Reads what was typed, sends it, and empties the amount once it is confirmed: what was sent is not sent again. */
export function useSending(
  asset: Asset,
  { action, start }: Transfer,
  { canChoose, isKept, onConfirmed }: SendingOptions,
): Sending {
  const { messages, numbers } = useFormText()
  const recipient = useRecipient(asset, isKept)
  const [amount, setAmount] = useTypedAmount(asset)
  useOutcomeOf(asset, action)
  const onSuccess = (receipt: Receipt) => {
    setAmount(NOTHING)
    notify(onConfirmed, receipt)
  }
  function read(): ReadForm {
    const typed = readAmount(amount, asset.decimals ?? 0, numbers, messages)
    const { address, known, rent, isMaking, isMeant } = recipient
    const unfit = recipientFaultOf(known, messages)
    const isUnsaid = known?.kind === 'program' && !isMeant
    if (address.type === 'ready' && 'value' in typed && !unfit && !isUnsaid) {
      const createRecipientAccount = rent !== null && isMaking
      const sent = { to: address.value, amount: typed.value, createRecipientAccount, allowProgramRecipient: isMeant }
      return { start: () => start(asset, sent, { onSuccess, onMount: recipient.remember }) }
    }
    return {
      faults: {
        ...(address.type !== 'ready' && { to: address.type === 'none' ? messages.form.needsTo : messages.form.badTo }),
        ...(unfit && { to: unfit }),
        ...(isUnsaid && { consent: messages.form.needsConsent }),
        ...('fault' in typed && { amount: typed.fault }),
      },
    }
  }
  const facts = { isSol: asset.mint === null, hasOwnAccount: asset.exists, canChoose }
  return { ...useActionForm({ action, read, ...facts }), action, recipient, amount, setAmount }
}

/** A transfer of whatever is to be sent. */
export interface Transfer {
  /** The one that was started last. */
  readonly action: ReturnType<typeof useTransferSol> | ReturnType<typeof useTransferToken>
  readonly isBusy: boolean
  readonly start: (asset: Pick<Asset, 'mint'>, sent: Sent, told: TransferListeners) => void
}
interface TransferListeners {
  /** Told while the form is there. */
  readonly onSuccess: (receipt: Receipt) => void
  /** Told even when the form is gone. */
  readonly onMount: (to: Address) => void
}
interface Sent {
  readonly to: Address
  readonly amount: bigint | string
  readonly createRecipientAccount: boolean
  readonly allowProgramRecipient: boolean
}

/** Sends SOL or a token, one at a time. */
export function useTransfer(priority: PriorityParameters): Transfer {
  const sol = useTransferSol(priority)
  const token = useTransferToken(priority)
  const [isToken, setToken] = useState(false)
  return {
    action: isToken ? token : sol,
    isBusy: sol.isPending || token.isPending,
    start({ mint }, { to, amount, createRecipientAccount, allowProgramRecipient }, { onSuccess, onMount }) {
      setToken(mint !== null)
      const sent =
        mint === null
          ? sol.mutateAsync({ to, lamports: amount, allowProgramRecipient }, { onSuccess })
          : token.mutateAsync({ mint, to, amount, createRecipientAccount, allowProgramRecipient }, { onSuccess })
      sent.then(() => onMount(to), heldByTheAction)
    },
  }
}

/** What went wrong is in the action's result, which the form shows. */
const heldByTheAction = () => {}

/** A value that stays as it is for as long as something is on its way. */
export function useWhileBusy<T>(value: T, isBusy: boolean): T {
  const held = useRef(value)
  if (!isBusy) held.current = value
  return held.current
}

/** What went wrong with one token is not told of another; that something was confirmed stays true. */
function useOutcomeOf({ mint }: Asset, { isError, reset }: Transfer['action']) {
  const of = useRef(mint)
  useEffect(() => {
    if (of.current !== mint && isError) reset()
    of.current = mint
  }, [mint, isError, reset])
}
