import { systemClock } from '../base/clock.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import type { Priority } from './budget.js'
import { createRest, createSender, type Send, type TransportOptions } from './sender.js'

/** How one node is reached over HTTP. */
export interface RpcClientOptions extends TransportOptions {
  /** The node's HTTP address. Its path and query may hold a key and are never shown. */
  readonly url: string
  /** Told of each refusal with 429 at once; the request itself waits and is sent again. */
  readonly onRefused?: ((error: LamplightError) => void) | undefined
}

/** How one call is made. */
export interface CallOptions {
  /** @default 'small' */
  readonly priority?: Priority | undefined
  /** Whether it may be sent more than once. @default false for methods that send or request something, else true */
  readonly idempotent?: boolean | undefined
}

/** JSON-RPC over HTTP. */
export interface RpcClient {
  /** The node's host, fit for logs. */
  readonly endpoint: string
  /**
   * Gives a request's `result`. What a node refuses with 429 waits for its `Retry-After` and is sent again.
   * @throws LamplightError `rpc/unreachable`, `rpc/timeout`, `rpc/rate-limited`, `rpc/http-status`, `rpc/malformed`,
   * `rpc/behind`, `rpc/refused`, `rpc/dropped-request`
   */
  call(method: string, params: readonly unknown[], options?: CallOptions): Promise<unknown>
}

/** Makes a client for one node; nothing is sent before the first `call`. */
export function createRpcClient(options: RpcClientOptions): RpcClient {
  const { url, onRefused, clock = systemClock, random } = options
  const endpoint = new URL(url).host
  const target = { url, endpoint }
  const rest = createRest(clock, random)
  const send = createSender(options, {
    next: () => target,
    report(outcome) {
      if (isLamplightError(outcome.error, 'rpc/rate-limited')) onRefused?.(outcome.error)
      return rest(outcome)
    },
  })
  return { endpoint, call: createCall(send) }
}

/** Whether a method only reads. What sends or requests something must not happen twice. */
export const onlyReads = (method: string): boolean => !/^(send|request)/.test(method)

/** Makes `call` of a function that sends. */
export function createCall(send: Send): RpcClient['call'] {
  let lastId = 0
  return async (method, params, { priority, idempotent = onlyReads(method) } = {}) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params })
    const { error, result } = await send({ method, params, body, priority, idempotent })
    if (error) throw error
    return result
  }
}
