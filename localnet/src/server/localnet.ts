import { shown } from '../../../src/base/check.js'
import { LamplightError } from '../../../src/base/errors.js'
import type { Engine } from '../ledger/engine.js'
import { type Ledger, type LedgerOptions, openLedger } from '../ledger/ledger.js'
import { createMemoryEngine } from '../memory/memoryEngine.js'
import type { Cheats } from '../node/cheats.js'
import { createEndpoint, type Endpoint, type EndpointControls, type EndpointOptions } from '../transport/endpoint.js'
import { type ListeningServer, type ListenOptions, openServer } from './server.js'
import { loadSvm } from './svmEngine.js'

/** Which engine runs transactions: real programs, or their stand-in in JavaScript. */
export type EngineName = Engine['name']

/** A local chain to be started. */
export interface LocalnetOptions extends ListenOptions, LedgerOptions, EndpointOptions {
  /** @default 'svm' where LiteSVM has a binary, else 'memory' */
  readonly engine?: EngineName
}

/** A further node over the same ledger. */
export interface LocalNodeOptions extends ListenOptions, EndpointOptions {}

/** A node that listens. */
export interface LocalNode extends EndpointControls {
  readonly rpcUrl: string
  readonly wsUrl: string
  /** Stops listening and cuts all connections. */
  stop(): Promise<void>
}

/** A local chain that runs: a ledger, a node that listens, and what can be done to both. */
export interface Localnet extends LocalNode, Cheats {
  readonly engine: EngineName
  readonly ledger: Ledger
  /** Starts a further node over the same ledger, which can be behind. It has faults and counts of its own. */
  node(options?: LocalNodeOptions): Promise<LocalNode>
  /** Stops the clock, and all nodes with it. */
  stop(): Promise<void>
}

/**
 * Makes the engine that was asked for; by default the native one, or the stand-in and a line that says so.
 * @throws LamplightError `input/invalid-value` when the engine asked for cannot be had
 */
export async function openEngine(
  wanted: EngineName | undefined,
  load: () => Promise<() => Engine> = loadSvm,
  say: (line: string) => void = console.warn,
): Promise<Engine> {
  if (wanted === 'memory') return createMemoryEngine()
  if (wanted !== undefined && wanted !== 'svm')
    throw new LamplightError('input/invalid-value', {
      argument: 'engine',
      input: shown(wanted),
      expected: '"svm" or "memory"',
    })
  try {
    return (await load())()
  } catch (cause) {
    if (wanted === 'svm')
      throw new LamplightError(
        'input/invalid-value',
        { argument: 'engine', input: '"svm"', expected: '"memory": litesvm could not be loaded on this machine' },
        { cause },
      )
    say(
      'lamplight-localnet: litesvm could not be loaded here; the memory engine runs instead (classic token program, signatures unchecked).',
    )
    return createMemoryEngine()
  }
}

function nodeOf(endpoint: Endpoint, server: ListeningServer): LocalNode {
  const { faults, dropSockets, pauseSockets, resumeSockets, stats, resetStats } = endpoint
  return {
    rpcUrl: server.rpcUrl,
    wsUrl: server.wsUrl,
    faults,
    dropSockets,
    pauseSockets,
    resumeSockets,
    stats,
    resetStats,
    async stop() {
      endpoint.close()
      await server.close()
    },
  }
}

async function openNode(ledger: Ledger, options: LocalNodeOptions): Promise<LocalNode & { readonly cheats: Cheats }> {
  const endpoint = createEndpoint(ledger, options)
  try {
    return { ...nodeOf(endpoint, await openServer(endpoint, options)), cheats: endpoint.cheats }
  } catch (error) {
    endpoint.close()
    throw error
  }
}

/**
 * Starts a local chain with a node that listens on this machine.
 * @example
 * const localnet = await startLocalnet({ automine: true })
 * const mint = localnet.createMint({ decimals: 6 })
 * localnet.setTokenBalance({ owner, mint, amount: 2_500_000n })
 * await localnet.stop()
 */
export async function startLocalnet(options: LocalnetOptions = {}): Promise<Localnet> {
  const ledger = openLedger(await openEngine(options.engine), options)
  const { cheats, ...main } = await openNode(ledger, options)
  const further = new Set<LocalNode>()
  const stopClock = ledger.start()
  return {
    ...main,
    ...cheats,
    engine: ledger.engine.name,
    ledger,
    async node(nodeOptions = {}) {
      const { cheats: _, ...node } = await openNode(ledger, nodeOptions)
      further.add(node)
      return node
    },
    async stop() {
      stopClock()
      await Promise.all([main, ...further].map((node) => node.stop()))
    },
  }
}
