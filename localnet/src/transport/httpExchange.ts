import { errorOf, exactJson, idOf, parseError, rpcError } from '../node/jsonRpc.js'
import type { FaultAction, Faults } from './faults.js'
import { callsCheats } from './localMethods.js'
import { countMethod, methodsIn, pause, type Traffic } from './traffic.js'

/** An HTTP answer. */
export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What becomes of an HTTP request: an answer, a cut connection, or silence. */
export type HttpOutcome = HttpReply | 'drop' | 'hang'

/** What an exchange needs of the endpoint it serves. */
export interface ExchangeOptions {
  readonly faults: Faults
  readonly traffic: Traffic
  /** Ends every socket, for `dropAll`. */
  readonly dropSockets: (code?: number) => void
  /** Answers cheats; `undefined` when the body calls none, or when this caller may not. */
  readonly answerLocally: (body: unknown) => unknown
  /** Answers everything else. */
  readonly answer: (body: unknown, text: string) => HttpReply | Promise<HttpReply>
}

const jsonReply = (body: string, status = 200): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body,
})

/** An HTTP answer made of a JSON-RPC answer; empty when there is none. */
export const rpcReply = (answer: unknown): HttpReply => jsonReply(answer === undefined ? '' : exactJson(answer))

function statusReply({ status = 500, retryAfter, body }: FaultAction, request: unknown): HttpReply {
  const text = body ?? exactJson(errorOf(idOf(request), rpcError(status, `HTTP status ${status}`)))
  const reply = jsonReply(text, status)
  return retryAfter === undefined
    ? reply
    : { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfter) } }
}

function struck(action: FaultAction, request: unknown): HttpOutcome | undefined {
  if (action.drop) return 'drop'
  if (action.hang) return 'hang'
  if (action.status !== undefined) return statusReply(action, request)
  if (action.error) {
    const { code, message, data } = action.error
    return rpcReply(errorOf(idOf(request), rpcError(code, message, data)))
  }
  return action.raw === undefined ? undefined : jsonReply(action.raw)
}

/** Answers one HTTP request, as the faults let it. */
export async function exchange(text: string, options: ExchangeOptions): Promise<HttpOutcome> {
  const { faults, traffic, dropSockets, answerLocally, answer } = options
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return jsonReply(exactJson(parseError))
  }
  // Cheats come before the faults: a page must always be able to take a fault away.
  const local = answerLocally(body)
  if (local !== undefined) return rpcReply(local)
  if (callsCheats(body)) return answer(body, text)
  const methods = methodsIn(body)
  traffic.httpRequests++
  for (const method of methods) countMethod(traffic.requests, method)
  const action = faults.pick('http', ...(Array.isArray(body) ? ['batch', ...methods] : methods))
  if (!action) return answer(body, text)
  await pause(faults.delayOf(action))
  if (action.dropAll !== undefined) dropSockets(typeof action.dropAll === 'number' ? action.dropAll : undefined)
  const outcome = struck(action, body) ?? (await answer(body, text))
  return action.corrupt && typeof outcome === 'object' ? { ...outcome, body: outcome.body.slice(0, -7) } : outcome
}
