import { type Address, addressOfProgram } from '../base/address.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { secretsOf } from '../base/secrets.js'
import { isObject, parseRpcText } from '../base/wireText.js'
import { type AccountAt, accountLater, accountOf, type SubscriptionRequest } from '../token/account.js'
import { isSlot } from '../token/slots.js'

/** One frame from a node, understood as far as this library needs. */
export type ServerMessage =
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'refused'; readonly id: number; readonly rpcCode: number; readonly rpcMessage: string }
  | {
      readonly type: 'notification'
      readonly method: string
      /** The server's id as text: nodes use numbers from 0, some proxies use strings. */
      readonly subscription: string
      readonly slot: number
      readonly value: unknown
    }
  /** A change that cannot be read: of this subscription, or of any where `undefined`. */
  | { readonly type: 'decodeError'; readonly subscription: string | undefined }
  | { readonly type: 'unknown' }

const UNKNOWN = { type: 'unknown' } as const
const UNREADABLE = { type: 'decodeError', subscription: undefined } as const

/** Agave drops a connection that sends a frame beyond 4,096 bytes, without a close frame; what is between is ours. */
export const MAX_FRAME_BYTES = 3500

/** Writes one JSON-RPC request. */
export const requestText = (id: number, method: string, params: readonly unknown[]): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params })

/** News of one account as Agave writes them: what is between slot and subscription can wait until somebody looks. */
const ACCOUNT_NEWS =
  /^\{"jsonrpc":"2\.0","method":"accountNotification","params":\{"result":\{"context":\{"slot":(\d{1,15})\},"value":.*\},"subscription":(\d{1,15})\}\}$/s

/**
 * Reads one frame, unless a Worker has done so already; of news of an account only the head, until its `value` is asked for.
 * A stranger's message is `unknown`, never an exception.
 */
export function parseServerMessage(data: unknown): ServerMessage {
  if (isObject(data) && data.type === 'notification') return data as ServerMessage
  const [text, slot, subscription] = (typeof data === 'string' && ACCOUNT_NEWS.exec(data)) || []
  if (text && slot && subscription) return newsOf(text, Number(slot), String(Number(subscription)))
  // A node writes one JSON object for each change: bytes, lists and broken text may hide one.
  if (typeof data !== 'string') return isBinary(data) ? UNREADABLE : UNKNOWN
  const json = parseRpcText(data)
  if (Array.isArray(json)) return json.length > 0 ? UNREADABLE : UNKNOWN
  if (!isObject(json)) return data.includes('Notification') ? UNREADABLE : UNKNOWN
  if (typeof json.method === 'string') return notificationOf(json.method, json.params)
  const id = idOf(json.id)
  if (id === undefined) return UNKNOWN
  if (isObject(json.error))
    return { type: 'refused', id, rpcCode: Number(json.error.code), rpcMessage: String(json.error.message) }
  return 'result' in json ? { type: 'result', id, result: json.result } : UNKNOWN
}

const isBinary = (data: unknown) => typeof data === 'object' && data !== null

/** A subscription's id as the server gave it; `undefined` when it cannot be told apart from another (above 2^53). */
export function subscriptionIdOf(result: unknown): number | string | undefined {
  if (typeof result === 'string' && result !== '') return result
  return Number.isSafeInteger(result) ? (result as number) : undefined
}

function newsOf(text: string, slot: number, subscription: string): ServerMessage {
  let whole: ServerMessage | undefined
  return {
    type: 'notification',
    method: 'accountNotification',
    subscription,
    slot,
    get value() {
      const json = whole ? undefined : parseRpcText(text)
      whole ??= notificationOf('accountNotification', isObject(json) ? json.params : undefined)
      return whole.type === 'notification' ? whole.value : undefined
    },
  }
}

