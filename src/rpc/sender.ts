import { backoffMs, type Clock, systemClock } from '../base/clock.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { laterError, withoutSecrets } from '../base/laterErrors.js'
import { secretsOf } from '../base/secrets.js'
import { answerOf } from './answer.js'
import { type Budget, createBudget, type Priority } from './budget.js'

/** One node, as a sender reaches it. */
export interface Target {
  readonly url: string
  /** What it is called in errors and logs: its host, never its path or query. */
  readonly endpoint: string
}

/** One request, wherever it may go. */
export interface Job {
  readonly method: string
  readonly params: readonly unknown[]
  readonly body: string
  readonly priority?: Priority | undefined
  /** The id in the body of a single call: an answer with another one is not its answer. @default any id will do */
  readonly id?: number | undefined
  /** How many accounts or calls it holds, where who sends it can split it. @default 1 */
  readonly size?: number | undefined
  /** Whether it may reach more than one node, or one node twice. */
  readonly idempotent: boolean
  /** Further headers, by the node they are for: they may hold a secret. */
  readonly headers?: (target: Target) => Readonly<Record<string, string>>
}

/** What became of one attempt. */
export interface Outcome {
  readonly target: Target
  readonly job: Job
  /** When it was sent, by the clock's own milliseconds. */
  readonly sentAt: number
  /** The answer, when one came. */
  readonly response?: Response
  readonly text?: string
  readonly result?: unknown
  readonly error?: LamplightError
}

/** Where attempts go, and what is learned from them. */
export interface Route {
  /** The node for the next attempt. @throws LamplightError when none is fit */
  next(job: Job): Target
  /** When another attempt makes sense: a time to pause until, 0 for at once and elsewhere, Infinity for never. */
  report(outcome: Outcome): number
}

/** How nodes are reached over HTTP, one or many. */
export interface TransportOptions {
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How long one attempt may take, in milliseconds. @default 10_000 */
  readonly deadlineMs?: number | undefined
  /** How long one call may take with all its waits and attempts, in milliseconds. @default 30_000 */
  readonly waitMs?: number | undefined
  /** The turns this client shares with others; a pause one node asks for is a pause of them all. @default without limit */
  readonly budget?: Budget | undefined
  readonly clock?: Clock | undefined
  /** Gives numbers from 0 to 1 for the jitter of waits. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** Sends a request until it is answered, refused for good, or out of time. @throws LamplightError when it never left */
export type Send = (job: Job) => Promise<Outcome>

/** A request is given up at the third refusal, at the second when the node names no time: a person has to learn of it. */
const MAX_REFUSALS = 3

/** No node after the second is asked sooner than this, in milliseconds. */
const FAILOVER_MS = 250

/** Makes the function that sends, over a route. */
export function createSender(options: TransportOptions, route: Route): Send {
  const { clock = systemClock, fetch, deadlineMs = 10_000 } = options
  const { budget = createBudget({ requestsPerSecond: 0, clock }) } = options
  return async (job) => {
    const endsAt = clock.now() + (options.waitMs ?? 30_000)
    for (let pauses = 0, attempts = 1; ; attempts++) {
      const waitMs = endsAt - clock.now()
      const outcome = await budget.run(
        async () => attempt(route.next(job), job, Math.min(deadlineMs, waitMs), clock, fetch),
        { priority: job.priority, waitMs },
      )
      const againAt = route.report(outcome)
      if (againAt === Infinity) return outcome
      if (againAt) pauses += outcome.response?.headers.get('retry-after') ? 1 : 2
      budget.pauseUntil(againAt)
      if (!job.idempotent || pauses >= MAX_REFUSALS || againAt >= endsAt) return outcome
      // The second node is asked at once. Where that one is dead too they may all be, and there may be many.
      if (!againAt && attempts > 1) await new Promise<void>((resume) => clock.schedule(resume, FAILOVER_MS))
    }
  }
}

/** Asks one node once; what goes wrong is part of the outcome. */
export async function attempt(
  target: Target,
  job: Job,
  deadlineMs: number,
  clock: Clock,
  fetch = globalThis.fetch,
): Promise<Outcome> {
  const { url, endpoint } = target
  const sent = { target, job, sentAt: clock.now() }
  const headers = { ...job.headers?.(target) }
  const abort = new AbortController()
  const cancel = clock.schedule(() => abort.abort(), deadlineMs)
  // An app's own `fetch` may know nothing of signals, and never answer.
  const late = new Promise<never>((_, reject) => abort.signal.addEventListener('abort', reject))
  async function answer() {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: job.body,
      ...(knowsNoStore() && { cache: 'no-store' }),
      signal: abort.signal,
    })
    return { response, text: String(await response.text()) }
  }
  try {
    const { response, text } = await Promise.race([answer(), late])
    const { error, ...answered } = answerOf(response, text, { ...job, endpoint, now: clock.wallMs() })
    // A node may say again what it was asked with.
    const cleaned = error && { error: withoutSecrets(error, secretsOf(url, headers)) }
    return { ...sent, response, text, ...answered, ...cleaned }
  } catch (cause) {
    const options = { cause, secrets: secretsOf(url, headers) }
    const error = abort.signal.aborted
      ? laterError('rpc/timeout', { endpoint, afterMs: deadlineMs }, options)
      : laterError('rpc/unreachable', { endpoint }, options)
    return { ...sent, error }
  } finally {
    cancel()
  }
}

/** Frameworks keep the answers of a server's own requests; some hosts do not know the option, and throw. */
function knowsNoStore(): boolean {
  try {
    return new Request('http://localhost', { cache: 'no-store' }).cache === 'no-store'
  } catch {
    return false
  }
}

/**
 * Counts the refusals of one node. The returned function learns from an attempt; of one that was refused with 429 it
 * says until when the node rests, of any other Infinity.
 */
export function createCooldown(clock: Clock, random = Math.random): (outcome: Outcome) => number {
  let until = 0
  let refusals = 0
  return ({ error }) => {
    const now = clock.now()
    const isRefused = isLamplightError(error, 'rpc/rate-limited')
    // Requests that left together are refused together: that counts once.
    if (now >= until) refusals = isRefused ? refusals + 1 : 0
    if (!isRefused) return Infinity
    const asked = error.context.retryAfterMs
    const grown = asked === null || refusals > 1 ? backoffMs(refusals - 1, {}, random) : 0
    // The jitter comes on top: never inside what the node asked for, and not all clients in the same instant.
    until = Math.max(until, now + Math.max(asked ?? 0, grown, 250) + random() * 250)
    return until
  }
}
