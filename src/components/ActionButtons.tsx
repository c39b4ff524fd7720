'use client'

import { type ReactNode, useRef } from 'react'
import type { ActionResult } from '../react/useAction.js'
import { useFormText } from './useFormText.js'

/** What starts an action, and what gives it up. */
export interface ActionButtonsProps {
  readonly action: Pick<ActionResult<never>, 'phase' | 'cancel'>
  /** What the first button says. */
  readonly children: ReactNode
  /** Whether it does nothing now. */
  readonly isIdle: boolean
  /** The element that says what it would do. */
  readonly describedBy?: string | undefined
  /** @default it submits its form */
  readonly onStart?: (() => void) | undefined
}

/** Before it is sent it can be given up: a wallet may never answer. */
const CANCELLABLE: readonly string[] = ['building', 'signing']

/** The button that starts an action; while it can still be given up, one that does that. */
export function ActionButtons({ action, children, isIdle, describedBy, onStart }: ActionButtonsProps) {
  const { messages } = useFormText()
  const start = useRef<HTMLButtonElement>(null)
  function cancel() {
    // This button goes, and must not take the focus along.
    start.current?.focus()
    action.cancel()
  }
  return (
    <div data-part="buttons">
      <button
        ref={start}
        type={onStart ? 'button' : 'submit'}
        aria-describedby={describedBy}
        aria-disabled={isIdle || undefined}
        onClick={onStart && (() => !isIdle && onStart())}
      >
        {action.phase === 'expired' ? messages.action.again : children}
      </button>
      {CANCELLABLE.includes(action.phase) && (
        <button type="button" data-part="cancel" onClick={cancel}>
          {messages.wallet.cancel}
        </button>
      )}
    </div>
  )
}
