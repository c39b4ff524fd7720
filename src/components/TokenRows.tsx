'use client'

import { useEffect, useMemo, useRef, useState } from 'react'
import { whenLoaded } from '../base/emitter.js'
import type { TokenBalance } from '../token/balance.js'
import { type RowsShared, TokenRow } from './TokenRow.js'
import { useRovingTabIndex } from './useRovingTabIndex.js'

/** Longer lists than this are drawn through a window. */
const MAX_ROWS = 100
/** What a long list shows while the code of the window is on its way. */
const FIRST_ROWS = 30

/** What the rows of a list take. */
export interface TokenRowsProps extends Omit<RowsShared, 'onFocused' | 'wantsFocus'> {
  readonly balances: readonly TokenBalance[]
  readonly label: string
}

/** The rows of a list: all of them, or those of a long list that can be seen. */
export function TokenRows({ balances, label, freshness, format, resolveToken, onSelect, draw }: TokenRowsProps) {
  const isLong = balances.length > MAX_ROWS
  const scroller = useRef<HTMLDivElement>(null)
  const Window = useLoadedWindow(isLong)
  const keys = useMemo(() => balances.map(({ mint }) => mint), [balances])
  const { active, wantsFocus, onKeyDown, onFocused } = useRovingTabIndex(keys)
  const shared = useMemo(
    () => ({ freshness, format, resolveToken, onSelect, draw, wantsFocus, onFocused }),
    [freshness, format, resolveToken, onSelect, draw, wantsFocus, onFocused],
  )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys go from row to row, and each row is a button.
    <div
      ref={scroller}
      data-part="scroll"
      tabIndex={isLong && !onSelect ? 0 : undefined}
      onKeyDown={onSelect && onKeyDown}
    >
      {isLong && Window ? (
        <Window {...{ balances, shared, active, scroller, label }} />
      ) : (
        <ul aria-label={label}>
          {balances.slice(0, isLong ? FIRST_ROWS : MAX_ROWS).map((balance, index) => (
            <TokenRow
              key={balance.mint}
              {...{ balance, shared, index }}
              isActive={index === active}
              count={balances.length}
            />
          ))}
        </ul>
      )}
    </div>
  )
}

type Window = typeof import('./TokenWindow.js').TokenWindow

function useLoadedWindow(isWanted: boolean): Window | null {
  const [loaded, setLoaded] = useState<{ readonly Window: Window } | null>(null)
  useEffect(() => {
    if (!isWanted) return
    return whenLoaded(import('./TokenWindow.js'), ({ TokenWindow }) => {
      setLoaded({ Window: TokenWindow })
      return () => {}
    })
  }, [isWanted])
  return loaded?.Window ?? null
}
