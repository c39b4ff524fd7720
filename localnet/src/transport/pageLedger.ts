import { type Ledger, type LedgerOptions, openLedger } from '../ledger/ledger.js'
import { createMemoryEngine } from '../memory/memoryEngine.js'
import type { Cheats } from '../node/cheats.js'
import { createEndpoint, type EndpointControls, type EndpointOptions } from './endpoint.js'
import { createLoopback, type Loopback } from './loopback.js'

/** A ledger for a page. */
export interface PageLedgerOptions extends LedgerOptions, EndpointOptions {}

/** A local chain inside a page or a test: no server, no port. */
export interface PageLedger extends Cheats, EndpointControls, Loopback {
  /** What runs the transactions: System, associated accounts and the classic token program, signatures unchecked. */
  readonly engine: 'memory'
  readonly ledger: Ledger
  /** What to call the endpoint; nothing listens there, only this ledger's `fetch` and `WebSocket` know it. */
  readonly rpcUrl: string
  readonly wsUrl: string
  /** Stops the clock and ends all sockets. */
  stop(): void
}

/**
 * Makes a local chain inside a page.
 * @example
 * const chain = createLedger({ slotMs: 400 })
 * const connection = new Connection(chain.rpcUrl, { fetch: chain.fetch, wsEndpoint: chain.wsUrl })
 * const mint = chain.createMint({ decimals: 6 })
 * chain.setTokenBalance({ owner, mint, amount: 2_500_000n })
 */
export function createLedger(options: PageLedgerOptions = {}): PageLedger {
  const ledger = openLedger(createMemoryEngine(), options)
  const { cheats, hub, http, close, ...controls } = createEndpoint(ledger, options)
  const stopClock = ledger.start()
  // A name of its own, so that a cache which tells endpoints apart by URL tells two ledgers apart.
  const host = `${ledger.slots.genesisHash.slice(0, 8).toLowerCase()}.ledger.invalid`
  return {
    ...cheats,
    ...controls,
    ...createLoopback({ hub, http }),
    engine: 'memory',
    ledger,
    rpcUrl: `http://${host}`,
    wsUrl: `ws://${host}`,
    stop() {
      stopClock()
      hub.drop()
      close()
    },
  }
}
