import type { Wire } from './faultyLine.js'

/** A ledger in the page itself: for a static build, beside which none runs. */
export async function pageLedger(): Promise<Wire & { readonly rpcUrl: string; readonly wsUrl: string }> {
  // The ledger works with @solana/web3.js and needs a Buffer; the kit does not, and where it runs alone there is none.
  globalThis.Buffer ??= (await import('buffer')).Buffer
  const { createLedger } = await import('lamplight/testing')
  const { rpcUrl, wsUrl, fetch, WebSocket } = createLedger({ slotMs: 50 })
  return { rpcUrl, wsUrl, fetch, webSocket: WebSocket }
}
