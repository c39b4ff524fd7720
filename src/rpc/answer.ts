import { isLamplightError, type LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { isObject, parseRpcText } from '../base/wireText.js'

/** What was asked, as far as the answer is judged by it. */
export interface Question {
  readonly endpoint: string
  readonly method: string
  readonly params: readonly unknown[]
  /** The id in the request; an answer to another one is refused. @default any id will do */
  readonly id?: number | undefined
  /** How many accounts or calls the request holds, where it can be split. */
  readonly size?: number | undefined
  /** The device's time, for a `Retry-After` that names a date in an answer that names none. */
  readonly now: number
}

/** What an answer comes to. */
export interface Answered {
  readonly result?: unknown
  /** Why there is no result. */
  readonly error?: LamplightError
}

/** The longest pause a node may ask for, in milliseconds: more is a mistake, or a clock that is off. */
const MAX_RETRY_AFTER_MS = 60_000
/** What a node says of itself is kept this short, in characters. */
const MAX_WORDS = 200

/** JSON-RPC codes that only ever mean "too many requests". */
const LIMIT_CODES: readonly number[] = [429, -32429]
/** "Node is unhealthy" and "slot was skipped" of a node; gateways use the same codes for their limits. */
const UNHEALTHY = -32005
const SLOT_SKIPPED = -32007
/** "Min context slot not reached". */
const BEHIND = -32016
const LIMIT_WORDS = /rate.?limit|too many requests|requests?\/s|requests? per|request limit|quota|over capacity/i
const SIZE_WORDS =
  /too (many (inputs|accounts|addresses|keys|pubkeys|calls|items)|large|big)|max(imum)?\b[^.]*\d|batch (size|limit|request)|limited to \d/i
/** The codes with which a request is refused for its size. */
const SIZE_CODES: readonly number[] = [413, -32602, -32600, -32000, -32005]

/** Codes with which a node says that it is not well, or serves nobody like us: another one may. */
const FAILURE_CODES: readonly number[] = [UNHEALTHY, -32603, -32052]
/**
 * Codes with which a well node says that it has not got this: no such method, block cleaned up, not there yet (twice), key not
 * indexed, no history, archive out of reach. Another one may have it.
 */
const ELSEWHERE_CODES: readonly number[] = [-32601, -32001, -32004, -32014, -32010, -32011, -32019]

/** Reads what a node answered. What it refuses inside HTTP 200 is the same error as with the HTTP status. */
export function answerOf(response: Response, text: string, question: Question): Answered {
  const { endpoint, method, id } = question
  const answer = parseRpcText(text)
  const refusal = isObject(answer) && isObject(answer.error) ? answer.error : undefined
  const error = errorOf(response, refusal, question)
  const isOurs = !isObject(answer) || !isOfAnother(answer.id, id)
  // A gateway that refuses may not know the id.
  if (error && (isOurs || error.code === 'rpc/rate-limited' || error.code === 'rpc/http-status')) return { error }
  if (!error && isOurs && isObject(answer) && 'result' in answer) return { result: answer.result }
  // The answer to a batch; who asked for one thing checks its shape.
  if (!error && Array.isArray(answer)) return { result: answer }
  return { error: laterError('rpc/malformed', { endpoint, method }) }
}

/** A node that could not read the question says `null`; some proxies write ids as text. */
const isOfAnother = (given: unknown, asked: number | undefined): boolean =>
  asked !== undefined && given !== undefined && given !== null && String(given) !== String(asked)

function errorOf(response: Response, refusal: Record<string, unknown> | undefined, question: Question) {
  const { endpoint, method, params } = question
  if (response.ok && !refusal) return undefined
  const code = Number(refusal?.code)
  const message = messageOf(refusal?.message)
  // Gateways in front of a node write an HTTP status into their JSON, with or without the status itself.
  const status = response.ok ? (code >= 400 && code < 600 ? code : 200) : response.status
  if (isLimit(status, code, message))
    return laterError('rpc/rate-limited', { endpoint, retryAfterMs: pauseOf(response, question) })
  if (status === 413 || (SIZE_CODES.includes(code) && SIZE_WORDS.test(message)))
    return laterError('rpc/too-large', {
      endpoint,
      method,
      limit: limitOf(message, question.size),
      why: message || null,
    })
  // Only the node's own codes tell more than the status, but for who may ask.
  if (status === 401 || status === 403 || (status !== 200 && !(code <= -32000)))
    return laterError('rpc/http-status', { endpoint, status, why: message || null })
  if (code === BEHIND) return laterError('rpc/behind', { endpoint, minSlot: minSlotOf(params) })
  return laterError('rpc/refused', { endpoint, method, rpcCode: code, rpcMessage: message })
}

function isLimit(status: number, code: number, message: string): boolean {
  if (status === 429 || LIMIT_CODES.includes(code)) return true
  if (code === SLOT_SKIPPED) return !/slot/i.test(message)
  // Anything else with these words is one too, whatever its code; but not what a program says of a transaction.
  return code !== -32002 && LIMIT_WORDS.test(message)
}

/** How many a node takes at once: what it says itself, or else half of what it refused. */
function limitOf(message: string, size = Infinity): number | null {
  const said = Number(/(?:max(?:imum)?|limit(?:ed)?)\D{0,30}(\d+)/i.exec(message)?.[1])
  if (said >= 1 && said < size) return said
  return size === Infinity ? null : Math.max(1, Math.floor(size / 2))
}

/** A node's own words, in one short line. */
function messageOf(message: unknown): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a node may send any.
  const text = typeof message === 'string' ? message.replace(/[\u0000-\u001f\u007f\s]+/g, ' ').trim() : ''
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS - 1)}…` : text
}

/** `Retry-After` is seconds or a date (RFC 9110 §10.2.3); a date counts from the answer's own, for the device's clock may be off. */
function pauseOf({ headers }: Response, { now }: Question): number | null {
  const text = headers.get('retry-after') ?? ''
  const date = Date.parse(headers.get('date') ?? '')
  const ms = Number(text) * 1000 || Date.parse(text) - (Number.isNaN(date) ? now : date)
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : null
}

/** The slot a request asks to be answered at or after; 0 when it does not. */
export function minSlotOf(params: readonly unknown[]): number {
  const config = params[params.length - 1]
  return isObject(config) ? Number(config.minContextSlot ?? 0) : 0
}

/** Whether an endpoint failed, in contrast to having answered "no". */
export const isFailure = (error: LamplightError | undefined): boolean =>
  error !== undefined &&
  error.code !== 'rpc/behind' &&
  error.code !== 'rpc/too-large' &&
  (!isLamplightError(error, 'rpc/refused') || FAILURE_CODES.includes(error.context.rpcCode))

/** Whether another endpoint may answer what this one did not. */
export const isElsewhere = (error: LamplightError): boolean =>
  isFailure(error) || !isLamplightError(error, 'rpc/refused') || ELSEWHERE_CODES.includes(error.context.rpcCode)
