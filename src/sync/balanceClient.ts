import type { QueryClient } from '@tanstack/query-core'
import { durationOf } from '../base/check.js'
import { type Clock, systemClock } from '../base/clock.js'
import { createEmitter, type Emitter, whenLoaded } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import { balanceKeys, installRules } from '../cache/queries.js'
import type { Wish } from '../live/subscriptions.js'
import type { ConnectionParts } from '../push/connection.js'
import { type ConnectionOptions, settingsOf } from '../push/settings.js'
import { createAccountReader } from '../rpc/accountReader.js'
import { endpointOf } from '../rpc/endpoints.js'
import { createRpcClient } from '../rpc/rpcClient.js'
import type { AccountAt, Commitment } from '../token/account.js'
import { type Address, type AddressInput, address, addressOfProgram } from '../token/address.js'
import { createAssociatedAddresses } from '../token/associatedAddress.js'
import { type AccountRecord, recordOf } from '../token/balance.js'
import { decodeMint, type Mint } from '../token/mint.js'
import type { AccountChange, AccountFailure, Watched } from './changes.js'
import { createLink } from './link.js'
import { type Activity, createPolling, type Polling, type PollingParts } from './polling.js'
import {
  type ConnectionStatus,
  createStatus,
  createTrust,
  type Freshness,
  type Status,
  type StatusStore,
} from './status.js'

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

/** What a client tells; `on` takes the names. */
export interface BalanceEvents {
  /** The cache accepted another value for an account. */
  'balance:updated': AccountChange
  /** An account could not be read, retries included. */
  'balance:error': AccountFailure
  /** An account that was missing is there. */
  'account:created': AccountChange
  /** Polling goes on after it had given up. */
  'polling:started': { readonly error: null }
  /** Five reads in a row failed; a trial is made each 30 s, and when the network comes back. */
  'polling:stopped': { readonly error: LamplightError | null }
  'connection:changed': Pick<ConnectionStatus, 'state' | 'freshness' | 'lastError'>
}
/** One event with its name, as `onEvent` gets it. */
export type BalanceEvent = { [K in keyof BalanceEvents]: { readonly type: K } & BalanceEvents[K] }[keyof BalanceEvents]

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
  /** How long a hook waits before it polls an account again, in milliseconds; an owner stands for `auto`. */
  pollDelayMs(intervalMs: number, owner?: Address): number
  /** Says how much attention a wallet gets where the interval is `auto`: polled each 2 s, 5 s (at first) or 15 s. */
  setActivity(owner: AddressInput, activity: Activity): void
  /** Calls `listener` for each event of a kind; the returned function takes it away again. */
  on<K extends keyof BalanceEvents>(event: K, listener: (payload: BalanceEvents[K]) => void): () => void
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
  const rpc = createRpcClient({ url: rpcUrl, clock, fetch: options.fetch, onRefused: (error) => status.failed(error) })
  const reader = createAccountReader({ rpc, clock })
  const settings = settingsOf(options)
  const load = async (tell: ConnectionParts['tell'], url: string) => {
    const { connect } = await import('../push/sharing.js')
    return connect(options, settings, { url, reader, queryClient, cluster, clock, gatherMs, tell })
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
    try {
      const [account] = await reader.read([address], { commitment })
      const newestSeen = link.connection?.stream.slot ?? 0
      status.readOk(Math.max(0, newestSeen - (account as AccountAt).slot))
      polling.succeeded()
      return account as AccountAt
    } catch (error) {
      status.failed(error as LamplightError)
      polling.failed(error as LamplightError)
      throw error
    }
  }

  const bus = createEmitter<BalanceEvents>()
  const trust = createTrust({ queryClient, cluster, link, status, clock })
  const polling = pollingOf({ queryClient, cluster, clock, isLive: trust.isLive }, status, bus)

  const associated = createAssociatedAddresses()
  const keyOf = ({ address, commitment }: Wish) => balanceKeys.account(cluster, commitment, address)
  return {
    queryClient,
    cluster,
    commitment,
    status: status.store,
    open: link.open,
    reconnect() {
      link.connection?.reconnect()
      polling.resume()
    },
    async readAccount(wish) {
      const wasLive = trust.isLive(wish)
      await link.settled(gatherMs)
      // Read after its acknowledgement while this read was waiting: nothing could be newer.
      const held = !wasLive && trust.isLive(wish) && queryClient.getQueryData<AccountRecord>(keyOf(wish))
      if (held) return held
      const account = await pull(wish)
      return recordOf(account, { commitment: wish.commitment, source: 'fetch', reason: 'poll', at: clock.now() })
    },
    async readMint(mint, level) {
      await link.settled(gatherMs)
      return decodeMint(await pull({ address: mint, commitment: level }))
    },
    follow: link.follow,
    ...trust,
    pollDelayMs: polling.delayMs,
    setActivity: (owner, activity) => polling.setActivity(address(owner, 'owner'), activity),
    on: (event, listener) => listen(event, listener as (payload: never) => void, bus, { queryClient, cluster }),
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

/** A dropped connection is mostly back within this time, and then reads what was missed by itself. */
const HAND_OVER_MS = 1000

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
    if (before.state === 'live') parts.clock.schedule(polling.now, state === 'waiting' ? HAND_OVER_MS : 0)
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
  const tell = listener as (payload: unknown) => void
  if (!event.startsWith('balance:') && event !== 'account:created') return bus.on(event, tell)
  return whenLoaded(import('./changes.js'), ({ onAccountChange, onAccountFailure }) => {
    if (event === 'balance:error') return onAccountFailure(watched, tell)
    return onAccountChange(watched, (change) => {
      if (event === 'balance:updated' || (change.previous?.exists === false && change.next.exists)) tell(change)
    })
  })
}
