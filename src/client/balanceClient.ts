import type { Query, QueryClient } from '@tanstack/query-core'
import { type AddressInput, address, addressOfProgram } from '../base/address.js'
import { chanceOf } from '../base/chance.js'
import { countOf, durationOf } from '../base/check.js'
import { type Clock, systemClock, watchDrift } from '../base/clock.js'
import { createEmitter, type Emitter, notify, whenLoaded } from '../base/emitter.js'
import { LamplightError } from '../base/errors.js'
import { createCacheMeter } from '../cache/cacheMeter.js'
import { createChainResetGuard } from '../cache/chainReset.js'
import type { Watched } from '../cache/changes.js'
import { keepMounted } from '../cache/losses.js'
import { accountOfKey, balanceKeys } from '../cache/queries.js'
import { sharedHead } from '../cache/rules.js'
import type { EndpointHealth } from '../rpc/endpointHealth.js'
import { clusterOf, type Endpoint, type EndpointsInput, endpointsOf } from '../rpc/endpoints.js'
import type { Commitment } from '../token/account.js'
import { createAssociatedAddresses } from '../token/associatedAddress.js'
import { createChainHead } from '../token/slots.js'
import { createReads } from './accounts/accountReads.js'
import { type ConnectionRef, createConnectionRef } from './accounts/connectionRef.js'
import { createStatus, type Status, type StatusStore } from './accounts/connectionStatus.js'
import { createFreshnessTracker } from './accounts/freshnessTracker.js'
import { type BalanceMethods, createBalanceMethods } from './balanceMethods.js'
import type { AccountClient } from './balances/accountClient.js'
import { createSharedMints, type SharedMints } from './balances/sharedMint.js'
import type { BalanceEvents, EventSource } from './events.js'
import { createLazyReading } from './reads/lazyReading.js'
import { type Activity, createPolling, type Polling, type PollingParts, standBackOf } from './reads/polling.js'
import type { Repolled } from './reads/repoll.js'
import { type Stats, statsOf } from './stats.js'
import type { ConnectionParts } from './stream/connection.js'
import { type ConnectionOptions, settingsOf } from './stream/settings.js'

/** What a client needs to know. Its nodes are `rpcUrl` (and `url`), or several `endpoints`. */
export interface BalanceClientOptions extends ConnectionOptions, EndpointsInput {
  /** The cache that holds every balance. */
  readonly queryClient: QueryClient
  /** A stable name for the cluster in cache keys. @default a short hash of the addresses */
  readonly cluster?: string | undefined
  /** @default 'confirmed' */
  readonly commitment?: Commitment | undefined
  /**
   * How long a first read waits while the socket acknowledges nothing, in milliseconds, so that one read both paints and
   * closes the gap before the stream; at most three times as long. 0 never waits. @default 300
   */
  readonly firstReadDelayMs?: number | undefined
  /** Accounts that are kept while nothing shows or follows them; the least recently used leave first. @default 1_000 accounts */
  readonly maxInactive?: number | undefined
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly clock?: Clock | undefined
  /** @internal Answers every read with this instead of asking. */
  readonly failure?: LamplightError | undefined
}

/** Balances without React: one socket, one reader, one query cache. */
export interface BalanceClient extends AccountClient, BalanceMethods, EventSource {
  /** The connection's status, as a zustand store. */
  readonly status: StatusStore
  /** Connects as soon as something is followed; the returned function lets go again. */
  open(): () => void
  /** Tries to connect now instead of at the end of the wait. */
  reconnect(): void
  /** Says how much attention a wallet gets where the interval is `auto`: polled each 2 s, 5 s (at first) or 15 s. */
  setActivity(owner: AddressInput, activity: Activity): void
  /** How each node does, as far as it was asked; empty before the first request. It holds no path, query or password. */
  endpoints(): readonly EndpointHealth[]
  /** What was counted since this client was made; the cache's hits and misses while it is open. */
  stats(): Stats
  /**
   * A `fetch` for an app's own `Connection`: its calls fail over to the other endpoints and share the budget. Requests to
   * other addresses go through untouched.
   */
  readonly fetch: typeof globalThis.fetch
  /**
   * Sends a JSON-RPC request over the socket, from the bounded offline queue when there is no connection yet; with
   * `over: 'http'` to the best node there is now.
   */
  request(
    method: string,
    params: readonly unknown[],
    options?: { readonly key?: string; readonly over?: 'http' },
  ): Promise<unknown>
  /** @internal One observer of a mint for all that show its tokens. */
  readonly sharedMint: SharedMints
  /** @internal Calls `tell` once, when a node says over the open socket that a transaction is confirmed. */
  followSignature(signature: string, tell: () => void): () => void
}

