import type { Ledger } from '../ledger/ledger.js'
import { type Cheats, createCheats } from '../node/cheats.js'
import { exactJson } from '../node/jsonRpc.js'
import type { SubscriptionKind } from '../node/pubsub.js'
import { createRpcNode } from '../node/rpcNode.js'
import type { ViewOptions } from '../node/view.js'
import { createFaults, type Faults } from './faults.js'
import { exchange, type HttpOutcome, rpcReply } from './httpExchange.js'
import { createLocalMethods, refuseCheats } from './localMethods.js'
import { createSocketHub, type SocketHub } from './socketHub.js'
import { noTraffic, type Traffic } from './traffic.js'

/** Counts of what an endpoint did, for tests to assert on. */
export interface EndpointStats extends Readonly<Traffic> {
  /** Accounts that reads asked for. */
  readonly accountsRead: number
  /** Subscriptions active now, by kind. */
  readonly subscriptions: Readonly<Record<SubscriptionKind, number>>
  /** Sockets open now. */
  readonly sockets: number
}

/** How an endpoint looks at its ledger, and how its faults are drawn. */
export interface EndpointOptions extends ViewOptions {
  /** What the faults' chances are drawn from. @default 1 */
  readonly seed?: number
}

/** What a test or a developer can do to one endpoint. */
export interface EndpointControls {
  /** The faults of this endpoint. */
  readonly faults: Faults
  /** Closes every socket with a code, or cuts them all without one. */
  dropSockets(code?: number): void
  /** Makes the open sockets half-open: they stay established, and nothing is read or written. */
  pauseSockets(): void
  /** Goes on with the paused sockets, with what they missed. */
  resumeSockets(): void
  /** What went over the endpoint since it started or since `resetStats`. `localnet_` methods are not counted. */
  stats(): EndpointStats
  /** Sets the counts to zero; what is open stays counted. */
  resetStats(): void
}

/** What carries HTTP and sockets, whatever the wire is. */
export interface Carrier {
  readonly hub: SocketHub
  /** Answers one request; `mayCheat` says whether `localnet_` methods are for its caller. */
  http(text: string, mayCheat: boolean): Promise<HttpOutcome>
}

/** A node with everything but a wire. */
export interface Endpoint extends EndpointControls, Carrier {
  readonly cheats: Cheats
  close(): void
}

/** What every endpoint can do to its sockets. */
export const socketControls = (
  hub: SocketHub,
): Pick<EndpointControls, 'dropSockets' | 'pauseSockets' | 'resumeSockets'> => ({
  dropSockets: (code) => hub.drop(code),
  pauseSockets: () => hub.pause(),
  resumeSockets: () => hub.resume(),
})

/** Opens a node over a ledger, with faults and counts. */
export function createEndpoint(ledger: Ledger, options: EndpointOptions = {}): Endpoint {
  const node = createRpcNode(ledger, options)
  const faults = createFaults(options.seed === undefined ? {} : { seed: options.seed })
  const cheats = createCheats(ledger)
  const traffic = noTraffic()
  const hub = createSocketHub({
    faults,
    traffic,
    converse: (party) => ({
      take(body) {
        const answer = node.handleSocket(party, body)
        return answer === undefined ? undefined : exactJson(answer)
      },
      end: () => node.pubsub.disconnect(party),
    }),
  })
  const controls: EndpointControls = {
    faults,
    ...socketControls(hub),
    stats: () => ({
      httpRequests: traffic.httpRequests,
      requests: { ...traffic.requests },
      wsCalls: { ...traffic.wsCalls },
      socketsOpened: traffic.socketsOpened,
      accountsRead: node.accountsRead,
      subscriptions: node.pubsub.active(),
      sockets: hub.size,
    }),
    resetStats() {
      Object.assign(traffic, noTraffic())
      node.resetCounts()
    },
  }
  const answerLocally = createLocalMethods({ cheats, ...controls })

  return {
    ...controls,
    cheats,
    hub,
    http: (text, mayCheat) =>
      exchange(text, {
        faults,
        traffic,
        dropSockets: controls.dropSockets,
        answerLocally: mayCheat ? answerLocally : refuseCheats,
        answer: (body) => rpcReply(node.handle(body)),
      }),
    close: () => node.close(),
  }
}
