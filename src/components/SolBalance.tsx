'use client'

import { type UseSolBalanceParameters, useSolBalance } from '../react/useSolBalance.js'
import type { SolBalance as SolBalanceData } from '../token/balance.js'
import { BalanceText, type BalanceTextProps } from './BalanceText.js'

/** What `<SolBalance>` takes: an owner, how to write it, and any attribute of a `<span>`. */
export interface SolBalanceProps
  extends BalanceTextProps<SolBalanceData>,
    Pick<UseSolBalanceParameters, 'owner' | 'commitment' | 'pollInterval' | 'stream'> {}

/**
 * The SOL of one owner, live. Style it through `data-state`: idle, loading, live, polling, stale, error or missing.
 * @example
 * <SolBalance format={{ maxFraction: 4 }} />
 */
export function SolBalance({ owner, commitment, pollInterval, stream, symbol = 'SOL', ...text }: SolBalanceProps) {
  const result = useSolBalance({ owner, commitment, pollInterval, stream })
  return <BalanceText kind="sol" result={result} unitsOf={unitsOf} symbol={symbol} {...text} />
}

const unitsOf = ({ lamports }: SolBalanceData) => [lamports, 9] as const
