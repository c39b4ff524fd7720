'use client'

import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Instant } from '../base/clock.js'
import { NO_TIME, useTimedText } from './useTimedText.js'

/** What a mark says of the value beside it. */
export interface StatusDotProps {
  /** Whole sentences, for a time. */
  readonly say: (now: Instant) => string
  /** For who built the page: an error's own message. */
  readonly detail?: string | undefined
  /** Nothing to worry about: a dot, and no stop for the keyboard. */
  readonly isQuiet: boolean
  /** Whether it is a button at all; where it stands in another one it must not be. @default true */
  readonly isButton?: boolean | undefined
  /** Whether a quiet mark says nothing, because words beside it do. @default false */
  readonly isMute?: boolean | undefined
}

/**
 * The mark beside a value: a dot while all is well, otherwise a button that says why it is not, on hover, on focus and when
 * tapped.
 */
export function StatusDot({ isQuiet, isMute, isButton = true, ...props }: StatusDotProps) {
  const [isFocused, setFocused] = useState(false)
  // A button that goes away under somebody's fingers would take the focus along.
  if (isButton && (!isQuiet || isFocused)) return <StatusDotButton {...props} onFocused={setFocused} />
  if (isMute) return <span data-part="mark" aria-hidden="true" />
  return isQuiet ? (
    <span data-part="mark" role="img" aria-label={props.say(NO_TIME)} />
  ) : (
    <SpokenStatusDot say={props.say} />
  )
}

const SpokenStatusDot = ({ say }: Pick<StatusDotProps, 'say'>) => (
  <span data-part="mark" role="img" aria-label={useTimedText(say)} />
)

function StatusDotButton({
  say,
  detail,
  onFocused,
}: Pick<StatusDotProps, 'say' | 'detail'> & { readonly onFocused: (isFocused: boolean) => void }) {
  const [isOpen, setOpen] = useState(false)
  const text = useTimedText(say)
  const show = () => setOpen(true)
  const hide = () => setOpen(false)
  return (
    <span
      data-part="mark"
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && show()}
      onPointerLeave={({ pointerType }) => pointerType === 'mouse' && hide()}
    >
      <button
        type="button"
        aria-label={text}
        aria-description={detail}
        style={HIT}
        onClick={show}
        onFocus={({ currentTarget }) => {
          onFocused(true)
          if (currentTarget.matches(':focus-visible')) show()
        }}
        onBlur={() => {
          onFocused(false)
          hide()
        }}
        onKeyDown={({ key }) => key === 'Escape' && hide()}
      />
      {isOpen && <Tooltip text={text} detail={detail} onClosed={hide} />}
    </span>
  )
}

/** What a finger needs, over a dot that takes no more room than a dot; styled here, because pages style their buttons. */
const HIT_SIZE = 'max(1.5em, 24px)'
const HIT = {
  all: 'unset',
  position: 'absolute',
  inset: `calc((100% - ${HIT_SIZE}) / 2)`,
  inlineSize: HIT_SIZE,
  blockSize: HIT_SIZE,
  cursor: 'help',
} as const

/** The same words for the eye; in the top layer, so that no box around it cuts them off. */
function Tooltip({
  text,
  detail,
  onClosed,
}: {
  readonly text: string
  readonly detail: string | undefined
  readonly onClosed: () => void
}) {
  const ref = useRef<HTMLSpanElement>(null)
  useOpenPopover(ref, onClosed)
  return (
    <span ref={ref} data-part="tip" popover="hint" role="tooltip">
      {text}
      {detail && (
        <small lang="en" dir="ltr">
          {detail}
        </small>
      )}
    </span>
  )
}

function useOpenPopover(ref: RefObject<HTMLElement | null>, onClosed: () => void) {
  const latest = useRef(onClosed)
  latest.current = onClosed
  useEffect(() => {
    const popover = ref.current
    // Where a browser has no popovers the words stand in the page.
    if (!popover?.showPopover) return
    popover.showPopover()
    // React 18 does not know this event.
    const closed = (event: Event) => (event as ToggleEvent).newState === 'closed' && latest.current()
    popover.addEventListener('toggle', closed)
    return () => popover.removeEventListener('toggle', closed)
  }, [ref])
}
