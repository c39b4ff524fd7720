import { exactText, parseAmount } from '../../token/amount.js'
import type { FormMessages } from '../messages/messages.js'

/** What is in an amount's field: as typed, or exactly all there is. */
export interface TypedAmount {
  readonly text: string
  /** Base units that the text stands for, where nobody typed it. */
  readonly exact: bigint | null
}

/** What an action takes, or what is wrong with the field. */
export type ReadAmount = { readonly value: bigint | string } | { readonly fault: string }

/** What was typed, as base units as they are shown; `null` where it is no amount above zero. */
export function typedUnits(
  { text, exact }: TypedAmount,
  decimals: number,
  locale: string,
  shownOf: (units: bigint) => bigint,
): bigint | null {
  if (exact !== null) return exact > 0n ? shownOf(exact) : null
  const parsed = parseAmount(text, decimals, { locale })
  return parsed.ok && parsed.amount > 0n ? parsed.amount : null
}

/**
 * Reads an amount as a person of that locale writes it. What comes of it is the plain text that actions take: they know
 * what a token with interest makes of it.
 */
export function readAmount(
  { text, exact }: TypedAmount,
  decimals: number,
  locale: string,
  { form }: Pick<FormMessages, 'form'>,
): ReadAmount {
  if (exact !== null) return exact > 0n ? { value: exact } : { fault: form.zeroAmount }
  const parsed = parseAmount(text, decimals, { locale })
  if (parsed.ok) return parsed.amount > 0n ? { value: exactText(parsed.amount, decimals) } : { fault: form.zeroAmount }
  const faults = {
    empty: form.needsAmount,
    format: form.badAmount,
    precision: form.precision(String(decimals)),
    overflow: form.tooLarge,
  }
  return { fault: faults[parsed.reason] }
}
