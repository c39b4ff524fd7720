import { type BackoffOptions, backoffMs } from '../base/backoff.js'
import { type Clock, systemClock } from '../base/clock.js'
import { createEmitter, type Emitter } from '../base/emitter.js'
import { LamplightError } from '../base/errors.js'
import { createLiveness, type Liveness, type LivenessNumbers } from './liveness.js'
import { requestText } from './wire.js'

/** Where one connection is. Each state carries exactly what makes sense there. */
export type SocketState =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting'; readonly attempt: number }
  | { readonly name: 'open'; readonly sinceMs: number }
  | { readonly name: 'suspect'; readonly sinceMs: number; readonly heardAtMs: number }
  | { readonly name: 'waiting'; readonly attempt: number; readonly retryAtMs: number; readonly error: LamplightError }
  | { readonly name: 'failed'; readonly error: LamplightError }

/** How a socket connects and how long it trusts silence. */
export interface SocketOptions {
  readonly url: string
  /** @default globalThis.WebSocket */
  readonly webSocket?: typeof WebSocket | undefined
  readonly liveness: LivenessNumbers
  readonly backoff?: BackoffOptions
  /** How long a connection may take to open, in milliseconds. @default 8_000 */
  readonly connectTimeoutMs?: number
  readonly clock?: Clock
  readonly random?: () => number
}

/** What a socket tells. */
export interface SocketEvents {
  state: { readonly state: SocketState; readonly previous: SocketState }
  frame: unknown
}

/** One connection that comes back by itself until it is closed. */
export interface Socket {
  readonly state: SocketState
  /** The server's host, fit for logs. */
  readonly endpoint: string
  open(): void
  close(): void
  /** Tries again now instead of at the end of the wait. */
  reconnect(): void
  /** Gives up the open connection and starts another after the usual wait. */
  restart(why: string): void
  /** Sends now; false when the connection is not open. Nothing is queued here. */
  send(text: string): boolean
  readonly on: Emitter<SocketEvents>['on']
}

/** A connection that was this long open starts counting its attempts anew. */
const STEADY_MS = 10_000
/** Frames may keep this id for themselves: its answers only prove life. */
const PROBE_ID = 0
const OPEN = 1

/** Makes a socket; nothing is opened before `open()`. */
export function createSocket(options: SocketOptions): Socket {
  const { url, clock = systemClock, random = Math.random, connectTimeoutMs = 8000 } = options
  const endpoint = new URL(url).host
  const events = createEmitter<SocketEvents>()
  let state: SocketState = { name: 'idle' }
  let wire: WebSocket | undefined
  let liveness: Liveness | undefined
  let cancel = () => {}
  let heardAtMs = 0
  let attempts = 0

  function enter(next: SocketState) {
    cancel()
    cancel = () => {}
    const previous = state
    state = next
    events.emit('state', { state, previous })
  }

  function connect() {
    enter({ name: 'connecting', attempt: attempts })
    const mine = construct(url, options.webSocket)
    if (mine instanceof LamplightError) return enter({ name: 'failed', error: mine })
    wire = mine
    // Only the connection in charge may speak: a late event of an old one changes nothing.
    const whenMine = (task: () => void) => () => void (wire === mine && task())
    mine.onopen = whenMine(opened)
    mine.onmessage = (event) => whenMine(() => received(event.data))()
    mine.onclose = (event) => whenMine(() => ended(event.code, event.reason || 'closed by the server'))()
    mine.onerror = () => {}
    cancel = clock.schedule(() => ended(0, `no answer within ${connectTimeoutMs} ms`), connectTimeoutMs)
  }

  function opened() {
    heardAtMs = clock.now()
    const on = { probe, suspect, dead: () => ended(0, 'it fell silent') }
    liveness = createLiveness(clock, options.liveness, on)
    enter({ name: 'open', sinceMs: heardAtMs })
  }

  function received(data: unknown) {
    heardAtMs = clock.now()
    liveness?.heard()
    if (state.name === 'suspect') enter({ name: 'open', sinceMs: state.sinceMs })
    events.emit('frame', data)
  }

  function probe() {
    send(requestText(PROBE_ID, 'getVersion', []))
  }
  function suspect() {
    if (state.name === 'open') enter({ name: 'suspect', sinceMs: state.sinceMs, heardAtMs })
  }

  /** Lets go of the connection first and closes it then: its own close event may never come. */
  function drop() {
    liveness?.stop()
    liveness = undefined
    const old = wire
    wire = undefined
    if (!old) return
    old.onopen = old.onmessage = old.onclose = null
    old.onerror = () => {}
    try {
      old.close()
    } catch {
      // A socket that cannot even be closed is as gone as one that can.
    }
  }

  function ended(closeCode: number, why: string) {
    const wasOpen = state.name === 'open' || state.name === 'suspect' ? state : undefined
    drop()
    const error = new LamplightError('socket/closed', { endpoint, closeCode, why })
    if (isPermanent(closeCode)) return enter({ name: 'failed', error })
    // Only a connection that held for a while earns quick retries again: accept-then-close must slow down too.
    if (wasOpen && clock.now() - wasOpen.sinceMs >= STEADY_MS) attempts = 0
    const delayMs = backoffMs(attempts, options.backoff, random)
    attempts++
    enter({ name: 'waiting', attempt: attempts, retryAtMs: clock.now() + delayMs, error })
    cancel = clock.schedule(connect, delayMs)
  }

  function send(text: string): boolean {
    if (!wire || wire.readyState !== OPEN || (state.name !== 'open' && state.name !== 'suspect')) return false
    wire.send(text)
    return true
  }

  return {
    get state() {
      return state
    },
    endpoint,
    send,
    on: events.on,
    open() {
      if (state.name === 'idle') connect()
    },
    close() {
      drop()
      attempts = 0
      enter({ name: 'idle' })
    },
    restart(why) {
      if (state.name === 'open' || state.name === 'suspect') ended(0, why)
    },
    reconnect() {
      if (state.name !== 'waiting' && state.name !== 'failed') return
      attempts = 0
      connect()
    },
  }
}

function construct(url: string, given: typeof WebSocket | undefined): WebSocket | LamplightError {
  const Impl = given ?? globalThis.WebSocket
  if (!Impl) return new LamplightError('socket/unavailable', {})
  try {
    return new Impl(url)
  } catch (cause) {
    const why = 'the address was not accepted'
    return new LamplightError('socket/closed', { endpoint: new URL(url).host, closeCode: 0, why }, { cause })
  }
}

/** Application codes that mean "do not come back" (the convention of centrifuge's protocol). */
const isPermanent = (code: number) => (code >= 3500 && code <= 3999) || (code >= 4500 && code <= 4999)
