import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** One JSON-RPC call, as a stub node got it. */
export interface StubCall {
  readonly id: unknown
  readonly method: string
  readonly params: readonly unknown[]
  readonly request: IncomingMessage
  /** When it came, in milliseconds since the epoch. */
  readonly at: number
}

/** What a stub node answers: a result or a JSON-RPC error under the call's own id, or a body as it is written. */
export interface StubReply {
  /** @default 200 */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
  readonly body?: string
}

/** A stub node that listens. */
export interface StubNode {
  readonly url: string
  /** Its address for sockets: there is none behind it. */
  readonly host: string
  /** Every call it got, in order. */
  readonly calls: readonly StubCall[]
  stop(): Promise<void>
}

/** Starts a node on a free loopback port that answers each call by a script. A batch is one call, `batch`, with its calls as `params`. */
export async function stubNode(answer: (call: StubCall) => StubReply | Promise<StubReply>): Promise<StubNode> {
  const calls: StubCall[] = []
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', '*')
    response.setHeader('access-control-expose-headers', 'retry-after, date')
    if (request.method === 'OPTIONS') return void response.end()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const parsed = JSON.parse(Buffer.concat(chunks).toString()) as StubCall | StubCall[]
    const at = Date.now()
    const call = Array.isArray(parsed)
      ? { id: null, method: 'batch', params: parsed, request, at }
      : { ...parsed, request, at }
    calls.push(call)
    const { status = 200, headers = {}, body, result, error } = await answer(call)
    const answered = { jsonrpc: '2.0', id: call.id, ...(error ? { error } : { result }) }
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body ?? JSON.stringify(answered))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const stop = () =>
    new Promise<void>((stopped) => {
      server.closeAllConnections()
      server.close(() => stopped())
    })
  onTestFinished(stop)
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: `http://${host}`, host, calls, stop }
}

/** Answers `getMultipleAccounts` with accounts of 5 lamports each, at this slot. */
export const accountsAt = (slot: number, { params }: StubCall): StubReply => ({
  result: {
    context: { slot },
    value: (params[0] as readonly string[]).map(() => ({
      lamports: 5,
      owner: '11111111111111111111111111111111',
      data: ['', 'base64'],
      executable: false,
      rentEpoch: 0,
    })),
  },
})
