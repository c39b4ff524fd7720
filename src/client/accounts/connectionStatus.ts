import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Clock } from '../../base/clock.js'
import { notify } from '../../base/emitter.js'
import type { LamplightError } from '../../base/errors.js'
import type { SocketState } from '../../socket/socket.js'
import type { ConnectionRef } from './connectionRef.js'

/**
 * How much a value on screen can be trusted: pushed and proven (`live`), asked for again and again (`polling`), neither
 * (`stale`), or without a network (`offline`).
 */
export type Freshness = 'live' | 'polling' | 'stale' | 'offline'
/** Where the connection is. */
export type ConnectionState =
  | 'idle'
  | 'connecting'
  | 'syncing'
  | 'live'
  | 'suspect'
  | 'waiting'
  | 'offline'
  | 'suspended'
  | 'failed'
  | 'closed'

/** The connection as an app sees it. */
export interface ConnectionStatus {
  readonly state: ConnectionState
  readonly freshness: Freshness
  /** The node's host; never a path or a query, which may hold a key. */
  readonly endpoint: string
  /** When `state` was entered, in milliseconds since the epoch; `null` before anything was opened or asked for. */
  readonly since: number | null
  /** Failed attempts since the connection last held. */
  readonly attempt: number
  /** When the next attempt starts, in milliseconds since the epoch. */
  readonly nextRetryAt: number | null
  /** Round-trip time of the last answer over the socket, in milliseconds. */
  readonly latencyMs: number | null
  /** The newest slot seen on this connection. */
  readonly slot: number | null
  /** Slots that the last read was behind the newest one seen. */
  readonly slotLag: number | null
  /** Requests that wait for a connection. */
  readonly queued: number
  /** Whether this tab holds the browser's connection. */
  readonly role: 'leader' | 'follower' | 'alone'
  readonly lastError: LamplightError | null
  /** `stopped` after five failed reads in a row; it goes on by itself when one succeeds. */
  readonly polling: 'running' | 'stopped'
}
/** The status as a zustand store. */
export type StatusStore = StoreApi<ConnectionStatus>

/** What the status is read off. */
export interface StatusParts {
  readonly connectionRef: ConnectionRef
  /** The host that serves now. */
  readonly endpoint: () => string
  readonly clock: Clock
  /** Why there will never be a connection. */
  readonly failure: LamplightError | undefined
}

/** The connection's status, kept in a store that only this object writes to. */
export interface Status {
  readonly store: StatusStore
  /**
   * Whether reads are answered, and this one came after the stream was found not to be trusted any more.
   * @param verifiedMs By the clock's own milliseconds.
   */
  isPolled(verifiedMs: number): boolean
  /** When the stream was last found not to be trusted any more, by the clock's own milliseconds. */
  readonly lostAtMs: number
  /** Looks again at everything it is made of. */
  refresh(): void
  /** The date has moved on by this much more than time did: after a sleep, nothing that was confirmed before it is current. */
  drifted(byMs: number): void
  /** A read over HTTP was answered, or another tab's was. */
  readOk(lagSlots?: number): void
  failed(error: LamplightError): void
  polling(running: boolean): void
}

/** Makes the status of a client that has not opened yet. */
export function createStatus({ connectionRef, endpoint, clock, failure }: StatusParts): Status {
  const { now } = clock
  let hasBeenLive = false
  let [lostAtMs, readAtMs, failedAtMs] = [-Infinity, -Infinity, -Infinity]
  /** What the date is ahead of the clock. Taken anew only when it has drifted: the same time is then always the same number. */
  let aheadMs: number | undefined
  // Made while a page or a server renders, where nothing may ask what time it is.
  const unread = { slotLag: null, role: 'alone', lastError: failure ?? null, polling: 'running', since: null } as const
  const made = createStore<ConnectionStatus>(() => ({ ...unread, ...seenNow(stateNow(), unread) }))
  // One listener that throws must not starve those after it.
  const subscribe: StatusStore['subscribe'] = (listener) => made.subscribe((...news) => notify(listener, ...news))
  const store = { ...made, subscribe }

  function stateNow(): ConnectionState {
    const live = connectionRef.connection
    const socket = live?.state
    if (connectionRef.isClosed) {
      hasBeenLive = false
      return 'closed'
    }
    if (!socket) return failure ? 'failed' : 'idle'
    if (socket.name !== 'open') {
      if (socket.name !== 'suspect') hasBeenLive = false
      return socket.name
    }
    // What is followed is polled, all of it: the open connection is of no use.
    if (live?.stream.isServing === false) {
      hasBeenLive = false
      return 'syncing'
    }
    // Live once everything was in place; an account that joins later says so by itself and not through everyone's status.
    hasBeenLive ||= live?.stream.isSynced ?? false
    return hasBeenLive ? 'live' : 'syncing'
  }

  function freshnessOf(state: ConnectionState): Freshness {
    if (state === 'live' || state === 'offline') return state
    return readAtMs > Math.max(lostAtMs, failedAtMs) ? 'polling' : 'stale'
  }

  function wallMsOf(ms: number): number {
    aheadMs ??= clock.wallMs() - now()
    return Math.round(ms + aheadMs)
  }

  function set(next: Partial<ConnectionStatus>) {
    const held = store.getState()
    const keys = Object.keys(next) as (keyof ConnectionStatus)[]
    if (keys.some((key) => next[key] !== held[key])) store.setState(next)
  }

  function refresh() {
    const held = store.getState()
    const state = stateNow()
    if (held.state === 'live' && state !== 'live') lostAtMs = now()
    set({ ...seenNow(state, held), since: (state === held.state && held.since) || clock.wallMs() })
  }

  function seenNow(state: ConnectionState, held: Pick<ConnectionStatus, 'role' | 'lastError'>) {
    const live = connectionRef.connection
    const { attempt, retryAtMs, error } = waitOf(live?.state)
    return {
      state,
      freshness: freshnessOf(state),
      endpoint: endpoint(),
      attempt,
      nextRetryAt: retryAtMs && wallMsOf(retryAtMs),
      latencyMs: live?.latencyMs ?? null,
      slot: live?.stream.slot ?? null,
      queued: live?.queued ?? 0,
      role: live?.role ?? held.role,
      // What is followed and was refused is polled, beside what is live.
      lastError: state === 'live' ? (live?.refusal ?? null) : (error ?? held.lastError),
    }
  }

  return {
    store,
    refresh,
    get lostAtMs() {
      return lostAtMs
    },
    isPolled: (verifiedMs) => readAtMs > failedAtMs && verifiedMs > lostAtMs,
    drifted(byMs) {
      aheadMs = undefined
      if (byMs > 0) lostAtMs = now()
      refresh()
    },
    readOk(lagSlots) {
      readAtMs = now()
      if (lagSlots !== undefined) set({ slotLag: lagSlots })
      refresh()
    },
    failed(error) {
      failedAtMs = now()
      set({ lastError: error })
      refresh()
    },
    polling: (running) => set({ polling: running ? 'running' : 'stopped' }),
  }
}

const waitOf = (state: SocketState = { name: 'idle' }) => ({
  attempt: 'attempt' in state ? state.attempt : 0,
  retryAtMs: 'retryAtMs' in state ? state.retryAtMs : null,
  error: 'error' in state ? state.error : undefined,
})
