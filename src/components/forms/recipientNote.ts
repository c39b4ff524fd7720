import type { Address } from '../../base/address.js'
import type { RecipientKind } from '../../token/recipient.js'
import type { FormMessages } from '../messages/messages.js'
import { lookalikeOf, type RecentRecipient } from './recentRecipients.js'

/** What is known of an address that was typed. */
export interface KnownRecipient {
  readonly kind: RecipientKind
  /** It is the connected wallet's own. */
  readonly isOwn: boolean
  /** Whose token account was typed instead of a wallet. */
  readonly resolved: Address | null
}

/** What the wallet had to do with a recipient so far. */
export interface RecipientHistory {
  /** When it was sent to last, in milliseconds since the epoch; `null` when it is no recent recipient. */
  readonly sentAtMs: number | null
  /** A recent recipient that this one only looks like. */
  readonly lookalike: Address | null
}

/**
 * What is known of a recipient from where the wallet sent to.
 * @param typed The address that was typed.
 * @param to Who gets it: of a token account its owner.
 */
export function recipientHistoryOf(typed: Address, to: Address, recent: readonly RecentRecipient[]): RecipientHistory {
  const last = recent.find(({ address }) => address === to)
  return { sentAtMs: last?.sentAtMs ?? null, lookalike: lookalikeOf(typed, recent) ?? lookalikeOf(to, recent) }
}

/** What is said of a recipient below its field; empty while nothing is known. */
export function recipientNoteOf(
  known: KnownRecipient | null,
  history: RecipientHistory | null,
  { form }: Pick<FormMessages, 'form'>,
  day: (ms: number) => string,
): string {
  if (!known) return ''
  const { kind, isOwn, resolved } = known
  if (isOwn) return form.recipient.own
  const said = kind === 'wallet' ? form.recipient.wallet : kind === 'unused' ? form.recipient.unused : ''
  const sentences = [resolved ? form.recipient.owner(resolved) : said, lastUseOf(kind, history, form, day)]
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

/** Empty where nothing can be sent, and where "never used" has said it. */
function lastUseOf(
  kind: RecipientKind,
  history: RecipientHistory | null,
  { recipient }: FormMessages['form'],
  day: (ms: number) => string,
): string {
  if (!history || kind === 'invalid' || kind === 'token-account') return ''
  if (history.sentAtMs !== null) return recipient.lastSent(day(history.sentAtMs))
  return kind === 'unused' ? '' : recipient.notRecent
}

/** Why a recipient cannot be sent to; `null` where it can, or that is not known. */
export function recipientFaultOf(
  known: KnownRecipient | null,
  { form, refusal }: Pick<FormMessages, 'form' | 'refusal'>,
): string | null {
  if (known?.isOwn) return form.recipient.own
  return known?.kind === 'invalid' || known?.kind === 'token-account' ? refusal['invalid-recipient'] : null
}
