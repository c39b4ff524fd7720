import type { CacheCounts } from '../cache/cacheMeter.js'
import type { PoolStats } from '../rpc/endpointHealth.js'
import type { EndpointPool } from '../rpc/endpointPool.js'
import type { SocketStats } from './stream/connection.js'

/** What a client has done since it was made. Nothing in it is secret. */
export interface Stats extends PoolStats {
  readonly cache: CacheCounts
  /** `null` until something was followed, and where there is no socket. */
  readonly socket: SocketStats | null
  readonly polling: 'running' | 'stopped'
  /** Round-trip time of the last answer over the socket, in milliseconds. */
  readonly latencyMs: number | null
  /** Slots that the last read was behind the newest one seen. */
  readonly slotLag: number | null
  /** Requests that wait for a connection. */
  readonly queued: number
}

const NOTHING_SENT: PoolStats = {
  requests: { sent: 0, failed: 0, bytesIn: 0, bytesOut: 0 },
  budget: null,
  endpoints: [],
}

/** Puts together what the parts of a client have counted. */
export function statsOf(
  cache: CacheCounts,
  pool: Pick<EndpointPool, 'stats'> | undefined,
  socket: SocketStats | null = null,
  { polling, latencyMs, slotLag, queued }: Pick<Stats, 'polling' | 'latencyMs' | 'slotLag' | 'queued'>,
): Stats {
  return { cache, ...(pool?.stats ?? NOTHING_SENT), socket, polling, latencyMs, slotLag, queued }
}
