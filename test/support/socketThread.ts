import { MessageChannel } from 'node:worker_threads'
import { createWorkerWebSocket, type SocketWorker, serveSockets } from 'lamplight/worker'

/** What a Worker runs, over its own kind of messages, without a thread: what is terminated lets go of its sockets. */
export function socketThread(Impl: typeof WebSocket): SocketWorker {
  const { port1, port2 } = new MessageChannel()
  const sockets: WebSocket[] = []
  const Kept = new Proxy(Impl, {
    construct(Socket, args: [string]) {
      const socket = new Socket(...args)
      sockets.push(socket)
      return socket
    },
  })
  serveSockets(port2 as never, Kept)
  function terminate() {
    port1.close()
    for (const socket of sockets) socket.close()
  }
  return Object.assign(port1, { terminate, onerror: null }) as never
}

/** A `WebSocket` whose sockets are held so, one thread for all. */
export const threadedWebSocket = (Impl: typeof WebSocket): typeof WebSocket =>
  createWorkerWebSocket(() => socketThread(Impl))