/**
 * Makes a client. Nothing is sent before something is asked for, nothing is opened before `open()`.
 * @throws LamplightError `input/invalid-url`, `input/invalid-value`, `client/no-facility`
 * @example
 * const client = createBalanceClient({ queryClient: new QueryClient(), rpcUrl: 'https://api.devnet.solana.com' })
 */
export function createBalanceClient(given: BalanceClientOptions): BalanceClient {
  if (!given.failure && typeof AbortController === 'undefined')
    throw new LamplightError('client/no-facility', { facility: 'AbortController', neededBy: 'TanStack Query' })
  const random = chanceOf(given.random)
  const options = { ...given, random }
  const { queryClient, clock = systemClock, commitment = 'confirmed' } = options
  const { cluster, batchDelayMs, endpoint, hasSocket, reading, connectionRef } = waysToNodes(options, clock, (error) =>
    status.failed(error),
  )
  const status = createStatus({ connectionRef, endpoint, clock, failure: options.failure })

  const bus = createEmitter<BalanceEvents>()
  const parts = { queryClient, cluster, connectionRef, clock }
  const freshnessTracker = createFreshnessTracker({ ...parts, status })
  const polled = { queryClient, cluster, isLive: freshnessTracker.isLive, isPolled: status.isPolled }
  const repoll = (which: Repolled) => reading.now?.repoll(polled, which)
  const standBack = standBackOf(() => connectionRef.connection?.role, random, options.bandwidth === 'low' ? 2 : 1)
  const letThrough = () => reading.now?.pool.retry()
  const polling = pollingOf({ clock, repoll, letThrough, standBack }, status, bus)

  joinConnection(connectionRef, status, polling)
  connectionRef.on('changed', () => void (connectionRef.isClosed && reading.now?.bound.stop()))
  function lost({ queryKey }: Query) {
    const account = accountOfKey(queryKey, cluster)
    if (account) connectionRef.connection?.stream.lost(account)
  }
  /** Nothing that was heard before a sleep is called live or current after it, before it was heard again. */
  function drifted(byMs: number) {
    status.drifted(byMs)
    if (byMs < 0) return
    connectionRef.connection?.wake('the machine slept')
    polling.now()
  }
  const meter = createCacheMeter(queryClient, cluster)
  const associated = createAssociatedAddresses()
  const client: BalanceClient = {
    queryClient,
    cluster,
    commitment,
    status: status.store,
    open() {
      const stops = [connectionRef.open(), meter.start(), keepMounted(parts, lost), watchDrift(clock, drifted)]
      return () => {
        for (const stop of stops.splice(0)) stop()
      }
    },
    reconnect() {
      letThrough()
      connectionRef.connection?.reconnect()
      polling.resume()
    },
    ...createReads({ ...parts, reading, status, freshnessTracker, polling, batchDelayMs, failure: options.failure }),
    ...createBalanceMethods(() => client, { clock, endpoint }),
    followAccount: connectionRef.follow,
    sharedMint: createSharedMints(() => client),
    ...freshnessTracker,
    pollDelayMs: polling.delayMs,
    setActivity: (owner, activity) => polling.setActivity(address(owner, 'owner'), activity),
    on: (event, listener) => listen(event, listener as (payload: never) => void, bus, parts),
    associatedAddress: (owner, mint, program) => associated(owner, mint, addressOfProgram(program)),
    stats: () => statsOf(meter.counts, reading.now?.pool, connectionRef.connection?.stats, status.store.getState()),
    endpoints: () => reading.now?.pool.health() ?? [],
    fetch: async (...request) => (await reading.load()).pool.fetch(...request),
    request: async (method, params, more) =>
      hasSocket && !more?.over
        ? connectionRef.request(method, params, more)
        : (await reading.load()).pool.call(method, params),
    followSignature: (...what) => connectionRef.connection?.followSignature(...what) ?? (() => {}),
  }
  return client
}

