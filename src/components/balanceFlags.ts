import { formatAmount } from '../token/amount.js'
import type { TokenBalance } from '../token/balance.js'
import type { Messages } from './messages/messages.js'

/** What keeps an owner from using all of a balance, or from seeing all of it. */
export type BalanceFlag = 'frozen' | 'partFrozen' | 'paused' | 'nonTransferable' | 'delegated' | 'confidential'

/** What is special about a balance, the gravest first; nothing of one that has no account. */
export function flagsOf(balance: TokenBalance): readonly BalanceFlag[] {
  const { exists, accounts, paused, nonTransferable, delegated, confidential } = balance
  if (!exists) return []
  const frozen = accounts.filter((account) => account.frozen).length
  return [
    ...(frozen > 0 ? [frozen === accounts.length ? ('frozen' as const) : ('partFrozen' as const)] : []),
    ...(paused ? ['paused' as const] : []),
    ...(nonTransferable ? ['nonTransferable' as const] : []),
    ...(delegated > 0n ? ['delegated' as const] : []),
    ...(confidential ? ['confidential' as const] : []),
  ]
}

/** A flag as a whole sentence, with the amount it is about. */
export function sentenceOf(
  flag: BalanceFlag,
  { uiAmount, amount, frozen, delegated, decimals }: TokenBalance,
  messages: Messages,
  locale: string | undefined,
): string {
  const { because } = messages.flags
  if (flag !== 'partFrozen' && flag !== 'delegated') return because[flag]
  const part = flag === 'delegated' ? delegated : frozen
  // Of what is shown with interest or a multiplier, the part is shown so too.
  const shown = amount > 0n ? (part * uiAmount) / amount : part
  return because[flag](formatAmount(shown, decimals, { locale }))
}
