import { base64Of, utf8Of } from '../base/bytes.js'
import { backoffMs, type Clock, systemClock } from '../base/clock.js'
import { createEmitter } from '../base/emitter.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { decoded } from '../base/secrets.js'
import { isElsewhere, minSlotOf } from './answer.js'
import { createBudget } from './budget.js'
import {
  commitmentOf,
  createMember,
  type EndpointHealth,
  type Member,
  type PoolStats,
  requestStatsOf,
  slotOf,
  USUAL_LAG,
} from './endpointHealth.js'
import type { Endpoint } from './endpoints.js'
import { bareUrl, createPoolFetch } from './poolFetch.js'
import { createCall, type RpcClient } from './rpcClient.js'
import {
  attempt,
  createSender,
  type Job,
  type Outcome,
  type Route,
  type Target,
  type TransportOptions,
} from './sender.js'
import { createSlotBook, type SlotBook } from './slots.js'

/** What a pool is made of. */
export interface EndpointPoolOptions extends TransportOptions {
  readonly endpoints: readonly Endpoint[]
  /** Told of each refusal with 429 at once; the request itself waits and is sent again. */
  readonly onRefused?: ((error: LamplightError) => void) | undefined
}

/** Several endpoints that look like one. */
export interface EndpointPool extends RpcClient {
  /** For `new Connection(url, { fetch: pool.fetch, disableRetryOnRateLimit: true })`: fails over and shares the budget. */
  readonly fetch: typeof globalThis.fetch
  /** Where the socket belongs now; it stays while its endpoint is well. `false` when none has one. */
  socketUrl(): string | false
  /** Tells that a socket could not be opened or was lost; true when another endpoint takes over. */
  socketFailed(url: string): boolean
  /** Tells that a socket lives, and the newest slot it told of. */
  socketOk(url: string, slot?: number, commitment?: string): void
  /** Lets the next request through, whatever nodes asked for or failed at: a person, or a trial, wants to know. */
  retry(): void
  health(): readonly EndpointHealth[]
  readonly stats: PoolStats
  /** Tells when a state, the endpoint that is asked, or the socket's place may have changed. */
  on(event: 'changed', listener: () => void): () => void
}

/** An endpoint that was not asked for this long is asked for its slot, in milliseconds. */
const PROBE_AFTER_MS = 30_000

/** Makes a pool, of one endpoint too; nothing is sent before the first call, and nothing on a timer. */
export function createEndpointPool(options: EndpointPoolOptions): EndpointPool {
  const { clock = systemClock, random = Math.random } = options
  const budget = options.budget ?? createBudget({ requestsPerSecond: 0, clock })
  const members = membersOf(options.endpoints, clock, random, createSlotBook(clock))
  const { on, emit } = createEmitter<{ changed: undefined }>()
  const ranking = createRanking(members)
  const sockets = createSocketChoice(members, ranking, clock, random)
  const memberOf = (target: Target) => members.find((each) => each.target === target) as Member
  let shown = ''

  function tell() {
    ranking.settle()
    const now = [ranking.current.target.endpoint, sockets.url(), ...members.map(({ health }) => health.state)].join()
    if (now === shown) return
    shown = now
    emit('changed', undefined)
  }
  function learn(outcome: Outcome) {
    const member = memberOf(outcome.target)
    member.learn(outcome)
    if (isLamplightError(outcome.error, 'rpc/rate-limited')) options.onRefused?.(outcome.error)
    const slot = slotOf(outcome)
    if (slot !== undefined) member.saw(slot, commitmentOf(outcome.job))
    tell()
  }
  const probe = createProbes(members, (member, commitment) => {
    const params = [{ commitment }]
    const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'getSlot', params })
    const job: Job = { method: 'getSlot', params, body, idempotent: true, headers: () => member.headers }
    const task = async () => {
      member.take()
      learn(await attempt(member.target, job, options.deadlineMs ?? 10_000, clock, options.fetch))
    }
    return budget.run(task, { priority: 'bulk', waitMs: PROBE_AFTER_MS })
  })
  const route = createRoute(members, ranking, (outcome) => {
    learn(outcome)
    if (!outcome.error) probe(outcome, clock.now())
  })
  const direct = createSender({ ...options, budget }, route)
  const send = (job: Job) =>
    direct({ ...job, headers: (target) => ({ ...job.headers?.(target), ...memberOf(target).headers }) })
  const urls = members.map(({ target }) => target.url)
  const health = () => members.map((each) => each.health)
  return {
    get endpoint() {
      return ranking.current.target.endpoint
    },
    call: createCall(send),
    fetch: createPoolFetch(send, urls, options.fetch),
    socketUrl: sockets.url,
    socketFailed(url) {
      const isCovered = sockets.failed(url)
      tell()
      return isCovered
    },
    socketOk(url, slot, commitment = 'confirmed') {
      for (const member of sockets.ok(url)) if (slot !== undefined) member.saw(slot, commitment)
      tell()
    },
    retry() {
      for (const each of members) each.retry()
      budget.resume()
      tell()
    },
    health,
    get stats() {
      const endpoints = health()
      return { requests: requestStatsOf(endpoints), budget: budget.fill, endpoints }
    },
    on,
  }
}

function membersOf(
  endpoints: readonly Endpoint[],
  clock: Clock,
  random: () => number,
  book: SlotBook,
): readonly Member[] {
  return endpoints.map(({ http, ws, weight, host }, i) => {
    const before = endpoints.slice(0, i).filter((each) => each.host === host).length
    const { username, password } = new URL(http)
    const secret = `${decoded(username)}:${decoded(password)}`
    // `fetch` refuses a user and password in a URL, and shows them in its refusal.
    const basic = () => `Basic ${base64Of(utf8Of(secret))}`
    const headers: Record<string, string> = secret === ':' ? {} : { authorization: basic() }
    const target = { url: bareUrl(http).href, endpoint: before > 0 ? `${host}#${before + 1}` : host }
    const isOnly = endpoints.length === 1
    return createMember({ target, headers, wsUrl: ws, weight, isOnly }, clock, random, book)
  })
}

