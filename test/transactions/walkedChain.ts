import { QueryClient } from '@tanstack/query-core'
import {
  type Address,
  type BalanceClient,
  type BalanceClientOptions,
  createBalanceClient,
  systemClock,
} from 'lamplight/core'
import type { FaultRule, Localnet } from 'lamplight-localnet'
import { WebSocket as SocketOverPorts } from 'ws'
import { openLedger } from '../../localnet/src/ledger/ledger.js'
import { loadSvm } from '../../localnet/src/server/svmEngine.js'
import { createEndpoint } from '../../localnet/src/transport/endpoint.js'
import { createFaults } from '../../localnet/src/transport/faults.js'
import { createLoopback } from '../../localnet/src/transport/loopback.js'
import { optimisticUpdatesOf } from '../../src/client/pending/optimisticUpdates.js'
import { localnet } from '../support/localnet.js'
import { slowWire, type WireLag } from '../support/slowWire.js'
// Loaded on demand otherwise, from a disk that knows nothing of simulated time.
import '@solana/spl-token'
import '@solana/web3.js'
import '../../src/client/reads/reading.js'
import '../../src/client/tabs/sharing.js'

/** Which token program a walk is about. */
export type Program = 'token' | 'token-2022'

/** A node that says it has a transaction, and sends it to nobody. */
export const DROPPED: FaultRule = {
  on: 'http',
  method: 'sendTransaction',
  do: { raw: '{"jsonrpc":"2.0","result":"taken"}' },
}

type Net = Pick<Localnet, 'ledger' | 'faults' | 'fund' | 'createMint' | 'setTokenBalance' | 'warp' | 'reorg'> &
  Pick<Localnet, 'dropSockets' | 'pauseSockets' | 'resumeSockets'>
type PageOptions = Pick<BalanceClientOptions, 'rpcUrl' | 'url' | 'fetch' | 'webSocket'>

/** A chain of the real programs, a node of it, and another that drops every transaction. */
export interface Nodes {
  readonly net: Net
  /** How a page reaches either. */
  readonly page: PageOptions
  readonly droppingPage: PageOptions
  /** What chances are drawn from. */
  readonly random: () => number
  close(): void
}

const openEngine = await loadSvm()

/** Slots that a node is behind at most. */
export const MOST_BEHIND = 6

/** What a simulation follows from. */
export interface Simulated extends WireLag {
  readonly seed: number
  readonly slotMs: number
  /** Slots that a second node is behind. */
  readonly behind: number
}

/** Nodes at the other end of a slow wire, for simulated time: all that is drawn follows from the seed. */
export function simulatedNodes({ seed, slotMs, behind, ...lag }: Simulated): Nodes {
  const ledger = openLedger(openEngine(), { slotMs })
  const stopClock = ledger.start()
  const drawn = createFaults({ seed })
  const random = () => drawn.delayOf({ jitterMs: 1 })
  const open = (slots = 0) => {
    const endpoint = createEndpoint(ledger, { seed, behind: slots })
    return { ...endpoint, ...createLoopback(slowWire(endpoint, lag, random)) }
  }
  const [node, lagging, dropping] = [open(), open(behind), open()]
  dropping.faults.add(DROPPED)
  return {
    random,
    net: { ...node, ...node.cheats, ledger },
    page: {
      ...{ rpcUrl: 'http://nodes.invalid', url: 'ws://nodes.invalid', webSocket: node.WebSocket },
      // One address and two nodes behind it, one of which has not seen the newest slots.
      fetch: (...request) => (random() < 0.3 ? lagging : node).fetch(...request),
    },
    droppingPage: { rpcUrl: 'http://dropping.invalid', url: false, fetch: dropping.fetch },
    close() {
      stopClock()
      for (const each of [node, lagging, dropping]) {
        each.hub.drop()
        each.close()
      }
    },
  }
}

/** Nodes that listen on ports of this machine, in real time. */
export async function nodesOnPorts(): Promise<Nodes> {
  const net = await localnet({ slotMs: 400, automine: false })
  const dropping = await net.node()
  dropping.faults.add(DROPPED)
  const { fetch } = globalThis
  return {
    net,
    page: { rpcUrl: net.rpcUrl, url: net.wsUrl, fetch, webSocket: SocketOverPorts as never },
    droppingPage: { rpcUrl: dropping.rpcUrl, url: false, fetch },
    random: Math.random,
    close() {},
  }
}

/** A chain, and a page that shows it. */
export interface WalkedChain extends Pick<Nodes, 'net'> {
  readonly client: BalanceClient
  /** The same page over a node that drops every transaction. */
  readonly dropping: BalanceClient
  readonly program: Program
  readonly mint: Address
  /** Requests that are on their way. */
  readonly onWire: number
  /** Writes down what happens. */
  note(what: string): void
  readonly notes: readonly string[]
  close(): void
}

/** Opens a page over nodes. */
export function openChain(nodes: Nodes, program: Program): WalkedChain {
  const { net, random } = nodes
  const queryClient = new QueryClient()
  let onWire = 0
  const open = ({ fetch = globalThis.fetch, ...place }: PageOptions) => {
    const counted: typeof fetch = (...request) => {
      onWire++
      return fetch(...request).finally(() => onWire--)
    }
    const page = { queryClient, cluster: 'walk', random, budget: { requestsPerSecond: 0 } }
    return createBalanceClient({ ...page, ...place, fetch: counted })
  }
  const [client, dropping] = [open(nodes.page), open(nodes.droppingPage)]
  // Who is not told for 3 s what became of a transaction takes it for done, which may be wrong for a moment: here it waits for the
  // answer, which comes in the end.
  optimisticUpdatesOf(client, { ...systemClock, schedule: (task, ms) => systemClock.schedule(task, ms * 10) })
  const closePage = client.open()
  const startMs = Date.now()
  const notes: string[] = []
  return {
    ...{ net, client, dropping, program, notes },
    mint: net.createMint({ decimals: 0, program }),
    get onWire() {
      return onWire
    },
    note: (what) => void notes.push(`${Date.now() - startMs} ms, slot ${net.ledger.slots.frozen}: ${what}`),
    close() {
      closePage()
      nodes.close()
      queryClient.clear()
    },
  }
}

/** Waits until a check finds nothing that is missing. What a node that lags has hidden is found by the audit, after 72 s at most. */
export async function until(missing: () => string | undefined, limitMs = 80_000): Promise<void> {
  for (let waitedMs = 0; missing() !== undefined; waitedMs += 50) {
    if (waitedMs > limitMs) throw new Error(`after ${limitMs} ms still: ${missing()}`)
    await new Promise((resume) => setTimeout(resume, 50))
  }
}
