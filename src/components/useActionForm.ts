'use client'

import { type FormEvent, useContext, useEffect, useRef, useState } from 'react'
import { OwnerContext } from '../react/balanceContext.js'
import type { ActionResult } from '../react/useAction.js'
import { type FormFacts, type FormField, formFaultOf } from './forms/formFault.js'
import { useFormText } from './useFormText.js'
import { useWalletState } from './useWalletState.js'

/** What is wrong, field by field. */
export type FormFaults = Partial<Record<FormField, string>>

/** What a form was filled with: what is wrong with it, or what starts its action. */
export type ReadForm = { readonly faults: FormFaults } | { readonly start: () => void }

/** What a form with an action at its end takes. */
export interface ActionFormParameters extends FormFacts {
  readonly action: Pick<ActionResult<never>, 'phase' | 'error' | 'isPending' | 'isIdle' | 'reset'>
  readonly read: () => ReadForm
}

/** A form with an action at its end. */
export interface ActionForm {
  readonly owner: string | null
  readonly phase: ActionResult<never>['phase']
  readonly faults: FormFaults
  /** Whether the action's error is told at a field. */
  readonly isTold: boolean
  readonly isBusy: boolean
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void
  /** To be told that a field was changed: what was wrong with it, and how the last action ended, is over. */
  readonly edited: (field?: FormField) => void
}

/** Runs a form: one action at a time, and the focus goes to the first field with which something is wrong. */
export function useActionForm({ action, read, ...facts }: ActionFormParameters): ActionForm {
  const { messages } = useFormText()
  const owner = useContext(OwnerContext)
  const [faults, setFaults] = useWalletState<FormFaults>({})
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement | null>(null)
  const isBusy = useRef(false)
  isBusy.current = action.isPending
  const told = action.error ? formFaultOf(action.error, facts, messages) : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try, and each error, asks for the field again.
  useEffect(() => {
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    // Who has gone elsewhere meanwhile is not called back.
    if (field && form.current?.contains(document.activeElement)) field.focus()
  }, [tries, action.error])
  return {
    owner,
    phase: action.phase,
    faults: told?.field ? { ...faults, [told.field]: told.text } : faults,
    isTold: told?.field != null,
    isBusy: action.isPending,
    onSubmit(event) {
      event.preventDefault()
      // A second click comes before the first one has rendered.
      if (isBusy.current || owner === null) return
      form.current = event.currentTarget
      const filled = read()
      setFaults('faults' in filled ? filled.faults : {})
      setTries((count) => count + 1)
      if ('faults' in filled) return
      isBusy.current = true
      filled.start()
    },
    edited(field) {
      if (field) setFaults(({ [field]: _, ...others }) => others)
      if (!action.isPending && !action.isIdle) action.reset()
    },
  }
}