/** Both ways to the nodes; the code of each is loaded when it is first needed. */
function waysToNodes(options: BalanceClientOptions, clock: Clock, onRefused: (error: LamplightError) => void) {
  const { queryClient, fetch, random } = options
  const { budget, ...settings } = settingsOf(options)
  const endpoints = endpointsOf(options)
  const cluster = clusterOf(endpoints, options.cluster)
  const firstReadDelayMs = durationOf('firstReadDelayMs', options.firstReadDelayMs, 300)
  const batchDelayMs = firstReadDelayMs === Infinity ? 0 : firstReadDelayMs
  const deadlineMs = settings.limits.requestTimeoutMs
  const max = countOf('maxInactive', options.maxInactive, 1000)
  const bounds = { max, followed: () => connectionRef.followed }
  const head = sharedHead(queryClient, cluster, createChainHead(clock.now))
  // A chain that started over has lower slots for a long while: what the old one said must not stand in its way.
  const guard = createChainResetGuard(clock, () => {
    head.forget()
    void queryClient.resetQueries({ queryKey: balanceKeys.cluster(cluster) })
  })
  const shared = { queryClient, cluster, clock, head, guard }
  const reading = createLazyReading({ ...shared, bounds, endpoints, budget, fetch, random, onRefused, deadlineMs })
  const nodes = endpoints.map(({ http, ws }) => `${http} ${ws}`).join()
  const load = async (tell: ConnectionParts['tell']) => {
    const [{ connect }, { pool, reader }] = await Promise.all([import('./tabs/sharing.js'), reading.load()])
    return connect(options, settings, { ...shared, nodes, pool, reader, batchDelayMs, tell })
  }
  const hasSocket = endpoints.some(({ ws }) => ws !== false)
  const connectionRef = createConnectionRef(hasSocket ? load : undefined, clock, random)
  const endpoint = () =>
    connectionRef.connection?.endpoint ?? reading.now?.pool.endpoint ?? (endpoints[0] as Endpoint).host
  return { cluster, batchDelayMs, endpoint, hasSocket, reading, connectionRef }
}

/** A dropped connection is mostly back within this time, and then reads what was missed by itself. */
const HAND_OVER_MS = 1000

/** What the connection tells, and other tabs over it, reaches the status and the pace of polling. */
function joinConnection(connectionRef: ConnectionRef, status: Status, polling: Polling) {
  connectionRef.on('changed', status.refresh)
  connectionRef.on('flushed', status.refresh)
  connectionRef.on('error', status.failed)
  connectionRef.on('read', () => {
    status.readOk()
    polling.succeeded()
  })
}

/** Polling, told of the connection: it takes over when the stream is lost, and tries again when there is a chance. */
function pollingOf(parts: Omit<PollingParts, 'tell'>, status: Status, bus: Emitter<BalanceEvents>): Polling {
  const polling = createPolling({
    ...parts,
    tell(running, error) {
      status.polling(running)
      if (running) bus.emit('polling:started', { error: null })
      else bus.emit('polling:stopped', { error })
    },
  })
  status.store.subscribe(({ state, freshness, lastError }, before) => {
    if (state === before.state) return
    bus.emit('connection:changed', { state, freshness, lastError })
    if (before.state === 'live')
      parts.clock.schedule(polling.now, state === 'waiting' ? HAND_OVER_MS * parts.standBack() : 0)
    if (state === 'live' || state === 'connecting') polling.resume()
  })
  return polling
}

/** Events of the cache are watched only while somebody listens, by code that is loaded then. */
function listen(
  event: keyof BalanceEvents,
  listener: (payload: never) => void,
  bus: Emitter<BalanceEvents>,
  watched: Watched,
): () => void {
  const tell = (payload: unknown) => notify(listener as (payload: unknown) => void, payload)
  if (event === 'balance:updated' || event === 'balance:error' || event === 'account:created')
    return whenLoaded(import('../cache/changes.js'), ({ onBalanceEvent }) => onBalanceEvent(event, watched, tell))
  return bus.on(event, tell)
}
