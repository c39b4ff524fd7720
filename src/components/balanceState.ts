import type { ReadResult } from '../react/parameters.js'

/** What a balance on screen is drawn as; the value of `data-state`. */
export type BalanceState = 'idle' | 'loading' | 'live' | 'polling' | 'stale' | 'error' | 'missing'

/**
 * One word for a hook's result. `idle`: nothing was asked for (no wallet). `error`: nothing is known. `stale`: the last
 * known value, which may not be true any more. `missing`: there is no such account.
 * @example
 * const result = useSolBalance()
 * return <p data-state={balanceStateOf(result)}>{result.data?.text ?? '…'}</p>
 */
export function balanceStateOf(
  result: Pick<ReadResult<{ readonly exists: boolean }>, 'data' | 'isError' | 'fetchStatus' | 'freshness'>,
): BalanceState {
  const { data, isError, freshness } = result
  if (!data) return isError ? 'error' : result.fetchStatus === 'idle' ? 'idle' : 'loading'
  if (isError || freshness === 'stale' || freshness === 'offline') return 'stale'
  return data.exists ? freshness : 'missing'
}
