import { type BalanceClient, type BalanceEvent, eventNames } from './balanceClient.js'

/** Where the log goes: one short line an event. */
export type DebugSink = (line: string) => void

/** Writes every event of a client as one line, until the returned function is called. A line never holds a URL. */
export function logEvents(client: BalanceClient, sink: DebugSink = console.debug): () => void {
  const stops = eventNames.map((type) =>
    client.on(type, (payload) => sink(`lamplight ${lineOf({ type, ...payload } as BalanceEvent)}`)),
  )
  return () => {
    for (const stop of stops) stop()
  }
}

function lineOf(event: BalanceEvent): string {
  switch (event.type) {
    case 'balance:updated':
    case 'account:created': {
      const { address, next } = event
      const amount = next.token ? `${next.token.amount} units` : `${next.lamports} lamports`
      return `${event.type} ${address} ${amount} at slot ${next.slot} (${next.reason})`
    }
    case 'balance:error':
      return `${event.type} ${event.address} ${event.error.message}`
    case 'connection:changed':
      return `${event.type} ${event.state}, values ${event.freshness}${event.lastError ? `: ${event.lastError.message}` : ''}`
    default:
      return `${event.type}${event.error ? ` ${event.error.message}` : ''}`
  }
}
