import { ConnectionStatus, TokenBalance } from 'lamplight/components'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { createFaultyLine, type LineFaults } from './faultyLine.js'
import { ledger, newAddress } from './ledger.js'
import { Providers, type Scene } from './scene.js'

/** A state, and what it takes to get there. */
interface Way {
  readonly line?: LineFaults
  /** What becomes of the line once the value is live. */
  readonly later?: LineFaults
  readonly owner?: 'nobody' | 'somebody new'
}

const ways = {
  idle: { owner: 'nobody' },
  loading: { line: { http: 'hang', socket: 'hang' } },
  live: {},
  polling: { line: { socket: 'refused' } },
  stale: { later: { http: 'refused', socket: 'refused' } },
  error: { line: { http: 'limited', socket: 'refused' } },
  missing: { owner: 'somebody new' },
} as const satisfies Record<string, Way>

/** The states that a balance has. */
export const balanceStates = Object.keys(ways) as (keyof typeof ways)[]

const LOOK_MS = 50
const patient = { backoff: { baseMs: 60_000, capMs: 60_000 } }

interface CellProps extends Pick<Scene, 'owner' | 'mint'> {
  readonly state: keyof typeof ways
  /** Whatever else is to be in that state; it is told whose balance. */
  readonly children?: (owner: string | null) => ReactNode
}

/** One balance in one state, with the status of its connection, each on a line of its own. */
export function Cell({ state, owner, mint, children }: CellProps) {
  const way: Way = ways[state]
  const [line] = useState(() => createFaultyLine(ledger, way.line))
  const [stranger] = useState(newAddress)
  const ref = useRef<HTMLElement>(null)
  const { later } = way
  useEffect(() => {
    if (!later) return
    const timer = setInterval(() => {
      if (!ref.current?.querySelector('[data-lamp="token-balance"][data-state="live"]')) return
      clearInterval(timer)
      line.fail(later)
      line.drop()
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [line, later])
  const shown = way.owner === 'nobody' ? null : way.owner === 'somebody new' ? stranger : owner
  return (
    <Providers line={line} provider={patient}>
      <article ref={ref} data-cell={state}>
        <h4>{state}</h4>
        <TokenBalance mint={mint} owner={shown} symbol="TKN" pollInterval={250} />
        {children?.(shown)}
        <ConnectionStatus />
      </article>
    </Providers>
  )
}

/** Every state beside every other one; `cell` is the width of each, in CSS. */
export function Gallery({ cell, owner, mint }: Pick<Scene, 'owner' | 'mint'> & { cell: string }) {
  return (
    <div
      className="gallery"
      style={{ gridTemplateColumns: `repeat(auto-fill, minmax(min(${cell}, 100%), max-content))` }}
    >
      {balanceStates.map((state) => (
        <Cell key={state} state={state} owner={owner} mint={mint} />
      ))}
    </div>
  )
}
