import { isLamplightError, type LamplightError } from '../../base/errors.js'
import type { FormMessages } from '../messages/messages.js'

/** A field of a form that something can be wrong with. */
export type FormField = 'asset' | 'to' | 'amount' | 'note' | 'consent'

/** What is wrong, in words, and with which field; `null` when with none of them. */
export interface FormFault {
  readonly field: FormField | null
  readonly text: string
}

/** What is known of a form that an action was refused in. */
export interface FormFacts {
  readonly isSol: boolean
  /** Whether the wallet has an account to take from: what is missing then is the recipient's. */
  readonly hasOwnAccount: boolean
  /** Whether the form lets one choose what is sent. */
  readonly canChoose: boolean
}

/** The field that an action's error is about; `null` for errors that are of no field. */
export function formFaultOf(
  error: LamplightError,
  { isSol, hasOwnAccount, canChoose }: FormFacts,
  { form, refusal }: FormMessages,
): FormFault | null {
  if (isLamplightError(error, 'input/invalid-address'))
    return error.context.argument === 'to' ? { field: 'to', text: form.badTo } : null
  if (isLamplightError(error, 'input/invalid-value'))
    return ['amount', 'lamports'].includes(error.context.argument) ? { field: 'amount', text: form.badAmount } : null
  if (isLamplightError(error, 'action/failed') && error.context.reason === 'below-rent' && isSol)
    return error.context.signature === null ? { field: 'amount', text: refusal['below-rent'] } : null
  if (!isLamplightError(error, 'action/refused')) return null
  const { reason } = error.context
  const asset = canChoose ? 'asset' : null
  const fields: Partial<Record<typeof reason, FormField | null>> = {
    'insufficient-funds': 'amount',
    'insufficient-sol': isSol ? 'amount' : null,
    'invalid-recipient': 'to',
    'program-recipient': 'to',
    'transfer-hook': asset,
    'no-account': hasOwnAccount ? 'to' : asset,
    paused: asset,
    'non-transferable': asset,
  }
  return { field: fields[reason] ?? null, text: refusal[reason] }
}
