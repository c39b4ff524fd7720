'use client'

import { useCallback, useEffect, useReducer, useRef } from 'react'
import { systemClock } from '../base/clock.js'

/** What changed of one balance, in sum since it was first told and not dismissed. */
export interface BalanceToast {
  /** Of which balance: the mint's address, or SOL. */
  readonly id: string
  readonly symbol: string
  /** Signed, in base units as they are shown. */
  readonly delta: bigint
  readonly decimals: number
  /** How many changes that were. */
  readonly count: number
}

/** How toasts come and go. */
export interface ToastRules {
  /** Changes within this time are told together, in milliseconds. */
  readonly batchDelayMs: number
  /** How long one stays after its last change, in milliseconds; `Infinity` until it is dismissed. */
  readonly durationMs: number
  readonly max: number
}

/** The toasts there are, and what can be done to them. */
export interface Toasts {
  readonly toasts: readonly BalanceToast[]
  tell(change: Omit<BalanceToast, 'count'>): void
  dismiss(id: string): void
  /** While held none of them leaves; let go, each has its whole time again. */
  hold(isHeld: boolean): void
}

interface Shown {
  readonly toasts: readonly (BalanceToast & { readonly sinceMs: number })[]
  readonly isHeld: boolean
}
type Step =
  | { readonly type: 'tell'; readonly changes: readonly BalanceToast[]; readonly nowMs: number }
  | { readonly type: 'leave'; readonly ids: readonly string[] }
  | { readonly type: 'hold'; readonly isHeld: boolean; readonly nowMs: number }

/** Gathers changes of balances into one toast for each balance. */
export function useToasts({ batchDelayMs, durationMs, max }: ToastRules): Toasts {
  const [{ toasts, isHeld }, take] = useReducer(next, { toasts: [], isHeld: false })
  const coalesced = useRef(new Map<string, BalanceToast>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const tell = useCallback<Toasts['tell']>(
    (change) => {
      coalesced.current.set(change.id, sumOf(coalesced.current.get(change.id), { ...change, count: 1 }))
      if (coalesced.current.size > 1 || (coalesced.current.get(change.id)?.count ?? 0) > 1) return
      timer.current = setTimeout(() => {
        take({ type: 'tell', changes: [...coalesced.current.values()], nowMs: systemClock.now() })
        coalesced.current.clear()
      }, batchDelayMs)
    },
    [batchDelayMs],
  )
  useEffect(() => {
    if (isHeld || durationMs === Infinity || toasts.length === 0) return
    const first = Math.min(...toasts.map(({ sinceMs }) => sinceMs)) + durationMs
    const leave = () => {
      const nowMs = systemClock.now()
      const ids = toasts.filter(({ sinceMs }) => sinceMs + durationMs <= nowMs).map(({ id }) => id)
      take({ type: 'leave', ids })
    }
    const leaving = setTimeout(leave, Math.max(first - systemClock.now(), 0))
    return () => clearTimeout(leaving)
  }, [toasts, isHeld, durationMs])
  return {
    toasts: toasts.slice(-max),
    tell,
    dismiss: useCallback((id) => take({ type: 'leave', ids: [id] }), []),
    hold: useCallback((held) => take({ type: 'hold', isHeld: held, nowMs: systemClock.now() }), []),
  }
}

const sumOf = (before: BalanceToast | undefined, change: BalanceToast): BalanceToast => ({
  ...change,
  delta: (before?.delta ?? 0n) + change.delta,
  count: (before?.count ?? 0) + change.count,
})

function next(shown: Shown, step: Step): Shown {
  const { toasts, isHeld } = shown
  if (step.type === 'leave') return { toasts: toasts.filter(({ id }) => !step.ids.includes(id)), isHeld }
  if (step.type === 'hold') {
    if (step.isHeld === isHeld) return shown
    return { toasts: toasts.map((toast) => ({ ...toast, sinceMs: step.nowMs })), isHeld: step.isHeld }
  }
  const told = new Map(toasts.map((toast) => [toast.id, toast]))
  for (const change of step.changes) told.set(change.id, { ...sumOf(told.get(change.id), change), sinceMs: step.nowMs })
  // What came and went again in between is no news.
  return { toasts: [...told.values()].filter(({ delta }) => delta !== 0n), isHeld }
}
