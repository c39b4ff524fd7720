'use client'

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core'
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

/** What a scrolled list of rows takes: the options of TanStack Virtual but for its ways to observe an element. */
export type VirtualRowsOptions = Omit<
  VirtualizerOptions<HTMLElement, HTMLLIElement>,
  'observeElementRect' | 'observeElementOffset' | 'scrollToFn' | 'onChange'
>

/**
 * Binds TanStack Virtual to React. Its own React package names React as a peer that has to be there, which a package with
 * doors that work without React would bring into every app.
 */
export function useVirtualRows(options: VirtualRowsOptions): Virtualizer<HTMLElement, HTMLLIElement> {
  const [, render] = useReducer((count: number) => count + 1, 0)
  const isMeasuring = useRef(false)
  const all: VirtualizerOptions<HTMLElement, HTMLLIElement> = {
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    ...options,
    onChange(_, isSync) {
      // A row that is measured as it mounts is in the middle of React's own work, which cannot be flushed.
      if (isSync && !isMeasuring.current) flushSync(render)
      else render()
    },
  }
  const [rows] = useState(() => {
    const made = new Virtualizer(all)
    const { measureElement } = made
    made.measureElement = (row) => {
      isMeasuring.current = true
      try {
        measureElement(row)
      } finally {
        isMeasuring.current = false
      }
    }
    return made
  })
  rows.setOptions(all)
  useBrowserLayoutEffect(() => rows._didMount(), [rows])
  useBrowserLayoutEffect(() => rows._willUpdate())
  return rows
}

/** React 18 warns of a layout effect on a server. */
const useBrowserLayoutEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect
