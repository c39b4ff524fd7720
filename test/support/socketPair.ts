/** A request as the far end reads it. */
export interface Received {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

/** The far end of one connection that a client under test opened. */
export interface FarEnd {
  readonly url: string
  /** Requests the client sent, parsed, oldest first. */
  readonly received: Received[]
  readonly isClosedByClient: boolean
  open(): void
  /** Sends one frame; objects as JSON. */
  say(frame: unknown): void
  /** Answers the newest unanswered request of a method. */
  answer(method: string, result: unknown): void
  close(code?: number): void
  /** Lets this many bytes wait on the client's side, as a slow network does. */
  clog(bytes: number): void
  /** Starts closing without saying so: the client's next frame meets a socket that is not open. */
  fade(): void
  /** Has the client's next frames thrown back, though the socket says that it is open. */
  jam(): void
}

/** A WebSocket class with its far ends in the test's hands. */
export interface SocketPair {
  readonly webSocket: typeof WebSocket
  /** Every connection opened, oldest first. */
  readonly ends: FarEnd[]
  readonly last: FarEnd
}

/**
 * Makes a WebSocket whose other side is the test. It opens and closes only when the test says so; `serve` is given each
 * request a moment after it was sent.
 */
export function createSocketPair(serve?: (request: Received, end: FarEnd) => void): SocketPair {
  const ends: FarEnd[] = []
  class PairedSocket {
    readyState = 0
    bufferedAmount = 0
    onopen: (() => void) | null = null
    onmessage: ((event: { data: unknown }) => void) | null = null
    onclose: ((event: { code: number; reason: string }) => void) | null = null
    onerror: (() => void) | null = null
    readonly far: FarEnd & { isClosedByClient: boolean }
    readonly answered = new Set<number>()
    isJammed = false

    constructor(readonly url: string) {
      this.far = {
        url,
        received: [],
        isClosedByClient: false,
        open: () => {
          this.readyState = 1
          this.onopen?.()
        },
        say: (frame) =>
          this.onmessage?.({
            data: typeof frame === 'object' && !(frame instanceof Blob) ? JSON.stringify(frame) : frame,
          }),
        answer: (method, result) => {
          const asked = this.far.received.filter((each) => each.method === method && !this.answered.has(each.id))
          const request = asked[asked.length - 1]
          if (!request) throw new Error(`${method} was not asked for`)
          this.answered.add(request.id)
          this.far.say({ jsonrpc: '2.0', id: request.id, result })
        },
        close: (code = 1006) => {
          this.readyState = 3
          this.onclose?.({ code, reason: '' })
        },
        clog: (bytes) => {
          this.bufferedAmount = bytes
        },
        fade: () => {
          this.readyState = 2
        },
        jam: () => {
          this.isJammed = true
        },
      }
      ends.push(this.far)
    }
    send(text: string) {
      if (this.readyState !== 1) throw new Error('not open')
      if (this.isJammed) throw new DOMException('no more', 'InvalidStateError')
      const request: Received = JSON.parse(text)
      this.far.received.push(request)
      if (serve) queueMicrotask(() => this.readyState === 1 && serve(request, this.far))
    }
    close() {
      this.far.isClosedByClient = true
      this.readyState = 2
    }
  }
  return {
    webSocket: PairedSocket as unknown as typeof WebSocket,
    ends,
    get last() {
      const end = ends[ends.length - 1]
      if (!end) throw new Error('no connection was opened')
      return end
    },
  }
}

/** An account notification as a node writes it. */
export const notification = (subscription: number | string, slot: number, lamports: number, data = '') => ({
  jsonrpc: '2.0',
  method: 'accountNotification',
  params: {
    result: {
      context: { slot },
      value: {
        lamports,
        data: [data, 'base64'],
        owner: '11111111111111111111111111111111',
        executable: false,
        rentEpoch: 0,
        space: 0,
      },
    },
    subscription,
  },
})

/** What a node says when the block of `slot` is finished, and every level of commitment has reached it. */
export const slotNotification = (subscription: number, slot: number, root = slot) => ({
  jsonrpc: '2.0',
  method: 'slotNotification',
  params: { result: { slot: slot + 1, parent: slot, root }, subscription },
})
