import type { Clock } from '../base/clock.js'
import { backoffMs } from '../base/clock.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { isObject } from '../base/wireText.js'
import type { BudgetFill } from './budget.js'
import { createRest, type Outcome, type Target } from './sender.js'

/** Whether an endpoint is asked: `resting` after a 429, `open` after failures in a row, `half-open` for one trial. */
export type EndpointState = 'ok' | 'resting' | 'open' | 'half-open'

/** How one endpoint does. It holds no path, query, user or password. */
export interface EndpointHealth {
  /** The host; the second endpoint on one host is `host#2`. */
  readonly host: string
  readonly state: EndpointState
  /** A moving average of its answers, in milliseconds; `null` before the first. */
  readonly latencyMs: number | null
  /** A moving average of its failures, from 0 to 1. */
  readonly errorRate: number
  /** The newest slot it has told of. */
  readonly slot: number | null
  /** Slots it was behind the newest one known when it last answered. */
  readonly slotLag: number | null
  readonly requests: number
  readonly failures: number
  /** When it may be asked again, in milliseconds since the epoch; `null` when it may be now. */
  readonly retryAt: number | null
  readonly bytesIn: number
  readonly bytesOut: number
}

/** What the HTTP requests did, in all. */
export interface RequestStats {
  readonly sent: number
  readonly failed: number
  /** Characters of answers and of requests. */
  readonly bytesIn: number
  readonly bytesOut: number
}

/** What a pool has sent, and how it does. */
export interface PoolStats {
  readonly requests: RequestStats
  /** How full the budget of requests is; `null` before the first one. */
  readonly budget: BudgetFill | null
  /** Each node, with its latency; empty before the first request. */
  readonly endpoints: readonly EndpointHealth[]
}

/** Adds up what the endpoints have sent. */
export function requestStatsOf(endpoints: readonly EndpointHealth[]): RequestStats {
  const sum = (count: 'requests' | 'failures' | 'bytesIn' | 'bytesOut') =>
    endpoints.reduce((total, each) => total + each[count], 0)
  return { sent: sum('requests'), failed: sum('failures'), bytesIn: sum('bytesIn'), bytesOut: sum('bytesOut') }
}

/** One endpoint of a pool, with what is known about it. */
export interface Member {
  readonly target: Target
  /** Headers made of a user and password in its address. */
  readonly headers: Readonly<Record<string, string>>
  readonly wsUrl: string | false
  readonly weight: number
  /** There is no other to ask in its place: it is asked however often it failed. */
  readonly isOnly: boolean
  readonly health: EndpointHealth
  /** What went wrong last, when nothing worked since. */
  readonly lastError: LamplightError | undefined
  /** When it was last asked, in milliseconds since the epoch. */
  readonly askedAt: number
  /** Whether a request may go there now. */
  readonly fit: boolean
  /** How bad it is to ask it, in milliseconds. */
  readonly cost: number
  /** Counts a request that leaves now. */
  take(): void
  /** Learns from an attempt. */
  learn(outcome: Outcome): void
  /** Learns that it told of this slot at this commitment, while `newest` was known. */
  saw(slot: number, commitment: string, newest: number): void
  /** Learns that another endpoint told of this slot. */
  otherSaw(slot: number, commitment: string): void
}

/** Failures in a row that open the breaker. */
const MAX_FAILURES = 3
/** Slots within which endpoints differ without one being behind, and the fastest a cluster makes slots. */
const USUAL_LAG = 8
const SLOT_MS = 200
/** JSON-RPC's code for "node is unhealthy". */
const UNHEALTHY = -32005

/** Whether an endpoint failed, in contrast to having answered "no". */
export const isFailure = (error: LamplightError | undefined): boolean =>
  error !== undefined &&
  error.code !== 'rpc/behind' &&
  (!isLamplightError(error, 'rpc/refused') || error.context.rpcCode === UNHEALTHY)

/** The slot an answer is true at. */
export function slotOf({ result, job }: Outcome): number | undefined {
  const slot = isObject(result) && isObject(result.context) ? result.context.slot : job.method === 'getSlot' && result
  return Number.isSafeInteger(slot) ? (slot as number) : undefined
}

