import { type ReactNode, useId } from 'react'

/** Buttons that belong together, and how the last of them ended. */
export function Group(props: {
  readonly title: string
  readonly note: string
  readonly isBusy?: boolean
  readonly children?: ReactNode
}) {
  return (
    <fieldset aria-busy={props.isBusy}>
      <legend>{props.title}</legend>
      {props.children}
      <output>{props.note}</output>
    </fieldset>
  )
}

/** A button and what it does. */
export function Action(props: {
  readonly name: string
  readonly isOn?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <div className="action">
      <button type="button" data-on={props.isOn} aria-describedby={id} onClick={props.onClick}>
        {props.name}
      </button>
      <small id={id}>{props.children}</small>
    </div>
  )
}
