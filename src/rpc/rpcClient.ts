import type { Priority } from './budget.js'
import type { Send } from './sender.js'

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
   * `rpc/behind`, `rpc/too-large`, `rpc/refused`, `rpc/dropped-request`
   */
  call(method: string, params: readonly unknown[], options?: CallOptions): Promise<unknown>
}

/** Whether a method only reads. What sends or requests something must not happen twice. */
export const onlyReads = (method: string): boolean => !/^(send|request)/.test(method)

/** Makes `call` of a function that sends. */
export function createCall(send: Send): RpcClient['call'] {
  let lastId = 0
  return async (method, params, { priority, idempotent = onlyReads(method) } = {}) => {
    const id = ++lastId
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params })
    const { error, result } = await send({
      method,
      params,
      body,
      id,
      size: sizeOf(method, params),
      priority,
      idempotent,
    })
    if (error) throw error
    return result
  }
}

/** How many accounts a request is for, where its asker can ask in parts. */
const sizeOf = (method: string, [keys]: readonly unknown[]): number | undefined =>
  method === 'getMultipleAccounts' && Array.isArray(keys) ? keys.length : undefined
