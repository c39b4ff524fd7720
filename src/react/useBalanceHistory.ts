'use client'

import { useEffect, useMemo, useReducer, useRef } from 'react'
import type { Address } from '../base/address.js'
import { whenLoaded } from '../base/emitter.js'
import type { Commitment } from '../token/account.js'
import { useBalanceClient } from './balanceContext.js'

/** What a balance was from a moment on. */
export interface BalancePoint {
  /** Base units (SOL: lamports). */
  readonly amount: bigint
  /** When it was seen, in milliseconds since the epoch. */
  readonly atMs: number
}

/** What `useBalanceHistory` takes. */
export interface BalanceHistoryParameters {
  readonly owner: Address | null
  /** `undefined` for SOL. */
  readonly mint: Address | undefined
  readonly commitment: Commitment | undefined
  /** How many points are kept, the newest. */
  readonly max: number
  /** What was before, oldest first. */
  readonly initial: readonly BalancePoint[]
  /** What is known now. */
  readonly held: BalancePoint | undefined
}

interface History {
  /** Whose past it is: the same object for the same target. */
  readonly of: object
  readonly points: readonly BalancePoint[]
  /** Whether what was known at first is in it. */
  readonly isBegun: boolean
}
type Step =
  | { readonly type: 'begin'; readonly of: object; readonly points: readonly BalancePoint[] }
  | { readonly type: 'held'; readonly points: readonly BalancePoint[] }
  | { readonly type: 'change'; readonly points: readonly BalancePoint[] }

/** Every value of a balance that the cache accepted since the component was mounted, oldest first. */
export function useBalanceHistory(parameters: BalanceHistoryParameters): readonly BalancePoint[] {
  const client = useBalanceClient('useBalanceHistory')
  const { owner, mint, commitment = client.commitment, initial, held, max } = parameters
  // biome-ignore lint/correctness/useExhaustiveDependencies: another target is another object.
  const of = useMemo(() => ({}), [client, owner, mint, commitment])
  const [history, take] = useReducer(next, { of, points: initial, isBegun: false })
  const first = useRef({ owner, mint, initial })
  // Only the target that the component began with has that past.
  const before = first.current.owner === owner && first.current.mint === mint ? first.current.initial : NONE
  // Until its effect another target has none: what was kept is of the one before.
  const points = history.of === of ? history.points : before
  // biome-ignore lint/correctness/useExhaustiveDependencies: `before` changes with the target alone.
  useEffect(() => {
    take({ type: 'begin', of, points: before })
    if (!owner) return
    return whenLoaded(import('../client/balances/streams.js'), ({ streamTargets }) =>
      streamTargets(client, [{ owner, ...(mint && { mint }) }], commitment, ({ previous, next: amount }) => {
        const atMs = Date.now()
        take({ type: 'change', points: [...(previous === null ? [] : [{ amount: previous, atMs }]), { amount, atMs }] })
      }),
    )
  }, [of])
  const { amount, atMs } = held ?? {}
  // biome-ignore lint/correctness/useExhaustiveDependencies: another target begins anew, and has to be told what is held.
  useEffect(() => {
    if (amount !== undefined && atMs !== undefined) take({ type: 'held', points: [{ amount, atMs }] })
  }, [amount, atMs, of])
  return points.length > max ? points.slice(-max) : points
}

const NONE: readonly BalancePoint[] = []
/** More than anybody draws; what a component shows of it is its own `max`. */
const KEPT = 1000

function next(history: History, step: Step): History {
  if (step.type === 'begin') return { of: step.of, points: step.points, isBegun: false }
  const { of, points, isBegun } = history
  if (step.type === 'held' && isBegun) return history
  const all = [...points]
  // What was before is new only where the stream was listened to a moment too late.
  for (const point of step.points) if (all.at(-1)?.amount !== point.amount) all.push(point)
  return { of, points: all.slice(-KEPT), isBegun: true }
}
