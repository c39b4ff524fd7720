'use client'

import { type ComponentProps, useId } from 'react'
import type { AddressInput } from '../base/address.js'
import { notify } from '../base/emitter.js'
import type { ResolveToken } from '../client/balances/tokenOptions.js'
import { useBurnToken } from '../react/useBurnToken.js'
import type { PriorityParameters } from '../react/useSolTransferFee.js'
import { bytesOfText, MAX_MEMO_BYTES } from '../token/memoText.js'
import { ActionButtons } from './ActionButtons.js'
import { ActionOutcome } from './ActionOutcome.js'
import { AmountField, AmountSum } from './AmountField.js'
import { ConsentField } from './ConsentField.js'
import { FormField } from './FormField.js'
import { readAmount, type TypedAmount } from './forms/typedAmount.js'
import { type ReadForm, useActionForm } from './useActionForm.js'
import { type Asset, useAsset } from './useAsset.js'
import { useFormText } from './useFormText.js'
import type { Receipt } from './useSending.js'
import { NOTHING, useTypedAmount } from './useTypedAmount.js'
import { useWalletState } from './useWalletState.js'

/** What `<BurnForm>` takes: any attribute of a `<form>` beside these. */
export interface BurnFormProps extends Omit<ComponentProps<'form'>, 'children' | 'onSubmit'>, PriorityParameters {
  /** What is burned. */
  readonly mint: AddressInput
  /** What that token is called. @default by its own mint, by `resolveToken`, or its address */
  readonly symbol?: string | undefined
  /** Names a token that does not name itself; keep the function stable. @default nobody */
  readonly resolveToken?: ResolveToken | undefined
  /** Whether a note can be written into the transaction, as for a vote. @default true */
  readonly hasNote?: boolean | undefined
  /** Told of the transaction once it is confirmed. */
  readonly onConfirmed?: ((receipt: Receipt) => void) | undefined
}

/**
 * Burns tokens of the connected wallet, once it was said that they are to be gone for good; that has to be said again for
 * the next ones. `data-state` is the phase, as of a `<SendForm>`.
 * @example
 * <BurnForm mint="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v" symbol="USDC" />
 */
export function BurnForm(props: BurnFormProps) {
  const { mint, symbol, resolveToken, hasNote = true, onConfirmed, computeUnitLimit, computeUnitPrice, ...form } = props
  const { messages, attributes } = useFormText()
  const sum = useId()
  const asset = useAsset(mint, { symbol, resolveToken })
  const burning = useBurning(asset, mint, onConfirmed, { computeUnitLimit, computeUnitPrice })
  const { owner, phase, faults, isTold, isBusy, onSubmit, action, amount, typeAmount, filled, fill } = burning
  return (
    <form
      data-lamp="burn-form"
      data-state={phase}
      aria-busy={isBusy || undefined}
      noValidate
      {...attributes}
      {...form}
      onSubmit={onSubmit}
    >
      <AmountField {...{ asset, isBusy }} amount={amount} fault={faults.amount} onAmount={typeAmount} />
      {hasNote && (
        <NoteField note={filled.note} fault={faults.note} isBusy={isBusy} onNote={(note) => fill({ note }, 'note')} />
      )}
      <ConsentField
        label={messages.form.burnConsent}
        note={messages.form.burnWarning}
        fault={faults.consent ?? ''}
        isTicked={filled.isAgreed}
        isBusy={isBusy}
        onTick={(isAgreed) => fill({ isAgreed }, 'consent')}
      />
      <AmountSum id={sum} {...{ asset, amount }} say={messages.form.burns} />
      <ActionButtons action={action} describedBy={sum} isIdle={isBusy || owner === null}>
        {messages.form.burn}
      </ActionButtons>
      <ActionOutcome {...{ action, owner, asset, isTold }} />
    </form>
  )
}

interface Filled {
  readonly note: string
  readonly isAgreed: boolean
}
const EMPTY: Filled = { note: '', isAgreed: false }

function useBurning(
  asset: Asset,
  mint: AddressInput,
  onConfirmed: BurnFormProps['onConfirmed'],
  priority: PriorityParameters,
) {
  const { messages, numbers } = useFormText()
  const [amount, setAmount] = useTypedAmount(asset)
  const [filled, setFilled] = useWalletState(EMPTY)
  const action = useBurnToken(priority)
  const tooLong = useTooLong(filled.note)
  function read(): ReadForm {
    const typed = readAmount(amount, asset.decimals ?? 0, numbers, messages)
    const { note, isAgreed } = filled
    if ('value' in typed && isAgreed && tooLong === undefined) {
      const onSuccess = (receipt: Receipt) => {
        setAmount(NOTHING)
        setFilled(EMPTY)
        notify(onConfirmed, receipt)
      }
      const memo = note.trim() || undefined
      return { start: () => action.mutate({ mint, amount: typed.value, memo }, { onSuccess }) }
    }
    return {
      faults: {
        ...('fault' in typed && { amount: typed.fault }),
        ...(tooLong !== undefined && { note: tooLong }),
        ...(!isAgreed && { consent: messages.form.needsConsent }),
      },
    }
  }
  const form = useActionForm({ action, read, isSol: false, hasOwnAccount: true, canChoose: false })
  return {
    ...form,
    ...{ action, amount, filled },
    typeAmount(typed: TypedAmount) {
      setAmount(typed)
      form.edited('amount')
    },
    fill(change: Partial<Filled>, field?: 'consent' | 'note') {
      setFilled((held) => ({ ...held, ...change }))
      form.edited(field)
    },
  }
}

/** What is wrong with a note that takes more bytes than it may: an emoji is one character, and up to 35 of them. */
function useTooLong(note: string): string | undefined {
  const { messages, numbers } = useFormText()
  const bytes = bytesOfText(note.trim())
  const count = (each: number) => new Intl.NumberFormat(numbers ?? 'en').format(each)
  return bytes > MAX_MEMO_BYTES ? messages.form.memoTooLong(count(bytes), count(MAX_MEMO_BYTES)) : undefined
}

interface NoteFieldProps {
  readonly note: string
  readonly fault: string | undefined
  readonly isBusy: boolean
  readonly onNote: (note: string) => void
}

function NoteField({ note, fault, isBusy, onNote }: NoteFieldProps) {
  const { messages } = useFormText()
  const tooLong = useTooLong(note)
  return (
    <FormField label={messages.form.memo} note={messages.form.memoHint} fault={tooLong ?? fault}>
      {(control) => (
        <input
          {...control}
          type="text"
          autoComplete="off"
          value={note}
          readOnly={isBusy}
          onChange={({ target }) => onNote(target.value)}
        />
      )}
    </FormField>
  )
}
