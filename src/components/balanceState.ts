import type { ReadResult } from '../react/parameters.js'

/** What a balance on screen is drawn as; the value of `data-state`. */
export type BalanceState = 'idle' | 'loading' | 'live' | 'polling' | 'stale' | 'error' | 'missing'

/**
 * One word for a hook's result. `idle`: nothing was asked for (no wallet). `error`: nothing is known. `stale`: the last
 * known value, which may not be true any more, or the word of a node that lags. `missing`: there is no such token account; a
 * wallet that has none of its own on the chain yet has 0 SOL, and that is known.
 * @example
 * const result = useSolBalance()
 * return <p data-state={balanceStateOf(result)}>{result.data?.text ?? '…'}</p>
 */
export function balanceStateOf(
  result: Pick<
    ReadResult<{ readonly exists: boolean; readonly kind?: string; readonly lagging?: boolean }>,
    'data' | 'isError' | 'fetchStatus' | 'freshness'
  > &
    Partial<Pick<ReadResult<unknown>, 'errorUpdateCount'>>,
): BalanceState {
  const { data, isError, freshness, errorUpdateCount = 0 } = result
  // While it is asked for again, TanStack calls what failed pending; nothing more is known of it until an answer comes.
  if (!data) return isError || errorUpdateCount > 0 ? 'error' : result.fetchStatus === 'idle' ? 'idle' : 'loading'
  // Asked for and answered, but by a node that was behind: what has happened since it does not know.
  if (isError || data.lagging || freshness === 'stale' || freshness === 'offline') return 'stale'
  return isMissing(data) ? 'missing' : freshness
}

/** Whether there is no account to have anything in. Every address can hold SOL: one that was never used holds none. */
export const isMissing = ({ exists, kind }: { readonly exists: boolean; readonly kind?: string }): boolean =>
  !exists && kind !== 'sol'
