import type { Clock } from '../base/clock.js'
import { backoffMs } from '../base/clock.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { isObject } from '../base/wireText.js'
import { isSlot } from '../token/slots.js'
import { isFailure } from './answer.js'
import type { BudgetFill } from './budget.js'
import { createCooldown, type Job, type Outcome, type Target } from './sender.js'
import type { SlotBook } from './slots.js'

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
  /** Slots it was behind the newest one known when it last answered, or ahead of what any other comes near. */
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
  /** When it was last asked, by the clock's own milliseconds. */
  readonly askedAt: number
  /** When it may be asked again, by the clock's own milliseconds; `null` when it may be now. */
  readonly retryAtMs: number | null
  /** Whether a request may go there now. */
  readonly fit: boolean
  /** How bad it is to ask it, in milliseconds. */
  readonly cost: number
  /** Counts a request that leaves now. */
  take(): void
  /** Learns from an attempt. */
  learn(outcome: Outcome): void
  /** Learns that it told of this slot at this commitment. */
  saw(slot: number, commitment: string): void
  /** Whether it takes a request as large as this one, as far as is known. */
  takes(job: Job): boolean
  /** How many accounts or calls it takes in a request of this method, as far as is known. */
  limitOf(method: string): number
  /** Lets the next request through, whatever it asked for or failed at: a person wants to know. */
  retry(): void
}

/** Failures in a row that open the breaker. */
const MAX_FAILURES = 3
/** Slots within which endpoints differ without one being behind. */
export const USUAL_LAG = 8

/** The slot an answer is true at. */
export function slotOf({ result, job }: Outcome): number | undefined {
  const slot = isObject(result) && isObject(result.context) ? result.context.slot : job.method === 'getSlot' && result
  return isSlot(slot) ? slot : undefined
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
    retry() {
      if (until !== undefined) until = Math.min(until, clock.now())
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
  book: SlotBook,
): Member {
  const slots = book.add()
  const limits = new Map<string, number>()
  const rest = createCooldown(clock, random)
  const breaker = createBreaker(clock, random)
  const counts = { requests: 0, failures: 0, bytesIn: 0, bytesOut: 0 }
  let coolsDownUntil = 0
  let latencyMs: number | null = null
  let errorRate = 0
  let askedAt = -Infinity
  let lastError: LamplightError | undefined
  const limitOf = (method: string) => limits.get(method) ?? Infinity
  const isCoolingDown = () => clock.now() < coolsDownUntil
  const wallMsOf = (ms: number | null) => ms && Math.round(ms - clock.now() + clock.wallMs())
  const retryAt = () => (isCoolingDown() ? coolsDownUntil : breaker.state === 'open' ? (breaker.until ?? null) : null)

  return {
    ...parts,
    get lastError() {
      return lastError
    },
    get askedAt() {
      return askedAt
    },
    get retryAtMs() {
      return retryAt()
    },
    get fit() {
      return !isCoolingDown() && breaker.fit
    },
    get cost() {
      const lag = slots.lag ?? 0
      // A lag costs the time it takes to catch up.
      return (latencyMs ?? 100) + errorRate * 2000 + (lag > USUAL_LAG ? lag * book.slotMs : 0)
    },
    get health() {
      const { slot, lag: slotLag } = slots
      const state = isCoolingDown() ? 'resting' : breaker.state
      const host = parts.target.endpoint
      return { host, state, latencyMs, errorRate, slot, slotLag, retryAt: wallMsOf(retryAt()), ...counts }
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
      // What nobody can split is no reason to send smaller ones.
      if (isLamplightError(error, 'rpc/too-large') && job.size)
        limits.set(job.method, Math.min(limitOf(job.method), error.context.limit ?? job.size))
      lastError = failed ? error : undefined
      if (until < Infinity) coolsDownUntil = until
      else if (failed && !parts.isOnly) breaker.failed()
      else breaker.close()
      const tookMs = clock.now() - sentAt
      if (!failed) latencyMs = latencyMs === null ? tookMs : latencyMs + (tookMs - latencyMs) * 0.2
    },
    saw: slots.saw,
    takes: ({ method, size = 1 }) => size <= limitOf(method),
    limitOf,
    retry() {
      coolsDownUntil = 0
      breaker.retry()
    },
  }
}
