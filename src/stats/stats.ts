import type { FlushStats } from '../cache/writer.js'
import type { EndpointHealth } from '../rpc/endpointHealth.js'
import type { CacheCounts } from './cacheMeter.js'
import type { SocketCounts } from './socketMeter.js'

/** What the sockets did, and how they do. */
export interface SocketStats extends SocketCounts, FlushStats {
  /** Accounts subscribed now. */
  readonly subscriptions: number
  /** Accounts that had changed without the stream saying so, as a later read found. */
  readonly auditMismatches: number
  /** Frames that were not understood. */
  readonly malformed: number
  /** Notifications that came for no known subscription. */
  readonly unknown: number
}

/** What the HTTP requests did, in all. */
export interface RequestStats {
  readonly sent: number
  readonly failed: number
  /** Characters of answers and of requests. */
  readonly bytesIn: number
  readonly bytesOut: number
}

/** What a client has done since it was made. Nothing in it is secret. */
export interface Stats {
  readonly cache: CacheCounts
  readonly requests: RequestStats
  /** Each node, with its latency; empty before the first request. */
  readonly endpoints: readonly EndpointHealth[]
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

/** Puts together what the parts of a client have counted. */
export function statsOf(
  cache: CacheCounts,
  endpoints: readonly EndpointHealth[] = [],
  socket: SocketStats | null = null,
  { polling, latencyMs, slotLag, queued }: Pick<Stats, 'polling' | 'latencyMs' | 'slotLag' | 'queued'>,
): Stats {
  return { cache, requests: requestStatsOf(endpoints), endpoints, socket, polling, latencyMs, slotLag, queued }
}

function requestStatsOf(endpoints: readonly EndpointHealth[]): RequestStats {
  const sum = (count: 'requests' | 'failures' | 'bytesIn' | 'bytesOut') =>
    endpoints.reduce((total, each) => total + each[count], 0)
  return { sent: sum('requests'), failed: sum('failures'), bytesIn: sum('bytesIn'), bytesOut: sum('bytesOut') }
}
