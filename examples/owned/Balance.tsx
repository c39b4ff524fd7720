import {
  type Freshness,
  type Maybe,
  type UseSolBalanceReturnType,
  type UseTokenBalanceReturnType,
  useSolBalance,
  useTokenBalance,
} from 'lamplight'
import { type BalanceState, balanceStateOf } from 'lamplight/components'

/** What a state is called. Say it your way; never by colour alone. */
const messages: Readonly<Record<Freshness, string>> = {
  live: 'Live',
  polling: 'Refreshed every few seconds',
  stale: 'May be out of date',
  offline: 'No network',
}

/** What stands there without a number. */
const unknown: Partial<Record<BalanceState, string>> = { idle: '–', missing: 'No account', error: 'Unavailable' }

/** What `<Balance>` takes. */
export interface BalanceProps {
  /** Whose; `null` for nobody. @default the connected wallet */
  readonly owner?: Maybe<string>
  /** Of which token. @default SOL */
  readonly mint?: string
  readonly symbol: string
  readonly className?: string
}

/** One balance, drawn by you: one element, its state in `data-state`, and no number that is not known. */
export function Balance({ mint, ...props }: BalanceProps) {
  return mint === undefined ? <Sol {...props} /> : <Token mint={mint} {...props} />
}

function Sol({ owner, ...look }: Omit<BalanceProps, 'mint'>) {
  const result = useSolBalance({ owner })
  return <Amount result={result} {...look} />
}

function Token({ owner, mint, ...look }: BalanceProps & { readonly mint: string }) {
  const result = useTokenBalance({ owner, mint })
  return <Amount result={result} {...look} />
}

type Result = UseSolBalanceReturnType | UseTokenBalanceReturnType

function Amount({
  result,
  symbol,
  className,
}: { readonly result: Result } & Pick<BalanceProps, 'symbol' | 'className'>) {
  const { data, error, freshness } = result
  const state = balanceStateOf(result)
  // A wallet that was never used has 0 SOL; a token account that does not exist is another thing than an empty one.
  const isKnown = data !== undefined && state !== 'missing'
  return (
    <span className={className} data-state={state} aria-busy={state === 'loading' || undefined} title={error?.message}>
      {isKnown ? `${data.text} ${symbol}` : (unknown[state] ?? '…')}
      {isKnown && freshness !== 'live' && <small> {messages[freshness]}</small>}
    </span>
  )
}
