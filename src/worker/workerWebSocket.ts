import type { FromWorker, ToWorker } from './messages.js'

/** As much of a Worker as is needed. */
export interface SocketWorker {
  postMessage(message: unknown): void
  terminate(): void
  onmessage: ((event: MessageEvent) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
}

const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const
/** The code of a connection that ended without one (RFC 6455 §7.1.5). */
const ABNORMAL = 1006

/**
 * Makes a `WebSocket` whose sockets are in a Worker, for the option `webSocket`: receiving, parsing and decoding cost the
 * page nothing, and it takes no more changes than it can show. Every rule of freshness stays on the page. The Worker runs
 * while a socket is open; where it cannot be made a connection fails as one that is refused does, and balances are polled.
 * @param createWorker Makes a Worker that calls `serveSockets()`.
 * @example
 * const webSocket = createWorkerWebSocket(
 *   () => new Worker(new URL('./balances.worker.ts', import.meta.url), { type: 'module' }),
 * )
 * // <WebSocketProvider webSocket={webSocket}>
 */
export function createWorkerWebSocket(createWorker: () => SocketWorker): typeof WebSocket {
  const hub = createHub(createWorker)
  /** Called with `new`, which gives what it returns. */
  function WorkerWebSocket(url: string | URL) {
    return createPageSocket(hub, url)
  }
  // What nobody calls on a socket of text is left out.
  return Object.assign(WorkerWebSocket, STATES) as unknown as typeof WebSocket
}

/** What is heard of one socket. */
interface Ear {
  opened(): void
  heard(data: unknown): void
  left(length: number): void
  ended(code: number, reason: string): void
}

/** One Worker for all sockets there are, gone with the last of them. */
interface Hub {
  tell(message: ToWorker): void
  /** Opens a socket and gives its number; whatever goes wrong is told later, as of any socket. */
  open(url: string, ear: Ear): number
}

function createHub(createWorker: () => SocketWorker): Hub {
  const ears = new Map<number, Ear>()
  let worker: SocketWorker | undefined
  let lastId = 0

  const tell = (message: ToWorker) => worker?.postMessage(message)
  function heard(message: FromWorker) {
    if (message.type === 'frames') {
      for (const { id, data } of message.frames) ears.get(id)?.heard(data)
      return tell({ type: 'taken' })
    }
    if (message.type === 'open') ears.get(message.id)?.opened()
    else if (message.type === 'left') ears.get(message.id)?.left(message.length)
    else end(message.id, message.code, message.reason)
  }
  function end(id: number, code: number, reason: string) {
    const ear = ears.get(id)
    ears.delete(id)
    if (ears.size === 0) stop()
    ear?.ended(code, reason)
  }
  function stop() {
    worker?.terminate()
    worker = undefined
  }
  function fail(why: string) {
    stop()
    for (const id of [...ears.keys()]) end(id, ABNORMAL, `the worker does not run: ${why}`)
  }
  function start(): SocketWorker {
    const made = createWorker()
    made.onmessage = ({ data }) => heard(data)
    made.onerror = (event) => fail(event.message || 'its code could not be loaded')
    return made
  }
  return {
    tell,
    open(url, ear) {
      const id = ++lastId
      ears.set(id, ear)
      try {
        worker ??= start()
        tell({ type: 'open', id, url })
      } catch (error) {
        queueMicrotask(() => fail(String(error)))
      }
      return id
    },
  }
}

type Listener = ((event: Event) => void) | null

/** One socket as the page sees it. @throws TypeError for what is no address, as a browser does */
function createPageSocket(hub: Hub, address: string | URL) {
  const url = new URL(address).href
  const socket = Object.assign(new EventTarget(), STATES, {
    url,
    readyState: STATES.CONNECTING as number,
    bufferedAmount: 0,
    onopen: null as Listener,
    onmessage: null as Listener,
    onerror: null as Listener,
    onclose: null as Listener,
    send(text: string) {
      socket.bufferedAmount += text.length
      hub.tell({ type: 'send', id, text })
    },
    close(code?: number, reason?: string) {
      if (socket.readyState >= STATES.CLOSING) return
      socket.readyState = STATES.CLOSING
      hub.tell({ type: 'close', id, code, reason })
    },
  })
  // As one listener among others: the host reports what it throws.
  for (const type of ['open', 'message', 'error', 'close'] as const)
    socket.addEventListener(type, (event) => socket[`on${type}`]?.(event))
  const say = (type: string, fields: object) => void socket.dispatchEvent(Object.assign(new Event(type), fields))
  const id = hub.open(url, {
    opened() {
      if (socket.readyState !== STATES.CONNECTING) return
      socket.readyState = STATES.OPEN
      say('open', {})
    },
    heard(data) {
      if (socket.readyState === STATES.OPEN) say('message', { data })
    },
    left(length) {
      socket.bufferedAmount -= length
    },
    ended(code, reason) {
      socket.readyState = STATES.CLOSED
      if (code === ABNORMAL) say('error', {})
      say('close', { code, reason, wasClean: code !== ABNORMAL })
    },
  })
  return socket
}
