import { WebSocket } from 'ws'
import { urlOf } from '../../../src/base/check.js'
import { type Carrier, type EndpointControls, type EndpointStats, socketControls } from '../transport/endpoint.js'
import { createFaults, type Faults } from '../transport/faults.js'
import { exchange, type HttpReply } from '../transport/httpExchange.js'
import { refuseCheats } from '../transport/localMethods.js'
import { type Conversation, createSocketHub, type Party } from '../transport/socketHub.js'
import { noTraffic } from '../transport/traffic.js'
import { type ListenOptions, openServer } from './server.js'

/** An endpoint that faults are put in front of. */
export interface ProxyOptions extends ListenOptions {
  /** Where requests go. */
  readonly rpcUrl: string
  /** Where sockets go. */
  readonly wsUrl: string
  /** The faults, if another endpoint or a test has them already. @default none */
  readonly faults?: Faults
  /** What the chances of the proxy's own faults are drawn from. @default 1 */
  readonly seed?: number
}

/** What went through a proxy; what only the endpoint behind it knows is left out. */
export type ProxyStats = Omit<EndpointStats, 'accountsRead' | 'subscriptions'>

/** A proxy that runs. */
export interface FaultProxy extends Omit<EndpointControls, 'stats'> {
  readonly rpcUrl: string
  readonly wsUrl: string
  /** What went through since the start or since `resetStats`. */
  stats(): ProxyStats
  /** Stops listening and cuts all connections, on both sides. */
  stop(): Promise<void>
}

async function forward(rpcUrl: string, text: string): Promise<HttpReply> {
  try {
    const answer = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text })
    const retryAfter = answer.headers.get('retry-after')
    const headers = { 'content-type': answer.headers.get('content-type') ?? 'application/json' }
    return {
      status: answer.status,
      headers: retryAfter === null ? headers : { ...headers, 'retry-after': retryAfter },
      body: await answer.text(),
    }
  } catch {
    return {
      status: 502,
      headers: { 'content-type': 'text/plain' },
      body: 'The endpoint behind the proxy did not answer.',
    }
  }
}

const notified = (text: string): string | undefined => /"method":"(\w+Notification)"/.exec(text)?.[1]

function converse(wsUrl: string, party: Party): Conversation {
  const upstream = new WebSocket(wsUrl)
  const early: string[] = []
  upstream.on('open', () => {
    for (const text of early.splice(0)) upstream.send(text)
  })
  upstream.on('message', (data) => {
    const text = String(data)
    const method = notified(text)
    if (method === undefined) party.send(text)
    else party.notify(text, method)
  })
  upstream.on('close', () => party.cut())
  upstream.on('error', () => upstream.terminate())
  return {
    take(_, text) {
      if (upstream.readyState === WebSocket.OPEN) upstream.send(text)
      else early.push(text)
      return undefined
    },
    end: () => upstream.terminate(),
  }
}

/**
 * Starts a proxy with faults before any Solana endpoint: a local validator, a test cluster.
 * @example
 * const proxy = await startProxy({ rpcUrl: 'http://127.0.0.1:8899', wsUrl: 'ws://127.0.0.1:8900' })
 * proxy.faults.add({ on: 'notification', chance: 0.1, do: { lose: true } })
 */
export async function startProxy(options: ProxyOptions): Promise<FaultProxy> {
  const rpcUrl = urlOf('rpcUrl', options.rpcUrl, ['http:', 'https:']).href
  const wsUrl = urlOf('wsUrl', options.wsUrl, ['ws:', 'wss:']).href
  const faults = options.faults ?? createFaults(options.seed === undefined ? {} : { seed: options.seed })
  const traffic = noTraffic()
  // The endpoint behind has its own limit for frames.
  const hub = createSocketHub({ faults, traffic, maxFrameBytes: Infinity, converse: (party) => converse(wsUrl, party) })
  const controls = socketControls(hub)
  const carrier: Carrier = {
    hub,
    http: (text, mayCheat) =>
      exchange(text, {
        faults,
        traffic,
        dropSockets: controls.dropSockets,
        // Behind the proxy every caller looks as if it were on this machine.
        answerLocally: mayCheat ? () => undefined : refuseCheats,
        answer: (_, body) => forward(rpcUrl, body),
      }),
  }
  const server = await openServer(carrier, options)
  return {
    rpcUrl: server.rpcUrl,
    wsUrl: server.wsUrl,
    faults,
    ...controls,
    stats: () => ({
      ...traffic,
      requests: { ...traffic.requests },
      wsCalls: { ...traffic.wsCalls },
      sockets: hub.size,
    }),
    resetStats: () => void Object.assign(traffic, noTraffic()),
    stop: () => server.close(),
  }
}
