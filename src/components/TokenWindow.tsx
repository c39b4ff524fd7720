'use client'

import { defaultRangeExtractor, type Range } from '@tanstack/virtual-core'
import type { RefObject } from 'react'
import type { TokenBalance } from '../token/balance.js'
import { type RowsShared, TokenRow } from './TokenRow.js'
import { useVirtualRows } from './useVirtualRows.js'

/** What a window into a long list takes. */
export interface TokenWindowProps {
  readonly balances: readonly TokenBalance[]
  readonly shared: RowsShared
  readonly active: number
  /** The element that scrolls. */
  readonly scroller: RefObject<HTMLElement | null>
  readonly label: string
}

/** What a row is taken to measure until it was measured, in pixels. */
const ROW_PX = 56
const OVERSCAN = 6

/**
 * The rows of a long list that can be seen, and the one that the keyboard stands on: what is focused must not go away.
 */
export function TokenWindow({ balances, shared, active, scroller, label }: TokenWindowProps) {
  const virtualizer = useVirtualRows({
    count: balances.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => balances[index]?.mint ?? index,
    overscan: OVERSCAN,
    rangeExtractor: (range: Range) => [...new Set([...defaultRangeExtractor(range), active])].sort((a, b) => a - b),
  })
  return (
    <ul aria-label={label} style={{ position: 'relative', blockSize: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ index, key, start }) => {
        const balance = balances[index]
        return (
          balance && (
            <TokenRow
              key={key}
              balance={balance}
              shared={shared}
              isActive={index === active}
              index={index}
              count={balances.length}
              measure={virtualizer.measureElement}
              start={start}
            />
          )
        )
      })}
    </ul>
  )
}
