import { type Clock, systemClock } from '../base/clock.js'
import { LamplightError } from '../base/errors.js'
import { isObject, parseRpcText } from '../base/wireText.js'

/** How a node is reached over HTTP. */
export interface RpcClientOptions {
  /** The node's HTTP address. Its path and query may hold a key and are never shown. */
  readonly url: string
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch
  /** How long one answer may take, in milliseconds. @default 10_000 */
  readonly deadlineMs?: number
  readonly clock?: Clock
}

/** JSON-RPC over HTTP to one node. */
export interface RpcClient {
  /** The node's host, fit for logs. */
  readonly endpoint: string
  /**
   * Sends one request and gives its `result`.
   * @throws LamplightError `rpc/unreachable`, `rpc/timeout`, `rpc/rate-limited`, `rpc/http-status`, `rpc/malformed`,
   * `rpc/behind`, `rpc/refused`
   */
  call(method: string, params: readonly unknown[]): Promise<unknown>
}

/** JSON-RPC's code for "min context slot not reached". */
const BEHIND = -32016

/** Makes a client for one node; nothing is sent before the first `call`. */
export function createRpcClient(options: RpcClientOptions): RpcClient {
  const { url, deadlineMs = 10_000, clock = systemClock } = options
  const endpoint = new URL(url).host
  let lastId = 0

  async function post(body: string) {
    const abort = new AbortController()
    const cancel = clock.schedule(() => abort.abort(), deadlineMs)
    try {
      // Looked up per call: a page may replace its fetch after this client was made.
      const response = await (options.fetch ?? globalThis.fetch)(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: abort.signal,
      })
      return { response, text: await response.text() }
    } catch (cause) {
      if (abort.signal.aborted) throw new LamplightError('rpc/timeout', { endpoint, afterMs: deadlineMs }, { cause })
      throw new LamplightError('rpc/unreachable', { endpoint }, { cause })
    } finally {
      cancel()
    }
  }

  return {
    endpoint,
    async call(method, params) {
      const id = ++lastId
      const { response, text } = await post(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
      if (response.status === 429)
        throw new LamplightError('rpc/rate-limited', { endpoint, retryAfterMs: retryAfterMs(response, clock) })
      const answer = parseRpcText(text)
      const error = isObject(answer) && isObject(answer.error) ? answer.error : undefined
      // Gateways in front of a node wrap their HTTP status in JSON too; only the node's own codes tell more than it.
      if (error && (response.ok || Number(error.code) <= -32000)) throw refusal(endpoint, method, params, error)
      if (!response.ok) throw new LamplightError('rpc/http-status', { endpoint, status: response.status })
      if (!isObject(answer) || !('result' in answer)) throw new LamplightError('rpc/malformed', { endpoint, method })
      return answer.result
    },
  }
}

function refusal(endpoint: string, method: string, params: readonly unknown[], error: Record<string, unknown>) {
  const rpcCode = Number(error.code)
  if (rpcCode === BEHIND) {
    const config = params[params.length - 1]
    const minSlot = isObject(config) ? Number(config.minContextSlot ?? 0) : 0
    return new LamplightError('rpc/behind', { endpoint, minSlot })
  }
  return new LamplightError('rpc/refused', { endpoint, method, rpcCode, rpcMessage: String(error.message) })
}

/** `Retry-After` is seconds or a date (RFC 9110 §10.2.3). */
function retryAfterMs(response: Response, clock: Clock): number | null {
  const text = response.headers.get('retry-after')
  if (text === null) return null
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - clock.now()
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