interface Ranking {
  readonly current: Member
  settle(): void
  best(among: readonly Member[]): Member | undefined
}

function createRanking(members: readonly Member[]): Ranking {
  const order = (a: Member, b: Member) => Math.round(a.cost / 50) - Math.round(b.cost / 50) || b.weight - a.weight
  const best = (among: readonly Member[]) => [...among].sort(order)[0]
  let current = best(members) as Member
  return {
    get current() {
      return current
    },
    best,
    settle() {
      const well = members.filter(({ health }) => health.state === 'ok')
      const first = best(well)
      if (!first) return
      // Staying is worth something: two equal endpoints would swap places with every answer.
      const isBetter = first.askedAt > 0 && first.cost * 1.5 + 50 < current.cost
      if (isBetter || !well.includes(current)) current = first
    },
  }
}

function createRoute(members: readonly Member[], ranking: Ranking, learn: (outcome: Outcome) => void): Route {
  const triedBy = new WeakMap<Job, Set<Target>>()
  const fitFor = (job: Job) => members.filter((each) => each.fit && !triedBy.get(job)?.has(each.target))
  const left = (job: Job) => fitFor(job).filter((each) => each.takes(job))
  return {
    next(job) {
      ranking.settle()
      const fit = left(job)
      const small = fitFor(job)
      if (fit.length === 0 && small.length > 0) throw tooLarge(job, small)
      const reached = fit.filter(({ health }) => (health.slot ?? 0) >= minSlotOf(job.params))
      const among = reached.length > 0 ? reached : fit
      const well = among.filter(({ health }) => health.state === 'ok')
      const member = well.includes(ranking.current) ? ranking.current : ranking.best(well.length > 0 ? well : among)
      const { lastError, target } = member ?? ranking.current
      if (!member) throw lastError ?? laterError('rpc/unreachable', { endpoint: target.endpoint })
      member.take()
      return member.target
    },
    report(outcome) {
      const { error, job, target } = outcome
      learn(outcome)
      if (!error || !isElsewhere(error)) return Infinity
      triedBy.set(job, (triedBy.get(job) ?? new Set()).add(target))
      if (left(job).length > 0) return 0
      const cooldowns = members.filter(({ health }) => health.state === 'resting')
      if (cooldowns.length === 0 || members.some(({ fit }) => fit)) return Infinity
      triedBy.delete(job)
      return Math.min(...cooldowns.map(({ retryAtMs }) => retryAtMs as number))
    },
  }
}

/** Said without asking: these nodes have said before that they do not take so much. */
function tooLarge({ method }: Job, among: readonly Member[]): LamplightError {
  const limit = Math.max(...among.map((each) => each.limitOf(method)))
  const { endpoint } = (among.find((each) => each.limitOf(method) === limit) as Member).target
  return laterError('rpc/too-large', { endpoint, method, limit, why: null })
}

/** Asks the endpoints that nobody asks for their slot, so that what is known of them does not grow old. */
function createProbes(members: readonly Member[], ask: (member: Member, commitment: string) => Promise<void>) {
  const asking = new Set<Member>()
  return (outcome: Outcome, now: number) => {
    for (const member of members) {
      const isDue = member.health.state === 'half-open' || now - member.askedAt >= PROBE_AFTER_MS
      if (!isDue || !member.fit || asking.has(member) || member.target === outcome.target) continue
      asking.add(member)
      const done = () => void asking.delete(member)
      // Its turn may not come while reads are many; the next answer asks again.
      ask(member, commitmentOf(outcome.job)).then(done, done)
    }
  }
}

function createSocketChoice(members: readonly Member[], ranking: Ranking, clock: Clock, random: () => number) {
  const withSocket = members.filter(({ wsUrl }) => wsUrl !== false)
  const failures = new Map<Member, { readonly count: number; readonly until: number }>()
  const at = (url: string) => withSocket.filter(({ wsUrl }) => wsUrl === url)
  const coolsDownUntil = (member: Member) => failures.get(member)?.until ?? 0
  // A socket that works is not left for a node that only waited long enough: its requests have to work first.
  const isGone = (member: Member) => failures.has(member) && member.lastError !== undefined
  const isWell = (member: Member) =>
    clock.now() >= coolsDownUntil(member) &&
    !isGone(member) &&
    /ok|resting/.test(member.health.state) &&
    (member.health.slotLag ?? 0) <= USUAL_LAG
  let chosen: Member | undefined
  return {
    url(): string | false {
      if (chosen && isWell(chosen)) return chosen.wsUrl
      const well = withSocket.filter(isWell)
      const soonest = [...withSocket].sort((a, b) => coolsDownUntil(a) - coolsDownUntil(b))[0]
      chosen = well.includes(ranking.current) ? ranking.current : (ranking.best(well) ?? soonest)
      return chosen?.wsUrl ?? false
    },
    failed(url: string): boolean {
      for (const member of at(url)) {
        const count = (failures.get(member)?.count ?? 0) + 1
        failures.set(member, { count, until: clock.now() + backoffMs(count, {}, random) })
      }
      return withSocket.some(isWell)
    },
    ok(url: string): readonly Member[] {
      for (const member of at(url)) failures.delete(member)
      return at(url)
    },
  }
}
