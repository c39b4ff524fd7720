'use client'

import { useState } from 'react'
import { useText } from './LamplightI18n.js'

/** What there is to try again. */
export interface RetryButtonProps {
  readonly isOffered: boolean
  readonly isTrying: boolean
  readonly onRetry: () => void
}

/** It stays where it was while it is focused: what goes away takes the focus along, to the top of the page. */
export function RetryButton({ isOffered, isTrying, onRetry }: RetryButtonProps) {
  const { messages } = useText()
  const [isFocused, setFocused] = useState(false)
  if (!isOffered && !isTrying && !isFocused) return null
  return (
    <button
      type="button"
      aria-disabled={!isOffered || undefined}
      onClick={isOffered ? onRetry : undefined}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      {messages.connection.retry}
    </button>
  )
}
