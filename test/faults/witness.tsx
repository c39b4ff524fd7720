import type { UseSolBalanceReturnType } from 'lamplight'
import { useConnectionStatus, useSolBalance } from 'lamplight'
import { type BalanceState, balanceStateOf } from 'lamplight/components'
import { useLayoutEffect } from 'react'

/** What a person saw from one moment until the next sighting. */
export interface UpdateSource {
  readonly state: BalanceState
  readonly lamports: bigint | undefined
  readonly at: number
}

/** The values an account really had, each from its moment on. */
export interface Truth {
  /** Notes what is true from now on. */
  now(lamports: bigint): void
  /**
   * Sightings that were called live although their value was not, or not any more. A value may outlive its truth by the
   * window that finding out takes, in milliseconds; no value may come before it is true.
   */
  wrongIn(sightings: readonly UpdateSource[], windowMs: number): readonly UpdateSource[]
}

/** Starts to note what is true. */
export function createTruth(first: bigint): Truth {
  const facts = [{ lamports: first, from: 0 }]
  const trueUntil = (index: number) => facts[index + 1]?.from ?? Infinity
  return {
    now: (lamports) => void facts.push({ lamports, from: performance.now() }),
    wrongIn: (sightings, windowMs) =>
      sightings.filter(({ state, lamports, at }, i) => {
        if (state !== 'live') return false
        const end = sightings[i + 1]?.at ?? performance.now()
        return !facts.some((fact, j) => fact.lamports === lamports && fact.from <= at && end <= trueUntil(j) + windowMs)
      }),
  }
}

/** Shows a SOL balance and writes down what was on screen after each commit. */
export function Witness({
  owner,
  sightings,
  id = 'w',
  pollInterval,
}: {
  readonly owner: string
  readonly sightings: UpdateSource[]
  readonly id?: string
  readonly pollInterval?: number
}) {
  const result: UseSolBalanceReturnType = useSolBalance({ owner, pollInterval })
  const state = balanceStateOf(result)
  const lamports = result.data?.lamports
  useLayoutEffect(() => {
    sightings.push({ state, lamports, at: performance.now() })
  }, [sightings, state, lamports])
  return (
    <p data-testid={id} data-state={state}>
      {String(lamports)}
    </p>
  )
}

/** Shows the connection's state. */
export function Connection() {
  const { state, nextRetryAt } = useConnectionStatus()
  return <p data-testid="connection" data-state={state} data-retry={String(nextRetryAt)} />
}
