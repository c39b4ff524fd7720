import type { QueryClient } from '@tanstack/query-core'
import type { BackoffOptions } from '../base/backoff.js'
import { countOf, durationOf } from '../base/check.js'
import { type Clock, systemClock } from '../base/clock.js'
import type { LamplightError } from '../base/errors.js'
import { installRules } from '../cache/queries.js'
import type { Wish } from '../live/subscriptions.js'
import type { ConnectionParts, ConnectionSettings } from '../push/connection.js'
import { createAccountReader } from '../rpc/accountReader.js'
import { endpointOf } from '../rpc/endpoints.js'
import { createRpcClient } from '../rpc/rpcClient.js'
import type { AccountAt, Commitment } from '../token/account.js'
import { type Address, addressOfProgram } from '../token/address.js'
import { createAssociatedAddresses } from '../token/associatedAddress.js'
import { type AccountRecord, recordOf } from '../token/balance.js'
import { decodeMint, type Mint } from '../token/mint.js'
import { createLink } from './link.js'
import { createStatus, createTrust, type Freshness, type StatusStore } from './status.js'

/** When silence on the socket becomes suspicious. 0 or Infinity turns one off. */
export interface HeartbeatOptions {
  /** Silence after which the node is asked for a sign of life, in milliseconds. @default 15_000 */
  readonly probeAfterMs?: number | undefined
  /** No answer for this long after the probe: no longer `live`, in milliseconds. @default 5_000 */
  readonly suspectAfterMs?: number | undefined
  /** No answer for this long after the probe: a new connection, in milliseconds. @default 10_000 */
  readonly deadAfterMs?: number | undefined
}

