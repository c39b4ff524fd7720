import { createServer, connect as dial, type Server, type Socket } from 'node:net'

/** `up`: what the client sends is lost; `down`: what the server sends; `both`: everything. */
export type Direction = 'up' | 'down' | 'both'

/** A TCP proxy before one endpoint, to do what networks do. */
export interface TcpProxy {
  /** The endpoint's URL, through the proxy. */
  readonly url: string
  /** Connections accepted so far. */
  readonly accepted: number
  /** Connections open now, as far as the proxy heard. */
  readonly open: number
  /** How long every piece of data is held back, in milliseconds. Set it at any time. */
  delayMs: number
  /** Accept new connections, and never answer on them. Set it at any time. */
  isMute: boolean
  /** Stops carrying data over the open connections, without a word to anybody; new ones work. */
  cut(direction: Direction): void
  /** Ends the open connections with an RST. */
  reset(): void
  /** Ends the open connections with a FIN, after what was sent and without a word of the protocol above. */
  finish(): void
  /** Resets the open connections and refuses new ones, as a host without the server does; also the end of the proxy. */
  refuse(): Promise<void>
  /** Listens again. */
  accept(): Promise<void>
}

interface Line {
  readonly client: Socket
  readonly server: Socket | undefined
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as { port: number }).port)
    })
  })

/** Carries data one way, later by the delay, and the end of it too. */
function carry(from: Socket, to: Socket, delayMs: () => number): void {
  const later = (task: () => void) => (delayMs() > 0 ? void setTimeout(task, delayMs()) : task())
  from.on('data', (data) => later(() => void (to.writable && to.write(data))))
  from.on('end', () => later(() => to.end()))
  from.on('error', () => later(() => to.destroy()))
}

/** Carries no data from here any more; paused, so that not even its end is noticed. */
const halt = (socket: Socket): void => void socket.removeAllListeners('data').pause()

/** Starts a proxy before an endpoint, on a free port. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const lines = new Set<Line>()
  let accepted = 0

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted++
    const server = proxy.isMute ? undefined : dial({ host: hostname, port: Number(port), noDelay: true })
    const line: Line = { client, server }
    lines.add(line)
    client.once('close', () => lines.delete(line))
    client.on('error', () => {})
    if (!server) return void client.on('end', () => client.end()).resume()
    carry(client, server, () => proxy.delayMs)
    carry(server, client, () => proxy.delayMs)
  })
  const own = await listen(listener, 0)

  function end({ client, server }: Line, rst: boolean) {
    if (rst) client.resetAndDestroy()
    else client.end()
    server?.destroy()
  }
  const proxy: TcpProxy = {
    url: target.replace(`${hostname}:${port}`, `127.0.0.1:${own}`),
    delayMs: 0,
    isMute: false,
    get accepted() {
      return accepted
    },
    get open() {
      return lines.size
    },
    cut(direction) {
      for (const { client, server } of lines) {
        if (direction !== 'down') halt(client)
        if (direction !== 'up' && server) halt(server)
      }
    },
    reset: () => lines.forEach((line) => void end(line, true)),
    finish: () => lines.forEach((line) => void end(line, false)),
    refuse() {
      // A listener has only closed when its connections have.
      return new Promise((done) => {
        if (!listener.listening) return done()
        listener.close(() => done())
        proxy.reset()
      })
    },
    accept: async () => void (await listen(listener, own)),
  }
  return proxy
}
