import { systemClock } from '../base/clock.js'
import { createFrameQueue } from './frameQueue.js'
import type { FromWorker, ToWorker } from './messages.js'

/** Where messages come and go: a Worker's own side of it, or one end of a `MessageChannel`. */
export interface SocketPort {
  postMessage(message: FromWorker): void
  onmessage: ((event: MessageEvent) => void) | null
}

/** A frame on a screen: news of accounts goes to the page no more often, in milliseconds. */
const FRAME_MS = 16
/** How often it is looked whether the network has taken what was sent, in milliseconds. */
const LEFT_MS = 50

/**
 * Holds a page's sockets, and reads what they say, in a Worker: the whole of such a Worker's code. The page is told the
 * newest of each account as often as it takes it, and at most once a frame; all else at once and in order.
 * @param port Where the page is. @default the Worker itself
 * @param Impl What sockets are made with. @default globalThis.WebSocket
 * @example
 * // balances.worker.ts
 * import { serveSockets } from 'lamplight/worker'
 * serveSockets()
 */
export function serveSockets(
  port: SocketPort = globalThis as unknown as SocketPort,
  Impl: typeof WebSocket = globalThis.WebSocket,
): void {
  const sockets = new Map<number, WebSocket>()
  const queue = createFrameQueue()
  let isAccepted = true
  let sentAtMs = 0
  let cancel = () => {}

  function pump() {
    cancel()
    if (!isAccepted || queue.size === 0) return
    const cooldownMs = sentAtMs + FRAME_MS - systemClock.now()
    if (cooldownMs > 0 && !queue.isUrgent) {
      cancel = systemClock.schedule(pump, cooldownMs)
      return
    }
    isAccepted = false
    sentAtMs = systemClock.now()
    port.postMessage({ type: 'frames', frames: queue.take() })
  }

  function ended(id: number, code: number, reason: string) {
    if (!sockets.delete(id)) return
    // What was heard before the end is true.
    const frames = queue.take(id)
    if (frames.length > 0) port.postMessage({ type: 'frames', frames })
    port.postMessage({ type: 'close', id, code, reason })
  }

  /** What cannot be opened, as from a page that may not, ends as one that was refused: the others go on. */
  function open(id: number, url: string) {
    try {
      hold(id, new Impl(url))
    } catch (error) {
      port.postMessage({ type: 'close', id, code: 1006, reason: String(error) })
    }
  }
  function hold(id: number, socket: WebSocket) {
    sockets.set(id, socket)
    socket.onopen = () => port.postMessage({ type: 'open', id })
    socket.onclose = ({ code, reason }) => ended(id, code, reason)
    socket.onerror = () => {}
    socket.onmessage = ({ data }) => {
      queue.push(id, data)
      pump()
    }
  }

  function send(id: number, text: string) {
    const socket = sockets.get(id)
    if (!socket) return
    socket.send(text)
    left(id, socket, text.length)
  }
  /** Tells once the network has taken everything, which is mostly now. */
  function left(id: number, socket: WebSocket, length: number) {
    if (socket.bufferedAmount > 0 && sockets.has(id)) systemClock.schedule(() => left(id, socket, length), LEFT_MS)
    else port.postMessage({ type: 'left', id, length })
  }

  port.onmessage = ({ data: message }: { readonly data: ToWorker }) => {
    if (message.type === 'taken') {
      isAccepted = true
      pump()
    } else if (message.type === 'open') open(message.id, message.url)
    else if (message.type === 'send') send(message.id, message.text)
    else sockets.get(message.id)?.close(message.code, message.reason)
  }
}
