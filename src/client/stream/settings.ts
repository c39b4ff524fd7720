import { countOf, durationOf, invalid } from '../../base/check.js'
import type { BackoffOptions } from '../../base/clock.js'
import type { Bandwidth } from '../../cache/flushPace.js'
import type { CheckedLimits } from '../../rpc/budget.js'
import type { ConnectionLimits, ConnectionSettings } from './connection.js'

/** When silence on the socket becomes suspicious. 0 or Infinity turns one off. */
export interface HeartbeatOptions {
  /** Silence after which the node is asked for a sign of life, in milliseconds. @default 15_000 */
  readonly probeAfterMs?: number | undefined
  /** No answer for this long after the probe: no longer `live`, in milliseconds. @default 5_000 */
  readonly suspectAfterMs?: number | undefined
  /** No answer for this long after the probe: a new connection, in milliseconds. @default 10_000 */
  readonly deadAfterMs?: number | undefined
  /** How long the answer may take when the page wakes up or comes back into view, in milliseconds. @default 2_500 */
  readonly resumeTimeoutMs?: number | undefined
}

/** How many HTTP requests may leave, whatever they are for. */
export interface BudgetOptions {
  /** Requests per second in the long run, a whole number; 0 or Infinity turns the limit off. Public nodes allow 10. @default 10 */
  readonly requestsPerSecond?: number | undefined
  /** Requests that may leave at once after a quiet time. @default 20 */
  readonly burst?: number | undefined
}

/** How requests and sockets behave. */
export interface ConnectionOptions {
  /** One budget for everything that asks this client's nodes; what a person waits for goes first. */
  readonly budget?: BudgetOptions | undefined
  readonly heartbeat?: HeartbeatOptions | undefined
  /** Waits between attempts to connect. */
  readonly backoff?: BackoffOptions | undefined
  /** How long things may take and how many there may be; see each. 0 or Infinity turns a time off. */
  readonly limits?: { readonly [K in keyof ConnectionLimits]?: number | undefined } | undefined
  /** Bounds of the offline request queue. */
  readonly queue?: { readonly max?: number | undefined; readonly ttlMs?: number | undefined } | undefined
  /**
   * Time between two reads that check what is live, in milliseconds, plus or minus a fifth; one batched request each.
   * 0 or Infinity turns it off. @default 60_000
   */
  readonly auditMs?: number | undefined
  /**
   * How much of the page and the network updates may take. `normal`: each frame, less often while that keeps the page
   * busy; `high`: each frame; `low`: four times a second, and polls half as often. @default 'normal'
   */
  readonly bandwidth?: Bandwidth | undefined
  /** @default globalThis.WebSocket */
  readonly webSocket?: typeof WebSocket | undefined
  /**
   * Whether the browser's tabs have one connection together, where they can. @default true, and false with a
   * `webSocket` of your own, which may lead elsewhere in each tab
   */
  readonly shareAcrossTabs?: boolean | undefined
  /** Gives numbers from 0 to 1 for the jitter of reconnects. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** Every number that an app may set. What ends in `Ms` is a time. */
const DEFAULTS = {
  heartbeat: { probeAfterMs: 15_000, suspectAfterMs: 5000, deadAfterMs: 10_000, resumeTimeoutMs: 2500 },
  backoff: { baseMs: 500, capMs: 30_000 },
  limits: {
    connectTimeoutMs: 8000,
    requestTimeoutMs: 10_000,
    subscriptionsPerSocket: 100,
    unsubscribeAfterMs: 2000,
    lingerMs: 10_000,
    hiddenAfterMs: 300_000,
  },
  queue: { max: 64, ttlMs: 15_000 },
  budget: { requestsPerSecond: 10, burst: 20 },
} as const
type Group = keyof typeof DEFAULTS
const BANDWIDTHS = 'low|normal|high'
const AT_LEAST_ONE = /^(sub|burst)/

/** Checks the options at once, long before the code that uses them is loaded. @throws LamplightError `input/invalid-value` */
export function settingsOf(
  options: ConnectionOptions,
): ConnectionSettings & { readonly budget: CheckedLimits; readonly limits: ConnectionLimits } {
  const checked = <G extends Group>(group: G) => {
    const given = (options[group] ?? {}) as Record<string, number | undefined>
    const check = ([key, fallback]: readonly [string, number]) => {
      const name = `${group}.${key}`
      const value = given[key]
      if (key.endsWith('Ms')) return [key, durationOf(name, value, fallback)]
      // A rate without a limit is no limit, which is written as 0.
      const count = key === 'requestsPerSecond' && value === Infinity ? 0 : value
      return [key, countOf(name, count, fallback, AT_LEAST_ONE.test(key) ? 1 : 0)]
    }
    return Object.fromEntries(Object.entries(DEFAULTS[group]).map(check)) as {
      [K in keyof (typeof DEFAULTS)[G]]: number
    }
  }
  const { bandwidth = 'normal' } = options
  if (!BANDWIDTHS.split('|').includes(bandwidth)) throw invalid('bandwidth', bandwidth, BANDWIDTHS)
  return {
    bandwidth,
    liveness: checked('heartbeat'),
    backoff: checked('backoff'),
    limits: checked('limits'),
    queue: checked('queue'),
    budget: checked('budget'),
    auditMs: durationOf('auditMs', options.auditMs, 60_000),
  }
}
