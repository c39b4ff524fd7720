import { countOf, shown } from '../../../src/base/check.js'
import { LamplightError } from '../../../src/base/errors.js'

/** Where a fault strikes: a request, a socket being opened, a request over a socket, or a notification. */
export type FaultStream = 'http' | 'wsOpen' | 'wsCall' | 'notification'

/** What happens to what was struck. Give one of them; `delayMs` may stand beside any other. */
export interface FaultAction {
  /** Wait before going on, in milliseconds. */
  readonly delayMs?: number
  /** Up to this much longer, in milliseconds. @default 0 */
  readonly jitterMs?: number
  /** http, wsOpen: answer with this HTTP status. */
  readonly status?: number
  /** With `status`: the `Retry-After` header, in seconds. */
  readonly retryAfter?: number
  /** With `status`: the body. @default a JSON-RPC error with the status as its code */
  readonly body?: string
  /** http, wsCall: answer with this JSON-RPC error. */
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
  /** http, wsCall: answer with this text, which need not be JSON. */
  readonly raw?: string
  /** Cut the connection, without a word. */
  readonly drop?: boolean
  /** Never answer. */
  readonly hang?: boolean
  /** wsOpen, wsCall, notification: close this socket with this code. */
  readonly close?: number
  /** Close every socket with this code, or cut them all with `true`. */
  readonly dropAll?: number | boolean
  /** wsOpen, wsCall, notification: from now on nothing is read from or written to this socket, which stays open. */
  readonly halfOpen?: boolean
  /** notification: hold this many and send them in another order. */
  readonly reorder?: number
  /** notification: send it twice. */
  readonly duplicate?: boolean
  /** notification: do not send it. */
  readonly lose?: boolean
  /** http, wsCall, notification: cut the end of the text off. */
  readonly corrupt?: boolean
}

/** When a fault strikes, and what it does. Plain data, so that it can be sent as JSON. */
export interface FaultRule {
  readonly on: FaultStream
  /** The method struck: its name, or how it begins, as "get*". Any, when left out. A batch is also named "batch". */
  readonly method?: string
  /** How often it strikes. @default without end */
  readonly times?: number
  /** How many are let through first. @default 0 */
  readonly skip?: number
  /** How likely it strikes, from 0 to 1. @default 1 */
  readonly chance?: number
  readonly do: FaultAction
}

/** A fault that struck. */
export interface FaultStrike {
  readonly on: FaultStream
  readonly method: string
  readonly do: FaultAction
}

/** The faults of one endpoint. The first rule that fits strikes. */
export interface Faults {
  /** Adds a rule; the returned function takes it away again. */
  add(rule: FaultRule): () => void
  /** Takes all rules away. */
  clear(): void
  /** What struck so far, oldest first; the last thousand. */
  readonly log: readonly FaultStrike[]
  /** What strikes one thing that goes by, which can have more than one name. */
  pick(on: FaultStream, ...names: readonly string[]): FaultAction | undefined
  /** How long an action waits, in milliseconds. */
  delayOf(action: FaultAction): number
  /** Mixes a list in place. */
  shuffle<T>(items: T[]): T[]
}

/** How a set of faults behaves. */
export interface FaultsOptions {
  /** What chances, jitter and order are drawn from: the same seed gives the same faults. @default 1 */
  readonly seed?: number
}

const RULE_FIELDS: readonly string[] = ['on', 'method', 'times', 'skip', 'chance', 'do']
const ACTIONS: Readonly<Record<string, 'number' | 'string' | 'boolean' | 'object' | 'number or true'>> = {
  delayMs: 'number',
  jitterMs: 'number',
  status: 'number',
  retryAfter: 'number',
  body: 'string',
  error: 'object',
  raw: 'string',
  drop: 'boolean',
  hang: 'boolean',
  close: 'number',
  dropAll: 'number or true',
  halfOpen: 'boolean',
  reorder: 'number',
  duplicate: 'boolean',
  lose: 'boolean',
  corrupt: 'boolean',
}
const ANYWHERE = ['delayMs', 'jitterMs', 'drop', 'hang', 'dropAll']
const FITTING: Readonly<Record<FaultStream, readonly string[]>> = {
  http: [...ANYWHERE, 'status', 'retryAfter', 'body', 'error', 'raw', 'corrupt'],
  wsOpen: [...ANYWHERE, 'status', 'retryAfter', 'close', 'halfOpen'],
  wsCall: [...ANYWHERE, 'error', 'raw', 'corrupt', 'close', 'halfOpen'],
  notification: [...ANYWHERE, 'reorder', 'duplicate', 'lose', 'corrupt', 'close', 'halfOpen'],
}
const MAX_LOG = 1_000

