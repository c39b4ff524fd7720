'use client'

import { type ReactNode, useId } from 'react'

/** A box to tick. */
export interface ConsentFieldProps {
  readonly label: string
  /** What one agrees to, above the box. */
  readonly note?: ReactNode
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
          aria-describedby={`${id}-note ${id}-fault`}
          aria-invalid={fault ? true : undefined}
          onChange={({ target }) => onTick(target.checked)}
        />
        {label}
      </label>
      <p id={`${id}-fault`} data-part="note">
        {fault}
      </p>
    </div>
  )
}
