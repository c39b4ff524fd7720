import { createServer, type Server } from 'node:http'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'

/** A call that came over a socket. */
export interface SocketCall {
  readonly id: unknown
  readonly method: string
  readonly params: readonly unknown[]
}

/** Where one answer goes. */
export interface Line {
  /** Which connection this is, from 0. */
  readonly index: number
  /** Sends a frame; objects as JSON. */
  say(frame: unknown): void
  result(call: SocketCall, result: unknown): void
  refuse(call: SocketCall, code: number): void
}

/** A node that says what a test tells it to, on real sockets: what no real ledger would do. */
export interface ScriptedNode {
  readonly rpcUrl: string
  readonly wsUrl: string
  /** What came over sockets, oldest first. */
  readonly calls: readonly (SocketCall & { readonly line: number })[]
  /** Connections opened so far. */
  readonly opened: number
  /** How often a method was called. */
  count(method: string): number
  /** What reads answer from now on, for every account. */
  holds(slot: number, lamports: number): void
  /** Closes every socket. */
  close(code: number): void
  /** Answers sockets from now on; what it leaves alone stays unanswered. */
  answer: (call: SocketCall, line: Line) => void
  /** Sends a frame on the newest connection. */
  say(frame: unknown): void
}

const accountOf = (lamports: number) => ({
  lamports,
  data: ['', 'base64'],
  owner: '11111111111111111111111111111111',
  executable: false,
  rentEpoch: 0,
  space: 0,
})

/** A change of an account, as a node tells of it; `more` stands beside what every node says. */
export const change = (subscription: number | string, slot: number, lamports: number, more: object = {}) => ({
  jsonrpc: '2.0',
  method: 'accountNotification',
  params: { subscription, result: { context: { slot, ...more }, value: { ...accountOf(lamports), ...more } }, ...more },
  ...more,
})

/** Answers as nodes do: ids from 0, and a version as proof of life. */
export function politely(): (call: SocketCall, line: Line) => void {
  let nextId = 0
  return (call, line) => line.result(call, call.method === 'accountSubscribe' ? nextId++ : true)
}

/** What reads answer, with as many accounts as were asked for. */
function readsOf(server: Server, held: () => { readonly slot: number; readonly lamports: number }): void {
  server.on('request', async (request, response) => {
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', '*')
    if (request.method === 'OPTIONS') return void response.end()
    let text = ''
    for await (const part of request) text += part
    const { id, params } = JSON.parse(text)
    const { slot, lamports } = held()
    const value = params[0].map(() => accountOf(lamports))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { context: { slot }, value } }))
  })
}

function lineOf(socket: WebSocket, index: number): Line {
  const say = (frame: unknown) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  return {
    index,
    say,
    result: ({ id }, result) => say({ jsonrpc: '2.0', id, result }),
    refuse: ({ id }, code) => say({ jsonrpc: '2.0', id, error: { code, message: 'refused' } }),
  }
}

/** Starts a node of this kind for one test, and stops it when the test ends. */
export async function scriptedNode(): Promise<ScriptedNode> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  const calls: (SocketCall & { readonly line: number })[] = []
  const lines: Line[] = []
  let held = { slot: 1, lamports: 1 }
  readsOf(server, () => held)
  sockets.on('connection', (socket) => {
    const line = lineOf(socket, lines.length)
    lines.push(line)
    socket.on('message', (data) => {
      const call = JSON.parse(String(data)) as SocketCall
      calls.push({ ...call, line: line.index })
      node.answer(call, line)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as { port: number }
  const node: ScriptedNode = {
    rpcUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    calls,
    get opened() {
      return lines.length
    },
    count: (method) => calls.filter((call) => call.method === method).length,
    holds: (slot, lamports) => {
      held = { slot, lamports }
    },
    close: (code) => sockets.clients.forEach((socket) => void socket.close(code)),
    answer: politely(),
    say: (frame) => lines[lines.length - 1]?.say(frame),
  }
  return node
}