/** How the socket side behaves. */
export interface ConnectionOptions {
  readonly heartbeat?: HeartbeatOptions | undefined
  /** Waits between attempts to connect. */
  readonly backoff?: BackoffOptions | undefined
  /** Bounds of the offline request queue. */
  readonly queue?: { readonly max?: number | undefined; readonly ttlMs?: number | undefined } | undefined
  /** @default globalThis.WebSocket */
  readonly webSocket?: typeof WebSocket | undefined
  /** Gives numbers from 0 to 1 for the jitter of reconnects. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** What a client needs to know. */
export interface BalanceClientOptions extends ConnectionOptions {
  /** The cache that holds every balance. */
  readonly queryClient: QueryClient
  /** The node's HTTP address. */
  readonly rpcUrl: string
  /** The node's WebSocket address; `false` polls only. @default derived from `rpcUrl` as web3.js does */
  readonly url?: string | false | undefined
  /** A stable name for the cluster in cache keys. @default a short hash of the addresses */
  readonly cluster?: string | undefined
  /** @default 'confirmed' */
  readonly commitment?: Commitment | undefined
  /**
   * How long a first read waits for the socket's acknowledgement, in milliseconds, so that one read both paints and
   * closes the gap before the stream. 0 never waits. @default 300
   */
  readonly patienceMs?: number | undefined
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly clock?: Clock | undefined
  /** @internal Answers every read with this instead of asking. */
  readonly failure?: LamplightError | undefined
}

/** Balances without React: one socket, one reader, one query cache. */
export interface BalanceClient {
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly commitment: Commitment
  /** The connection's status, as a zustand store. */
  readonly status: StatusStore
  /** Connects as soon as something is followed; the returned function lets go again. */
  open(): () => void
  /** Tries to connect now instead of at the end of the wait. */
  reconnect(): void
  /** Reads one account; joins whatever else is asked at the same time. */
  readAccount(wish: Wish): Promise<AccountRecord>
  /** Reads one mint. @throws LamplightError `account/no-mint`, `account/not-mint` */
  readMint(mint: Address, commitment: Commitment): Promise<Mint>
  /** Keeps an account's cache entry live until the returned function is called. */
  follow(wish: Wish): () => void
  /** Whether the stream vouches for this account now. */
  isLive(wish: Wish): boolean
  /** How far an account's cached value can be trusted now. @param pollMs The interval it is polled at; `Infinity` for never. */
  freshness(wish: Wish, pollMs: number): Freshness
  /** Tells when the freshness of some account may have changed. */
  onFreshness(listener: () => void): () => void
  /** The owner's associated account of a mint; remembered. */
  associatedAddress(owner: Address, mint: Address, program: Mint['program']): Address
  /** Sends a JSON-RPC request over the socket, from the bounded offline queue when there is no connection yet. */
  request(method: string, params: readonly unknown[], options?: { readonly key?: string }): Promise<unknown>
}

/**
 * Makes a client. Nothing is sent before something is asked for, nothing is opened before `open()`.
 * @throws LamplightError `input/invalid-url`, `input/invalid-value`
 * @example
 * const client = createBalanceClient({ queryClient: new QueryClient(), rpcUrl: 'https://api.devnet.solana.com' })
 */
export function createBalanceClient(options: BalanceClientOptions): BalanceClient {
  const { queryClient, clock = systemClock, commitment = 'confirmed' } = options
  const { rpcUrl, wsUrl, cluster, host } = endpointOf(options)
  const patienceMs = durationOf('patienceMs', options.patienceMs, 300)
  const gatherMs = patienceMs === Infinity ? 0 : patienceMs
  const rpc = createRpcClient({ url: rpcUrl, clock, ...(options.fetch && { fetch: options.fetch }) })
  const reader = createAccountReader({ rpc, clock })
  const settings = settingsOf(options)
  const load = async (tell: ConnectionParts['tell'], url: string) => {
    const { createConnection } = await import('../push/connection.js')
    return createConnection(settings, { url, reader, queryClient, cluster, clock, gatherMs, tell })
  }
  const link = createLink(wsUrl === false ? undefined : (tell) => load(tell, wsUrl), clock)
  const status = createStatus({ link, endpoint: host, now: clock.now, failure: options.failure })
  link.on('changed', status.refresh)
  link.on('flushed', status.refresh)
  link.on('error', status.failed)
  installRules(queryClient, cluster)

  /** The pull path's one door to the node. */
  async function pull({ address, commitment }: Wish): Promise<AccountAt> {
    if (options.failure) throw options.failure
    await link.settled(gatherMs)
    try {
      const [account] = await reader.read([address], { commitment })
      const newestSeen = link.connection?.stream.slot ?? 0
      status.readOk(Math.max(0, newestSeen - (account as AccountAt).slot))
      return account as AccountAt
    } catch (error) {
      status.failed(error as LamplightError)
      throw error
    }
  }

  const associated = createAssociatedAddresses()
  return {
    queryClient,
    cluster,
    commitment,
    status: status.store,
    open: link.open,
    reconnect: () => link.connection?.reconnect(),
    async readAccount(wish) {
      const account = await pull(wish)
      return recordOf(account, { commitment: wish.commitment, source: 'fetch', reason: 'poll', at: clock.now() })
    },
    readMint: async (mint, level) => decodeMint(await pull({ address: mint, commitment: level })),
    follow: link.follow,
    ...createTrust({ queryClient, cluster, link, status, clock }),
    associatedAddress: (owner, mint, program) => associated(owner, mint, addressOfProgram(program)),
    request: (method, params, more) =>
      wsUrl === false ? rpc.call(method, params) : link.request(method, params, more),
  }
}

/** A client whose every answer is the same error: what a provider shows when its options are wrong. */
export const createFailedClient = (
  { queryClient, commitment, clock }: BalanceClientOptions,
  failure: LamplightError,
): BalanceClient =>
  createBalanceClient({
    queryClient,
    commitment,
    clock,
    rpcUrl: 'http://failed',
    url: false,
    cluster: 'failed',
    failure,
  })

function settingsOf(options: ConnectionOptions): ConnectionSettings {
  const { heartbeat = {}, backoff = {}, queue = {}, webSocket, random = Math.random } = options
  return {
    webSocket,
    random,
    liveness: {
      probeAfterMs: durationOf('heartbeat.probeAfterMs', heartbeat.probeAfterMs, 15_000),
      suspectAfterMs: durationOf('heartbeat.suspectAfterMs', heartbeat.suspectAfterMs, 5000),
      deadAfterMs: durationOf('heartbeat.deadAfterMs', heartbeat.deadAfterMs, 10_000),
    },
    backoff: {
      baseMs: durationOf('backoff.baseMs', backoff.baseMs, 500),
      capMs: durationOf('backoff.capMs', backoff.capMs, 30_000),
    },
    queue: { max: countOf('queue.max', queue.max, 64), ttlMs: durationOf('queue.ttlMs', queue.ttlMs, 15_000) },
  }
}
