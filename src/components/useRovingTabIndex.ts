'use client'

import { type KeyboardEvent, useCallback, useRef, useState } from 'react'

/** Which of several things the Tab key reaches, and the keys that go from there. */
export interface RovingTabIndex {
  readonly active: number
  /** Set while the active one has yet to take the focus. */
  readonly wantsFocus: { current: boolean }
  /** The arrow keys, Home and End. */
  readonly onKeyDown: (event: KeyboardEvent) => void
  /** To be told of the one that has the focus. */
  readonly onFocused: (key: string) => void
}

/** Makes a list one stop of the Tab key. Keys name what is in it, so that the place stays when others come and go. */
export function useRovingTabIndex(keys: readonly string[]): RovingTabIndex {
  const [key, setKey] = useState<string | null>(null)
  const wantsFocus = useRef(false)
  const active = Math.max(key === null ? 0 : keys.indexOf(key), 0)
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextOf(event.key, active, keys.length)
    if (next === null || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    if (next === active) return
    wantsFocus.current = true
    setKey(keys[next] ?? null)
  }
  return { active, wantsFocus, onKeyDown, onFocused: useCallback((focused: string) => setKey(focused), []) }
}

function nextOf(pressed: string, active: number, count: number): number | null {
  if (pressed === 'ArrowDown') return Math.min(active + 1, count - 1)
  if (pressed === 'ArrowUp') return Math.max(active - 1, 0)
  if (pressed === 'Home') return 0
  return pressed === 'End' ? count - 1 : null
}
