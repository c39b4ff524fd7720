'use client'

import { type ReactNode, useId } from 'react'

/** What ties a control to its label and to what is said of it. */
export interface ControlProps {
  readonly id: string
  readonly 'aria-describedby': string
  readonly 'aria-invalid': true | undefined
}

/** One field of a form. */
export interface FormFieldProps {
  readonly label: string
  /** Said below it, unless something is wrong. */
  readonly note?: ReactNode
  /** What is wrong with it. */
  readonly fault: string | undefined
  readonly children: (control: ControlProps) => ReactNode
}

/** A label, a control, and below it what there is to say, or what is wrong: one line that is always there. */
export function FormField({ label, note, fault, children }: FormFieldProps) {
  const id = useId()
  return (
    <div data-part="field" data-state={fault ? 'error' : 'none'}>
      <label htmlFor={id}>{label}</label>
      <div data-part="control">
        {children({ id, 'aria-describedby': `${id}-note`, 'aria-invalid': fault ? true : undefined })}
      </div>
      <p id={`${id}-note`} data-part="note">
        {fault ?? note}
      </p>
    </div>
  )
}
