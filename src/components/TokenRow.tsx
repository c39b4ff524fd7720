'use client'

import { memo, type ReactNode, useEffect, useRef } from 'react'
import type { ResolveToken } from '../client/balances/tokenOptions.js'
import type { ReadResult } from '../react/parameters.js'
import { useTokenInfo } from '../react/useTokenInfo.js'
import type { FormatAmountOptions } from '../token/amount.js'
import type { TokenBalance } from '../token/balance.js'
import { shortOf } from './AddressLabel.js'
import { BalanceText } from './BalanceText.js'
import { flagsOf } from './balanceFlags.js'
import type { BalanceState } from './balanceState.js'
import { useText } from './LamplightI18n.js'

/** What a list's rows have in common. */
export interface RowsShared {
  readonly freshness: ReadResult<unknown>['freshness']
  readonly format: FormatAmountOptions | undefined
  readonly resolveToken: ResolveToken | undefined
  readonly onSelect: ((balance: TokenBalance) => void) | undefined
  readonly draw: ((balance: TokenBalance, state: BalanceState) => ReactNode) | undefined
  readonly onFocused: (mint: string) => void
  /** Whether the row that the keyboard stands on has yet to take the focus. */
  readonly wantsFocus: { current: boolean }
}

/** What a row takes: it renders again only when one of these is another. */
export interface TokenRowProps {
  readonly balance: TokenBalance
  readonly shared: RowsShared
  /** Whether this is the one row that the Tab key reaches. */
  readonly isActive: boolean
  readonly index: number
  readonly count: number
  /** Where it stands in a window, in pixels from the top of all rows. @default in the flow */
  readonly start?: number | undefined
  /** Told of the element, to measure it. */
  readonly measure?: ((element: HTMLLIElement | null) => void) | undefined
}

/** One token of a list: what it is called, what is special about it, and how much there is. */
export const TokenRow = memo(function TokenRow(props: TokenRowProps) {
  const { balance, shared, isActive, index, count, start, measure } = props
  const { onSelect, onFocused, wantsFocus } = shared
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isActive || !wantsFocus.current || !button.current) return
    wantsFocus.current = false
    button.current.focus()
  })
  const content = <Content balance={balance} {...shared} />
  return (
    <li
      ref={measure}
      data-part="row"
      data-index={index}
      aria-posinset={index + 1}
      aria-setsize={count}
      style={placeOf(start)}
    >
      {onSelect ? (
        <button
          ref={button}
          type="button"
          tabIndex={isActive ? 0 : -1}
          onClick={() => onSelect(balance)}
          onFocus={() => onFocused(balance.mint)}
        >
          {content}
        </button>
      ) : (
        <div>{content}</div>
      )}
    </li>
  )
})

const placeOf = (start: number | undefined) =>
  start === undefined ? undefined : ({ position: 'absolute', insetInline: 0, insetBlockStart: start } as const)

function Content({ balance, freshness, format, resolveToken, draw }: RowsShared & { readonly balance: TokenBalance }) {
  const { messages } = useText()
  const info = useTokenInfo(balance, resolveToken)
  if (draw) return draw(balance, freshness === 'offline' ? 'stale' : freshness)
  const { symbol = '', name = '', logo = null, source } = info ?? {}
  const title = symbol || name
  return (
    <>
      {logo ? (
        <img src={logo} alt="" loading="lazy" />
      ) : (
        <span data-part="logo" aria-hidden="true">
          {[...(title || balance.mint)][0]}
        </span>
      )}
      <span data-part="name">
        <bdi dir={title ? undefined : 'ltr'}>{title || shortOf(balance.mint)}</bdi>
        {symbol && name && name !== symbol && <bdi data-part="long-name">{name}</bdi>}
        {title && source === 'chain' && (
          <bdi dir="ltr" data-part="mint">
            {shortOf(balance.mint)}
          </bdi>
        )}
        {flagsOf(balance).map((flag) => (
          <span key={flag} data-part="flag">
            {messages.flags[flag]}
          </span>
        ))}
      </span>
      <BalanceText
        kind="token"
        result={resultOf(balance, freshness)}
        unitsOf={unitsOf}
        format={format}
        explain={false}
      />
    </>
  )
}

/** A row as the result of a hook of its own; that the list is old is told once, below it. */
const resultOf = (data: TokenBalance, freshness: RowsShared['freshness']) =>
  ({ data, freshness, error: null, isError: false, fetchStatus: 'idle' }) as ReadResult<TokenBalance>

const unitsOf = ({ uiAmount, decimals }: TokenBalance) => [uiAmount, decimals] as const