const refuse = (argument: string, input: unknown, expected: string): LamplightError =>
  new LamplightError('input/invalid-value', { argument, input: shown(input), expected })

function checkAction(on: FaultStream, action: unknown): void {
  const fitting = FITTING[on]
  if (typeof action !== 'object' || action === null)
    throw refuse('rule.do', action, `an object with ${fitting.join(', ')}`)
  for (const [field, value] of Object.entries(action)) {
    const kind = ACTIONS[field] ?? 'number'
    // A fault that could never strike would make a test pass for nothing.
    if (!fitting.includes(field)) throw refuse(`rule.do for ${on}`, field, `one of ${fitting.join(', ')}`)
    if (!kind.split(' or ').includes(value === true && kind !== 'boolean' ? 'true' : typeof value))
      throw refuse(`rule.do.${field}`, value, `a ${kind}`)
  }
}

/** Compared, and never compiled: a rule may come over the wire. */
function matcherOf(method: string | undefined): (name: string) => boolean {
  if (method === undefined) return () => true
  if (!/^\w*\*?$/.test(method)) throw refuse('rule.method', method, 'a method name, or how it begins, as "get*"')
  const beginning = method.endsWith('*') ? method.slice(0, -1) : undefined
  return (name) => (beginning === undefined ? name === method : name.startsWith(beginning))
}

function checkRule(rule: FaultRule): void {
  if (typeof rule !== 'object' || rule === null) throw refuse('rule', rule, 'an object with on and do')
  for (const field of Object.keys(rule))
    if (!RULE_FIELDS.includes(field)) throw refuse('rule', field, `one of ${RULE_FIELDS.join(', ')}`)
  if (!Object.hasOwn(FITTING, rule.on ?? ''))
    throw refuse('rule.on', rule.on, `one of ${Object.keys(FITTING).join(', ')}`)
  if (rule.method !== undefined && typeof rule.method !== 'string') throw refuse('rule.method', rule.method, 'a text')
  const { chance = 1 } = rule
  if (typeof chance !== 'number' || !(chance >= 0 && chance <= 1))
    throw refuse('rule.chance', chance, 'a number from 0 to 1')
  checkAction(rule.on, rule.do)
}

function randomFrom(seed: number): () => number {
  // mulberry32: short, and good enough to draw faults from.
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Makes an empty set of fault rules.
 * @example
 * const faults = createFaults({ seed: 7 })
 * faults.add({ on: 'http', method: 'getMultipleAccounts', times: 2, do: { status: 429, retryAfter: 1 } })
 */
export function createFaults({ seed = 1 }: FaultsOptions = {}): Faults {
  const random = randomFrom(countOf('seed', seed, 1))
  const rules = new Set<{ readonly rule: FaultRule; matches: (name: string) => boolean; skip: number; times: number }>()
  const log: FaultStrike[] = []
  return {
    add(rule) {
      checkRule(rule)
      const times =
        rule.times === undefined || rule.times === Infinity ? Infinity : countOf('rule.times', rule.times, 1, 1)
      const entry = { rule, matches: matcherOf(rule.method), skip: countOf('rule.skip', rule.skip, 0), times }
      rules.add(entry)
      return () => void rules.delete(entry)
    },
    clear: () => rules.clear(),
    log,
    pick(on, ...names) {
      for (const entry of rules) {
        const { rule } = entry
        const method = names.find(entry.matches)
        if (rule.on !== on || entry.times <= 0 || method === undefined) continue
        if (entry.skip > 0) {
          entry.skip--
          continue
        }
        if (rule.chance !== undefined && random() >= rule.chance) continue
        entry.times--
        log.push({ on, method, do: rule.do })
        if (log.length > MAX_LOG) log.shift()
        return rule.do
      }
      return undefined
    },
    delayOf: ({ delayMs = 0, jitterMs = 0 }) => delayMs + (jitterMs > 0 ? random() * jitterMs : 0),
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1))
        const [a, b] = [items[i], items[j]]
        items[i] = b as (typeof items)[number]
        items[j] = a as (typeof items)[number]
      }
      return items
    },
  }
}
