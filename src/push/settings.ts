import { countOf, durationOf } from '../base/check.js'
import type { BackoffOptions } from '../base/clock.js'
import type { CheckedLimits } from '../rpc/budget.js'
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
  readonly wakeTimeoutMs?: number | undefined
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

/** Checks the options at once, long before the code that uses them is loaded. @throws LamplightError `input/invalid-value` */
export function settingsOf(
  options: ConnectionOptions,
): ConnectionSettings & { readonly budget: CheckedLimits; readonly limits: ConnectionLimits } {
  const { heartbeat = {}, backoff = {}, queue = {}, budget = {}, limits = {} } = options
  const { requestsPerSecond: rate, burst } = budget
  return {
    budget: {
      requestsPerSecond: countOf('budget.requestsPerSecond', rate === Infinity ? 0 : rate, 10),
      burst: countOf('budget.burst', burst, 20, 1),
    },
    liveness: {
      probeAfterMs: durationOf('heartbeat.probeAfterMs', heartbeat.probeAfterMs, 15_000),
      suspectAfterMs: durationOf('heartbeat.suspectAfterMs', heartbeat.suspectAfterMs, 5000),
      deadAfterMs: durationOf('heartbeat.deadAfterMs', heartbeat.deadAfterMs, 10_000),
      wakeTimeoutMs: durationOf('heartbeat.wakeTimeoutMs', heartbeat.wakeTimeoutMs, 2500),
    },
    backoff: {
      baseMs: durationOf('backoff.baseMs', backoff.baseMs, 500),
      capMs: durationOf('backoff.capMs', backoff.capMs, 30_000),
    },
    limits: {
      connectTimeoutMs: durationOf('limits.connectTimeoutMs', limits.connectTimeoutMs, 8000),
      requestTimeoutMs: durationOf('limits.requestTimeoutMs', limits.requestTimeoutMs, 10_000),
      subscriptionsPerSocket: countOf('limits.subscriptionsPerSocket', limits.subscriptionsPerSocket, 100, 1),
      unsubscribeAfterMs: durationOf('limits.unsubscribeAfterMs', limits.unsubscribeAfterMs, 2000),
      lingerMs: durationOf('limits.lingerMs', limits.lingerMs, 10_000),
      hiddenAfterMs: durationOf('limits.hiddenAfterMs', limits.hiddenAfterMs, 300_000),
    },
    auditMs: durationOf('auditMs', options.auditMs, 60_000),
    queue: { max: countOf('queue.max', queue.max, 64), ttlMs: durationOf('queue.ttlMs', queue.ttlMs, 15_000) },
  }
}
