'use client'

import { type UseTokenBalanceParameters, useTokenBalance } from '../react/useTokenBalance.js'
import type { TokenBalance as TokenBalanceData } from '../token/balance.js'
import { type BalanceNote, BalanceText, type BalanceTextProps } from './BalanceText.js'
import { flagsOf, sentenceOf } from './balanceFlags.js'
import type { Text } from './LamplightI18n.js'

/** What `<TokenBalance>` takes: a target, how to write it, and any attribute of a `<span>`. */
export interface TokenBalanceProps
  extends BalanceTextProps<TokenBalanceData>,
    Pick<UseTokenBalanceParameters, 'mint' | 'owner' | 'commitment' | 'pollInterval' | 'stream'> {}

/**
 * One token balance, live. Style it through `data-state`: idle, loading, live, polling, stale, error or missing. What is
 * frozen, paused, delegated, private or cannot be transferred is said beside it; `data-flags` has the names.
 * @example
 * <TokenBalance mint="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v" symbol="USDC" />
 */
export function TokenBalance({ mint, owner, commitment, pollInterval, stream, ...text }: TokenBalanceProps) {
  const result = useTokenBalance({ mint, owner, commitment, pollInterval, stream })
  return <BalanceText kind="token" result={result} unitsOf={unitsOf} notesOf={notesOf} {...text} />
}

const unitsOf = ({ uiAmount, decimals }: TokenBalanceData) => [uiAmount, decimals] as const

const notesOf = (balance: TokenBalanceData, { messages, numbers }: Text): BalanceNote[] =>
  flagsOf(balance).map((name) => ({
    name,
    short: messages.flags[name],
    sentence: sentenceOf(name, balance, messages, numbers),
  }))
