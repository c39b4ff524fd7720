import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { urlOf } from '../../../src/base/check.js'
import type { Carrier } from '../transport/endpoint.js'
import type { SocketPort } from '../transport/socketHub.js'
import { mayCheat } from './cheatAccess.js'

/** Where a server listens. */
export interface ListenOptions {
  /** The port for HTTP; 0 takes a free one. @default 0 */
  readonly port?: number
  /** The port for sockets; 0 takes a free one. @default the HTTP port + 1, where web3.js looks */
  readonly wsPort?: number
  /** @default '127.0.0.1' */
  readonly host?: string
  /**
   * Origins besides loopback ones whose pages may call `localnet_` methods, as `http://192.168.1.20:5173` for a page of a
   * development server that is opened from another device. Others on the network can pretend to be one. @default none
   */
  readonly cheatOrigins?: readonly string[]
}

/** A server that listens. */
export interface ListeningServer {
  readonly rpcUrl: string
  readonly wsUrl: string
  /** Cuts all connections and stops listening. */
  close(): Promise<void>
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': '*',
  'access-control-allow-private-network': 'true',
  'access-control-expose-headers': 'retry-after',
  'access-control-max-age': '86400',
}
const MAX_BODY_BYTES = 51_200
const PORT_TRIES = 20

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_BODY_BYTES) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

async function answerHttp(
  carrier: Carrier,
  cheatOrigins: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const plain = (status: number, text = '') =>
    void response.writeHead(status, { ...CORS, connection: 'close' }).end(text)
  if (request.method === 'OPTIONS') return void response.writeHead(200, CORS).end()
  if (request.method === 'GET' && request.url === '/health') return plain(200, 'ok')
  if (request.method !== 'POST') return plain(405, 'Used HTTP Method is not allowed. POST or OPTIONS is required')
  const text = await bodyOf(request)
  if (text === null) return plain(413)
  const outcome = await carrier.http(text, mayCheat(request, cheatOrigins))
  if (outcome === 'drop') return void request.socket.destroy()
  if (outcome === 'hang') return
  response.writeHead(outcome.status, { ...CORS, ...outcome.headers }).end(outcome.body)
}

const portOf = (socket: WebSocket): SocketPort => ({
  send: (text) => socket.send(text),
  close: (code) => socket.close(code),
  terminate: () => socket.terminate(),
  pause: () => socket.pause(),
  resume: () => socket.resume(),
})

function refuseUpgrade(socket: Duplex, status: number, retryAfter: number | undefined): void {
  const header = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${header}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}

/** Takes in a connection that asks to become a socket. */
async function upgrade(
  carrier: Carrier,
  sockets: WebSocketServer,
  request: IncomingMessage,
  raw: Duplex,
  head: Buffer,
) {
  raw.on('error', () => raw.destroy())
  const opening = await carrier.hub.opening()
  if (opening?.drop) return void raw.destroy()
  if (opening?.hang) return
  if (opening?.status !== undefined) return refuseUpgrade(raw, opening.status, opening.retryAfter)
  sockets.handleUpgrade(request, raw, head, (socket) => {
    const session = carrier.hub.accept(portOf(socket), opening)
    socket.on('message', (data) => session.receive(String(data)))
    socket.on('close', () => session.closed())
    // A reset is not news: the close that follows it is.
    socket.on('error', () => socket.terminate())
  })
}

interface Listener {
  readonly port: number
  close(): Promise<void>
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Opens one port. Sockets are accepted on it, and requests too if `cheatOrigins` says who may cheat: the port for HTTP. */
async function openListener(
  carrier: Carrier,
  port: number,
  host: string,
  cheatOrigins?: ReadonlySet<string>,
): Promise<Listener> {
  const connections = new Set<Socket>()
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const server = createServer((request, response) => {
    if (!cheatOrigins) return void response.writeHead(426, CORS).end()
    answerHttp(carrier, cheatOrigins, request, response).catch(() => request.socket.destroy())
  })
  server.keepAliveTimeout = 65_000
  server.on('connection', (connection) => {
    connections.add(connection.setNoDelay(true))
    connection.on('close', () => connections.delete(connection))
  })
  server.on('upgrade', (request, raw, head) => {
    upgrade(carrier, sockets, request, raw, head).catch(() => raw.destroy())
  })
  const at = await listen(server, port, host)
  return {
    port: at,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const connection of connections) connection.destroy()
      }),
  }
}

async function openPair(
  carrier: Carrier,
  { port = 0, wsPort, host = '127.0.0.1', cheatOrigins = [] }: ListenOptions,
): Promise<readonly [Listener, Listener]> {
  const origins = new Set(cheatOrigins.map((each, i) => urlOf(`cheatOrigins[${i}]`, each, ['http:', 'https:']).origin))
  for (let tries = 1; ; tries++) {
    const http = await openListener(carrier, port, host, origins)
    try {
      return [http, await openListener(carrier, wsPort ?? http.port + 1, host)]
    } catch (error) {
      await http.close()
      // A free port need not have a free neighbour: another one is drawn.
      if (port !== 0 || wsPort !== undefined || tries >= PORT_TRIES) throw error
    }
  }
}

/** Puts an endpoint on two ports: requests (and sockets) on the first, sockets on the second. */
export async function openServer(carrier: Carrier, options: ListenOptions = {}): Promise<ListeningServer> {
  const { host = '127.0.0.1' } = options
  const [http, ws] = await openPair(carrier, options)
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return {
    rpcUrl: `http://${name}:${http.port}`,
    wsUrl: `ws://${name}:${ws.port}`,
    async close() {
      carrier.hub.drop()
      await Promise.all([http.close(), ws.close()])
    },
  }
}
