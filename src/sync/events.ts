import type { BalanceClient, BalanceEvent, BalanceEvents } from './balanceClient.js'

const eventNames = [
  'balance:updated',
  'balance:error',
  'account:created',
  'polling:started',
  'polling:stopped',
  'connection:changed',
] as const satisfies readonly (keyof BalanceEvents)[]
/** Calls `listener` for every event of a client, until the returned function is called. */
export function onEvery(client: BalanceClient, listener: (event: BalanceEvent) => void): () => void {
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
