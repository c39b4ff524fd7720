'use client'

import type { ComponentProps, ReactNode } from 'react'
import type { TokenProgram } from '../base/address.js'
import type { ResolveToken } from '../client/balances/tokenOptions.js'
import { type ReadResult, useOwner } from '../react/parameters.js'
import { type UseTokenBalancesParameters, useWalletTokens } from '../react/useWalletTokens.js'
import type { FormatAmountOptions } from '../token/amount.js'
import type { TokenBalance } from '../token/balance.js'
import { type BalanceState, balanceStateOf } from './balanceState.js'
import { useText } from './LamplightI18n.js'
import type { Messages } from './messages/messages.js'
import { reasonOf } from './messages/reason.js'
import { RetryButton } from './RetryButton.js'
import { TokenRows } from './TokenRows.js'

/** What `<TokenList>` takes: whose tokens, and any attribute of a `<div>`. */
export interface TokenListProps
  extends Omit<ComponentProps<'div'>, 'children' | 'onSelect'>,
    Pick<UseTokenBalancesParameters, 'owner' | 'mints' | 'includeZero' | 'commitment' | 'pollInterval' | 'stream'> {
  /** Told of the token whose row was chosen. With it, rows are buttons, and the arrow keys go from one to the next. @default rows are text */
  readonly onSelect?: ((balance: TokenBalance) => void) | undefined
  /** Names tokens that do not name themselves; keep the function stable. @default nobody */
  readonly resolveToken?: ResolveToken | undefined
  /** How amounts are written; keep the object stable. @default exact, with the signs of `<LamplightI18n>`’s locale */
  readonly format?: FormatAmountOptions | undefined
  /** How many rows hold the place while nothing is known. @default 3 */
  readonly placeholders?: number | undefined
  /** Draws the content of a row instead; keep the function stable. */
  readonly children?: ((balance: TokenBalance, state: BalanceState) => ReactNode) | undefined
}

/**
 * Every token of a wallet, live, one row for each mint. A balance that changes renders its row and no other; beyond 100
 * tokens only the rows that can be seen are in the page, and the list scrolls in the height it is given. `data-state`:
 * idle, loading, live, polling, stale or error. What could not be read, or may be old, is said below the rows.
 * @example
 * <TokenList onSelect={({ mint, text }) => console.log(mint, text)} />
 */
export function TokenList({
  owner,
  mints,
  includeZero,
  commitment,
  pollInterval,
  stream,
  onSelect,
  resolveToken,
  format,
  placeholders = 3,
  children,
  'aria-label': label,
  ...div
}: TokenListProps) {
  const result = useWalletTokens({ owner, mints, includeZero, commitment, pollInterval, stream })
  const { data, error, freshness, incomplete, refetch } = result
  const { messages, attributes } = useText()
  const isNobody = useOwner(owner).type === 'none'
  const state = isNobody ? 'idle' : listStateOf(result)
  const name = label ?? messages.list.label
  const isWhole = incomplete.length === 0
  const shown = { freshness: state === 'stale' ? 'stale' : freshness, onSelect, resolveToken, format, draw: children }
  return (
    <div data-lamp="token-list" data-state={state} {...attributes} {...div}>
      {data && data.length > 0 && <TokenRows balances={data} label={name} {...shown} />}
      {(state === 'loading' || state === 'error') && <Placeholders count={placeholders} label={name} />}
      {state === 'idle' && <p data-part="empty">{messages.wallet.none}</p>}
      {data?.length === 0 && isWhole && <p data-part="empty">{messages.list.empty}</p>}
      <footer>
        <p role="status">{noteOf({ state, error, incomplete }, messages)}</p>
        <RetryButton isOffered={error !== null || !isWhole} isTrying={false} onRetry={() => void refetch()} />
      </footer>
    </div>
  )
}

type ListResult = ReadResult<readonly TokenBalance[]>

/** Of somebody's wallet something is always asked for, be it once the code for it is there. */
const listStateOf = ({ data, isError, freshness, errorUpdateCount }: ListResult) =>
  balanceStateOf({ data: data && EXISTS, isError, fetchStatus: 'fetching', freshness, errorUpdateCount })
const EXISTS = { exists: true }

const PROGRAMS = { token: 'Token', 'token-2022': 'Token-2022' } as const satisfies Record<TokenProgram, string>

/** What is to be known of the list as a whole. */
function noteOf(
  {
    state,
    error,
    incomplete,
  }: Pick<ListResult, 'error'> & {
    readonly state: BalanceState
    readonly incomplete: readonly TokenProgram[]
  },
  { list, reason, connection }: Messages,
): string {
  if (state === 'idle' || state === 'loading') return ''
  const why = error ? ` ${reason[reasonOf(error)]}` : ''
  if (state === 'error') return list.error + why
  const missing = incomplete.length > 0 && list.incomplete(incomplete.map((program) => PROGRAMS[program]).join(', '))
  const age = state === 'stale' ? connection.outdated : state === 'polling' ? connection.refreshed : ''
  return [missing, age].filter(Boolean).join(' ') + why
}

function Placeholders({ count, label }: { readonly count: number; readonly label: string }) {
  const rows = Array.from({ length: count }, (_, index) => index)
  return (
    <ul aria-label={label} aria-busy="true" data-part="placeholders">
      {rows.map((index) => (
        <li key={index} data-part="row">
          <div>
            <span data-part="logo" />
            <span data-part="name">–</span>
          </div>
        </li>
      ))}
    </ul>
  )
}