function notificationOf(method: string, params: unknown): ServerMessage {
  const subscription = isObject(params) ? subscriptionIdOf(params.subscription) : undefined
  const result = isObject(params) && isObject(params.result) ? params.result : undefined
  const slot = method === SLOT_NEWS ? result?.slot : isObject(result?.context) ? result.context.slot : undefined
  if (subscription !== undefined && result && isSlot(slot))
    return {
      type: 'notification',
      method,
      subscription: String(subscription),
      slot,
      value: 'value' in result ? result.value : result,
    }
  if (!isAboutAccount(method)) return UNKNOWN
  return { type: 'decodeError', subscription: subscription === undefined ? undefined : String(subscription) }
}

/** What a node calls the news of another slot; it has no `context`. */
export const SLOT_NEWS = 'slotNotification'
/** Whether a notification tells of an account, or of one of a program's. */
export const isAboutAccount = (method: string): boolean =>
  method === 'accountNotification' || method === 'programNotification'

function idOf(id: unknown): number | undefined {
  const number = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : id
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** Where the owner is written in a token account of either program. */
const OWNER_AT = 32

/** The method for a subscription request, without `Subscribe`, and its parameters. */
export function subscriptionOf({
  address,
  commitment,
  tokens,
}: SubscriptionRequest): ['account' | 'program', readonly unknown[]] {
  const config = { encoding: 'base64', commitment }
  if (!tokens) return ['account', [address, config]]
  const filters = [{ memcmp: { offset: OWNER_AT, bytes: address } }]
  return ['program', [addressOfProgram(tokens), { ...config, filters }]]
}

/** The account that a notification for a request tells of, to be read when it is looked at. */
export function accountIn(
  { address, tokens }: SubscriptionRequest,
  news: { readonly slot: number; readonly value: unknown },
): AccountAt | undefined {
  const { slot } = news
  if (!tokens) return accountLater(address, slot, () => accountOf(address, slot, news.value))
  const { value } = news
  return isObject(value) && typeof value.pubkey === 'string'
    ? accountOf(value.pubkey as Address, slot, value.account)
    : undefined
}

/** Nodes say in words alone that a connection has as many subscriptions as they allow; the code for it differs. */
const FULL = /limit|max|too many|exceed|quota/i
/** The same words about requests mean "slower". */
const RATE = /\brate\b|request|\bper (second|minute)|429/i

/**
 * What a node's refusal of a subscription means: it knows none at all (`unsupported`), never this one (`permanent`: invalid
 * or unknown), no more on this connection (`full`), or not now. A node may know those of accounts and not those of programs.
 */
export function refusalKindOf(
  { tokens }: SubscriptionRequest,
  rpcCode: number,
  rpcMessage: string,
): 'unsupported' | 'permanent' | 'full' | 'temporary' {
  if (rpcCode === -32601) return tokens ? 'permanent' : 'unsupported'
  if (rpcCode === -32602 || rpcCode === -32600) return 'permanent'
  return FULL.test(rpcMessage) && !RATE.test(`${rpcCode} ${rpcMessage}`) ? 'full' : 'temporary'
}

/**
 * What a close code promises: come back soon (`temporary`), come back slowly because somebody is wrong about the protocol
 * (`slow`), or come back in minutes (`unwelcome`: centrifuge's convention says to stay away, but other servers do not know it).
 */
export function closeKindOf(code: number): 'temporary' | 'slow' | 'unwelcome' {
  if ((code >= 3500 && code <= 3999) || (code >= 4500 && code <= 4999)) return 'unwelcome'
  return code === 1002 || code === 1003 || (code >= 1007 && code <= 1010) || code === 1015 ? 'slow' : 'temporary'
}

/** Starts a connection; what the environment cannot do comes back as the error. */
export function openWire(url: string, given: typeof WebSocket | undefined): WebSocket | LamplightError {
  const Impl = given ?? globalThis.WebSocket
  if (!Impl) return laterError('socket/unavailable', {})
  try {
    return new Impl(url)
  } catch (cause) {
    const why = 'the address was not accepted'
    return laterError(
      'socket/closed',
      { endpoint: new URL(url).host, closeCode: 0, why },
      { cause, secrets: secretsOf(url) },
    )
  }
}
