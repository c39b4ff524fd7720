'use client'

import { readAmount, type TypedAmount } from '../forms/typedAmount.js'
import type { ActionResult } from '../react/useAction.js'
import { useTransferSol } from '../react/useTransferSol.js'
import { useTransferToken } from '../react/useTransferToken.js'
import type { Address } from '../token/address.js'
import { type Recipient, useRecipient } from './RecipientField.js'
import { type ActionForm, type ReadForm, useActionForm } from './useActionForm.js'
import type { Asset } from './useAsset.js'
import { useFormText } from './useFormText.js'
import { NOTHING, useTypedAmount } from './useTypedAmount.js'

/** A transaction that is on the chain. */
export type Receipt = NonNullable<ActionResult<never>['data']>

/** A form that sends, and what was typed into it. */
export interface Sending extends ActionForm {
  readonly action: ReturnType<typeof useTransfer>['action']
  readonly recipient: Recipient
  readonly amount: TypedAmount
  readonly setAmount: (amount: TypedAmount) => void
}

/** Reads what was typed, sends it, and empties the amount once it is confirmed: what was sent is not sent again. */
export function useSending(
  asset: Asset,
  canChoose: boolean,
  onConfirmed: ((receipt: Receipt) => void) | undefined,
): Sending {
  const { words, numbers } = useFormText()
  const recipient = useRecipient(asset)
  const [amount, setAmount] = useTypedAmount(asset)
  const { action, start } = useTransfer(asset, (receipt) => {
    setAmount(NOTHING)
    onConfirmed?.(receipt)
  })
  function read(): ReadForm {
    const typed = readAmount(amount, asset.decimals ?? 0, numbers, words)
    const { address, rent, isMaking } = recipient
    if (address.type === 'ready' && 'value' in typed) {
      const createRecipientAccount = rent !== null && isMaking
      return { start: () => start({ to: address.value, amount: typed.value, createRecipientAccount }) }
    }
    return {
      faults: {
        ...(address.type !== 'ready' && { to: address.type === 'none' ? words.form.needsTo : words.form.badTo }),
        ...('fault' in typed && { amount: typed.fault }),
      },
    }
  }
  const facts = { isSol: asset.mint === null, hasOwnAccount: asset.exists, canChoose }
  return { ...useActionForm({ action, read, ...facts }), action, recipient, amount, setAmount }
}

interface Transfer {
  readonly to: Address
  readonly amount: bigint | string
  readonly createRecipientAccount: boolean
}

function useTransfer({ mint }: Asset, onSuccess: (receipt: Receipt) => void) {
  const sol = useTransferSol()
  const token = useTransferToken()
  return {
    action: mint === null ? sol : token,
    start({ to, amount, createRecipientAccount }: Transfer) {
      if (mint === null) sol.mutate({ to, lamports: amount }, { onSuccess })
      else token.mutate({ mint, to, amount, createRecipientAccount }, { onSuccess })
    },
  }
}
