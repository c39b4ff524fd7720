import type { IncomingMessage } from 'node:http'
import { listen, type Served, sendFile } from './fileServer.js'

/** One account as the server knows it. */
export interface ServedAccount {
  readonly lamports: number
  readonly owner: string
  readonly data: Uint8Array
}

/** Serves a built app, JSON-RPC reads of `accounts` at `/rpc`, and at `/silent` a node that never answers. */
export const serveApp = (directory: string, accounts: ReadonlyMap<string, ServedAccount>): Promise<Served> =>
  listen(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (path === '/silent') return
    if (path !== '/rpc') return sendFile(directory, path, response)
    // A page of another server asks too, and its browser first asks whether it may.
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', '*')
    if (request.method === 'OPTIONS') return response.end()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answerTo(JSON.parse(await bodyOf(request)), accounts)))
  })

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}

interface Call {
  readonly id: unknown
  readonly method: string
  readonly params: [string | string[]]
}

function answerTo(call: Call | Call[], accounts: ReadonlyMap<string, ServedAccount>): unknown {
  if (Array.isArray(call)) return call.map((one) => answerTo(one, accounts))
  const head = { jsonrpc: '2.0', id: call.id }
  const accountOf = (key: string) => {
    const account = accounts.get(key)
    if (!account) return null
    const { lamports, owner, data } = account
    const space = data.length
    return {
      lamports,
      owner,
      data: [Buffer.from(data).toString('base64'), 'base64'],
      executable: false,
      rentEpoch: 0,
      space,
    }
  }
  const context = { slot: 1_000, apiVersion: '2.3.0' }
  const [keys] = call.params
  if (call.method === 'getMultipleAccounts')
    return { ...head, result: { context, value: (keys as string[]).map(accountOf) } }
  if (call.method === 'getAccountInfo') return { ...head, result: { context, value: accountOf(keys as string) } }
  return { ...head, error: { code: -32601, message: `Method not found: ${call.method}` } }
}
