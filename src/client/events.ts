import type { LamplightError } from '../base/errors.js'
import type { AccountChange, AccountFailure } from '../cache/changes.js'
import type { ConnectionStatus } from './accounts/connectionStatus.js'

/** What a client tells; `on` takes the names. */
export interface BalanceEvents {
  /** The cache accepted another value for an account. */
  'balance:updated': AccountChange
  /** An account could not be read, retries included. */
  'balance:error': AccountFailure
  /** An account that was missing is there. */
  'account:created': AccountChange
  /** Polling goes on after it had given up. */
  'polling:started': { readonly error: null }
  /** Five reads in a row failed; a trial is made each 30 s, and when the network comes back. */
  'polling:stopped': { readonly error: LamplightError | null }
  'connection:changed': Pick<ConnectionStatus, 'state' | 'freshness' | 'lastError'>
}
/** One event with its name, as `onEvent` gets it. */
export type BalanceEvent = { [K in keyof BalanceEvents]: { readonly type: K } & BalanceEvents[K] }[keyof BalanceEvents]

/** Who tells. */
export interface EventSource {
  /** Calls `listener` for each event of a kind; the returned function takes it away again. */
  on<K extends keyof BalanceEvents>(event: K, listener: (payload: BalanceEvents[K]) => void): () => void
}

const eventNames = [
  'balance:updated',
  'balance:error',
  'account:created',
  'polling:started',
  'polling:stopped',
  'connection:changed',
] as const satisfies readonly (keyof BalanceEvents)[]
/** Calls `listener` for every event of a client, until the returned function is called. */
export function onEvery(client: EventSource, listener: (event: BalanceEvent) => void): () => void {
  const stops = eventNames.map((type) => client.on(type, (payload) => listener({ type, ...payload } as BalanceEvent)))
  return () => {
    for (const stop of stops) stop()
  }
}

/** An event as one line for a log. It never holds a URL. */
export function lineOf(event: BalanceEvent): string {
  switch (event.type) {
    case 'balance:updated':
    case 'account:created': {
      const { address, next } = event
      const amount = next.token ? `${next.token.amount} units` : `${next.lamports} lamports`
      return `lamplight ${event.type} ${address} ${amount} at slot ${next.slot} (${next.reason})`
    }
    case 'balance:error':
      return `lamplight ${event.type} ${event.address} ${event.error.message}`
    case 'connection:changed':
      return `lamplight ${event.type} ${event.state}, values ${event.freshness}${event.lastError ? `: ${event.lastError.message}` : ''}`
    default:
      return `lamplight ${event.type}${event.error ? ` ${event.error.message}` : ''}`
  }
}
