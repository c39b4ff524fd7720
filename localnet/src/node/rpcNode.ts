import type { Ledger } from '../ledger/ledger.js'
import { accountMethods, type Method } from './accountMethods.js'
import { chainMethods } from './chainMethods.js'
import { errorOf, idOf, type RpcRequest, requestOf, resultOf, rpcError } from './jsonRpc.js'
import { createPubSub, type Peer, type PubSub } from './pubsub.js'
import { transactionMethods } from './transactionMethods.js'
import { createView, type View, type ViewOptions } from './view.js'

/** A JSON-RPC node over a ledger, without any transport. */
export interface RpcNode {
  readonly view: View
  readonly pubsub: Pick<PubSub, 'active' | 'disconnect'>
  /** Accounts that reads have asked for. */
  readonly accountsRead: number
  resetCounts(): void
  /** Answers a request or a batch; `undefined` when nothing wants an answer. */
  handle(body: unknown): unknown
  /** Answers what came over a socket. */
  handleSocket(peer: Peer, body: unknown): unknown
  close(): void
}

// Without a prototype: a method named "constructor" must not be found.
const methods: Readonly<Record<string, Method | undefined>> = Object.assign(
  Object.create(null),
  chainMethods,
  accountMethods,
  transactionMethods,
)

const accountsIn = ({ method, params: [first] }: RpcRequest): number => {
  if (method === 'getAccountInfo') return 1
  return method === 'getMultipleAccounts' && Array.isArray(first) ? first.length : 0
}

/** Opens a node that follows a ledger. */
export function createRpcNode(ledger: Ledger, options: ViewOptions = {}): RpcNode {
  const view = createView(ledger, options)
  const pubsub = createPubSub(view)
  let accountsRead = 0

  function answer(body: unknown, call: (request: RpcRequest) => unknown): object | undefined {
    const request = requestOf(body)
    if (request === 'notification') return undefined
    if (request === null) return errorOf(idOf(body), rpcError(-32600, 'Invalid request'))
    try {
      return resultOf(request.id, call(request))
    } catch (error) {
      return errorOf(request.id, error)
    }
  }
  function call(request: RpcRequest): unknown {
    const method = methods[request.method]
    if (!method) throw rpcError(-32601, 'Method not found')
    accountsRead += accountsIn(request)
    return method(request.params, view)
  }
  function callSocket(peer: Peer, { method, params }: RpcRequest): unknown {
    if (method === 'getVersion') return methods.getVersion?.([], view)
    return method.endsWith('Unsubscribe') ? pubsub.unsubscribe(peer, params) : pubsub.subscribe(peer, method, params)
  }

  return {
    view,
    pubsub,
    get accountsRead() {
      return accountsRead
    },
    resetCounts() {
      accountsRead = 0
    },
    handle(body) {
      if (!Array.isArray(body)) return answer(body, call)
      if (body.length === 0) return answer(null, call)
      const answers = body.map((part) => answer(part, call)).filter((part) => part !== undefined)
      return answers.length > 0 ? answers : undefined
    },
    handleSocket: (peer, body) => answer(body, (request) => callSocket(peer, request)),
    close: () => view.close(),
  }
}
