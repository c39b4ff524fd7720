import type { Address } from '../token/address.js'
import type { RecipientKind } from '../token/recipient.js'
import type { FormWords } from '../words/words.js'

/** What is known of an address that was typed. */
export interface KnownRecipient {
  readonly kind: RecipientKind
  /** It is the connected wallet's own. */
  readonly isOwn: boolean
  /** Whose token account was typed instead of a wallet. */
  readonly resolved: Address | null
}

/** What is said of a recipient below its field; empty while nothing is known. */
export function recipientNoteOf(known: KnownRecipient | null, { form }: Pick<FormWords, 'form'>): string {
  if (!known) return ''
  const { kind, resolved } = known
  const said = kind === 'wallet' ? form.recipient.wallet : kind === 'unused' ? form.recipient.unused : ''
  return resolved ? form.recipient.owner(resolved) : said
}

/** Why a recipient cannot be sent to; `null` where it can, or that is not known. */
export function recipientFaultOf(
  known: KnownRecipient | null,
  { form, refusal }: Pick<FormWords, 'form' | 'refusal'>,
): string | null {
  if (known?.isOwn) return form.recipient.own
  return known?.kind === 'invalid' || known?.kind === 'token-account' ? refusal['invalid-recipient'] : null
}
