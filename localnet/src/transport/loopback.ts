import type { Carrier } from './endpoint.js'
import type { Session } from './socketHub.js'

/** `fetch` and `WebSocket` for one endpoint, without a network. */
export interface Loopback {
  readonly fetch: typeof fetch
  readonly WebSocket: typeof WebSocket
}

type SocketEventType = 'open' | 'message' | 'error' | 'close'
type SocketListener = ((event: Event) => void) | null

function whenAborted({ signal }: Request): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

function createFetch(carrier: Carrier): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const aborted = whenAborted(request)
    const outcome = await Promise.race([request.text().then((text) => carrier.http(text, true)), aborted])
    if (outcome === 'hang') return aborted
    if (outcome === 'drop') throw new TypeError('fetch failed')
    return new Response(outcome.body, { status: outcome.status, headers: outcome.headers })
  }
}

// Not every host has a class for this event; what it carries is the same.
const closeEvent = (code: number): Event =>
  Object.assign(new Event('close'), { code, reason: '', wasClean: code !== 1006 })

function createSocketClass(carrier: Carrier) {
  // The one class beside the error: users of a WebSocket call it with `new` and listen to it as to an EventTarget.
  return class LoopbackWebSocket extends EventTarget {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readonly CONNECTING = 0
    readonly OPEN = 1
    readonly CLOSING = 2
    readonly CLOSED = 3
    readonly url: string
    readonly bufferedAmount = 0
    readonly extensions = ''
    readonly protocol = ''
    binaryType = 'blob'
    readyState = 0
    onopen: SocketListener = null
    onmessage: SocketListener = null
    onerror: SocketListener = null
    onclose: SocketListener = null
    #session: Session | undefined
    #paused = false
    /** What this end did while nothing was read from it. */
    #unread: (() => void)[] = []

    constructor(url: string | URL) {
      super()
      this.url = String(url)
      queueMicrotask(() => void this.#connect())
    }

    send(data: string): void {
      if (this.readyState === 0) throw new DOMException('Still in CONNECTING state', 'InvalidStateError')
      if (this.readyState === 1) this.#towardsServer(() => this.#session?.receive(data))
    }

    close(code = 1005): void {
      if (this.readyState >= 2) return
      const opened = this.readyState === 1
      this.readyState = 2
      if (opened) this.#towardsServer(() => queueMicrotask(() => this.#end(code)))
      else queueMicrotask(() => this.#end(1006))
    }

    #towardsServer(task: () => void): void {
      if (this.#paused) this.#unread.push(task)
      else task()
    }

    #fire(type: SocketEventType, event: Event): void {
      const listener = this[`on${type}`]
      // As one listener among the others, so that the host reports what it throws.
      if (listener) this.addEventListener(type, listener)
      this.dispatchEvent(event)
      if (listener) this.removeEventListener(type, listener)
    }

    #end(code: number): void {
      if (this.readyState === 3) return
      this.readyState = 3
      this.#session?.closed()
      if (code === 1006) this.#fire('error', new Event('error'))
      this.#fire('close', closeEvent(code))
    }

    async #connect(): Promise<void> {
      const opening = await carrier.hub.opening()
      if (opening?.hang || this.readyState !== 0) return
      if (opening?.drop || opening?.status !== undefined) return this.#end(1006)
      this.readyState = 1
      this.#session = carrier.hub.accept(
        {
          send: (data) => queueMicrotask(() => this.#receive(data)),
          close: (code) => queueMicrotask(() => this.#end(code)),
          terminate: () => queueMicrotask(() => this.#end(1006)),
          pause: () => {
            this.#paused = true
          },
          resume: () => {
            this.#paused = false
            for (const task of this.#unread.splice(0)) task()
          },
        },
        opening,
      )
      this.#fire('open', new Event('open'))
    }

    #receive(data: string): void {
      if (this.readyState === 1) this.#fire('message', new MessageEvent('message', { data }))
    }
  }
}

/** Makes the `fetch` and the `WebSocket` of one endpoint. They open no port, and ignore the URL they are given. */
export function createLoopback(carrier: Carrier): Loopback {
  return {
    fetch: createFetch(carrier),
    // The members of the interface that nobody calls on a socket of text are left out.
    WebSocket: createSocketClass(carrier) as unknown as typeof WebSocket,
  }
}