/** The level a request asks to be answered at; a node's own default is `finalized`. */
export function commitmentOf({ params }: Outcome['job']): string {
  const config = params[params.length - 1]
  return isObject(config) && typeof config.commitment === 'string' ? config.commitment : 'finalized'
}

/** A circuit breaker: closed, open for a growing time, then one trial. */
function createBreaker(clock: Clock, random: () => number) {
  let run = 0
  let opened = 0
  let until: number | undefined
  let isTrying = false
  return {
    get state(): EndpointState {
      return until === undefined ? 'ok' : clock.now() < until ? 'open' : 'half-open'
    },
    get fit() {
      return until === undefined || (clock.now() >= until && !isTrying)
    },
    get until() {
      return until
    },
    take() {
      isTrying = until !== undefined
    },
    failed() {
      if (++run >= MAX_FAILURES && (until === undefined || clock.now() >= until))
        until = clock.now() + backoffMs(++opened, {}, random)
      isTrying = false
    },
    close() {
      run = opened = 0
      until = undefined
      isTrying = false
    },
  }
}

/** Keeps what is known about one endpoint. */
export function createMember(
  parts: Pick<Member, 'target' | 'headers' | 'wsUrl' | 'weight' | 'isOnly'>,
  clock: Clock,
  random: () => number,
): Member {
  const rest = createRest(clock, random)
  const breaker = createBreaker(clock, random)
  const slots = new Map<string, { readonly slot: number; readonly at: number }>()
  const counts = { requests: 0, failures: 0, bytesIn: 0, bytesOut: 0 }
  let restsUntil = 0
  let latencyMs: number | null = null
  let errorRate = 0
  let lag: number | null = null
  let askedAt = -Infinity
  let lastError: LamplightError | undefined
  const isResting = () => clock.now() < restsUntil
  const retryAt = () => (isResting() ? restsUntil : breaker.state === 'open' ? (breaker.until ?? null) : null)

  return {
    ...parts,
    get lastError() {
      return lastError
    },
    get askedAt() {
      return askedAt
    },
    get fit() {
      return !isResting() && breaker.fit
    },
    get cost() {
      // A lag costs the time it takes to catch up.
      return (latencyMs ?? 100) + errorRate * 2000 + (lag !== null && lag > USUAL_LAG ? lag * 400 : 0)
    },
    get health() {
      const slot = slots.size > 0 ? Math.max(...[...slots.values()].map((each) => each.slot)) : null
      const state = isResting() ? 'resting' : breaker.state
      const host = parts.target.endpoint
      return { host, state, latencyMs, errorRate, slot, slotLag: lag, retryAt: retryAt(), ...counts }
    },
    take() {
      askedAt = clock.now()
      counts.requests++
      breaker.take()
    },
    learn(outcome) {
      const { error, sentAt, text = '', job } = outcome
      const until = rest(outcome)
      const failed = isFailure(error)
      counts.bytesOut += job.body.length
      counts.bytesIn += text.length
      errorRate += ((failed ? 1 : 0) - errorRate) * 0.2
      if (failed) counts.failures++
      lastError = failed ? error : undefined
      if (until < Infinity) restsUntil = until
      else if (failed && !parts.isOnly) breaker.failed()
      else breaker.close()
      const tookMs = clock.now() - sentAt
      if (!failed) latencyMs = latencyMs === null ? tookMs : latencyMs + (tookMs - latencyMs) * 0.2
    },
    saw(slot, commitment, newest) {
      lag = Math.max(0, newest - slot)
      if (slot >= (slots.get(commitment)?.slot ?? 0)) slots.set(commitment, { slot, at: clock.now() })
    },
    otherSaw(slot, commitment) {
      const own = slots.get(commitment)
      if (!own) return
      // What it told of a while ago says little about now: only what no cluster can have made since then counts.
      lag = Math.max(lag ?? 0, slot - own.slot - Math.ceil((clock.now() - own.at) / SLOT_MS))
    },
  }
}
