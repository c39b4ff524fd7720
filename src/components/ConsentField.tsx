'use client'

import { type ReactNode, useId } from 'react'

/** A box to tick. */
export interface ConsentFieldProps {
  readonly label: string
  /** What one agrees to, above the box. */
  readonly note?: ReactNode
  /** What is wrong, and empty where nothing is. @default nothing can be, and no room is kept for it */
  readonly fault?: string | undefined
  readonly isTicked: boolean
  readonly isBusy: boolean
  readonly onTick: (isTicked: boolean) => void
}

/** A box to tick, and what ticking it means. */
export function ConsentField({ label, note, fault, isTicked, isBusy, onTick }: ConsentFieldProps) {
  const id = useId()
  return (
    <div data-part="consent" data-state={fault ? 'error' : 'none'}>
      {note && <p id={`${id}-note`}>{note}</p>}
      <label>
        <input
          type="checkbox"
          checked={isTicked}
          disabled={isBusy}
          aria-describedby={[note && `${id}-note`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined}
          aria-invalid={fault ? true : undefined}
          onChange={({ target }) => onTick(target.checked)}
        />
        {label}
      </label>
      {fault !== undefined && (
        <p id={`${id}-fault`} data-part="note">
          {fault}
        </p>
      )}
    </div>
  )
}
