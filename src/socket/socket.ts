import {
  ageMsOf,
  type BackoffOptions,
  backoffMs,
  type Clock,
  type Instant,
  instantOf,
  systemClock,
} from '../base/clock.js'
import { createEmitter, type Emitter } from '../base/emitter.js'
import { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { secretsOf } from '../base/secrets.js'
import { createLiveness, createProbe, deadlineTimer, type Liveness, type LivenessNumbers } from './heartbeat.js'
import { fixedRoute, isOpen, isPaused, type SocketRoute, type SocketState } from './socketState.js'
import { closeKindOf, openWire } from './wire.js'

export type { SocketRoute, SocketState } from './socketState.js'

/** How a socket connects and how long it trusts silence. */
export interface SocketOptions {
  readonly url: string | SocketRoute
  /** @default globalThis.WebSocket */
  readonly webSocket?: typeof WebSocket | undefined
  readonly liveness: LivenessNumbers
  readonly backoff?: BackoffOptions
  /** How long a connection may take to open, in milliseconds. @default 8_000 */
  readonly connectTimeoutMs?: number
  readonly clock?: Clock
  readonly random?: () => number
  /** The page around: whether it is seen, whether its browser knows of a network. @default seen, with a network */
  readonly page?: { readonly isHidden: boolean; readonly isOffline: boolean }
}

/** What a socket tells. */
export interface SocketEvents {
  state: { readonly state: SocketState; readonly previous: SocketState; readonly reason: string }
  frame: unknown
}

/** One connection that comes back by itself until it is closed. */
export interface Socket {
  readonly state: SocketState
  /** The address of the connection, or of the next one; it may hold a key. */
  readonly url: string
  open(): void
  close(): void
  /** Tries again now instead of at the end of the wait. */
  reconnect(): void
  /** Gives up the open connection and starts another after the usual wait. */
  restart(why: string): void
  /** The page woke or has a network again: proves an open connection anew, ends any wait. */
  wake(reason: string): void
  /** The browser takes the network for gone: proves an open connection anew, waits longer without one. */
  unplug(reason: string): void
  /** Closes until the page wakes. */
  suspend(reason: string): void
  /** Gives up for minutes, because this server cannot be of use. */
  fail(error: LamplightError): void
  /** How long ago the open connection, or the last one, was heard at most, in milliseconds; `Infinity` before any. */
  readonly silentMs: number
  /** Bytes that were sent and that the network has not taken yet. */
  readonly backlog: number
  /** Sends now; false when the connection is not open. Nothing is queued here. */
  send(text: string): boolean
  readonly on: Emitter<SocketEvents>['on']
}

/** A connection that was this long open starts counting its attempts anew. */
const STEADY_MS = 10_000
/** However often the page wakes, attempts start at least this far apart. */
const MIN_GAP_MS = 250
const OFFLINE_RETRY_MS = 30_000
const FAILED_RETRY_MS = 300_000
const MAX_SLOW_CLOSES = 3
const OPEN = 1

/** Makes a socket; nothing is opened before `open()`. */
export function createSocket(options: SocketOptions): Socket {
  const { clock = systemClock, random = Math.random, connectTimeoutMs = 8000, page } = options
  const { probeAfterMs, suspectAfterMs, resumeTimeoutMs = 2500 } = options.liveness
  const proofMs = probeAfterMs + suspectAfterMs
  const route = typeof options.url === 'string' ? fixedRoute(options.url) : options.url
  const events = createEmitter<SocketEvents>()
  const probe = createProbe()
  let state: SocketState = { name: 'idle' }
  let url = route.url()
  let wire: WebSocket | undefined
  let liveness: Liveness | undefined
  let cancel = () => {}
  let heardAt: Instant = { ms: -Infinity, wallMs: -Infinity }
  let startedAtMs = -Infinity
  let attempts = 0
  let slowCloses = 0

  /** The only way from one state to the next. The state's timer is set before anybody is told. */
  function enter(next: SocketState, reason: string, arm = () => () => {}) {
    cancel()
    cancel = arm()
    const previous = state
    state = next
    events.emit('state', { state, previous, reason })
  }

  function connect(reason: string) {
    startedAtMs = clock.now()
    url = route.url()
    const mine = openWire(url, options.webSocket)
    if (mine instanceof LamplightError) return enter({ name: 'failed', error: mine, retryAtMs: null }, mine.message)
    wire = mine
    // Only the connection in charge may speak: a late event of an old one changes nothing.
    const whenMine = (task: () => void) => () => void (wire === mine && task())
    mine.onopen = whenMine(opened)
    mine.onmessage = (event) => whenMine(() => received(event.data))()
    mine.onclose = (event) => whenMine(() => ended(event.code, event.reason || 'closed by the server'))()
    mine.onerror = () => {}
    const late = () => ended(0, `no answer within ${connectTimeoutMs} ms`)
    enter({ name: 'connecting', attempt: attempts }, reason, () => deadlineTimer(clock, late, connectTimeoutMs))
  }

  function opened() {
    heardAt = instantOf(clock)
    const ask = () => void send(probe.text())
    liveness = createLiveness(clock, options.liveness, { probe: ask, suspect, dead, late: markSuspect })
    enter({ name: 'open', sinceMs: heardAt.ms }, 'the connection opened')
  }

  function received(data: unknown) {
    heardAt = instantOf(clock)
    liveness?.heard()
    probe.heard(data)
    if (state.name === 'suspect') enter({ name: 'open', sinceMs: state.sinceMs }, 'the server spoke again')
    events.emit('frame', data)
  }

  function suspect() {
    if (state.name !== 'open') return
    probe.missed()
    enter({ name: 'suspect', sinceMs: state.sinceMs, heardAtMs: heardAt.ms }, 'the server does not answer')
  }
  function dead() {
    if (state.name === 'open') probe.missed()
    ended(0, 'it fell silent')
  }
  /** For how long nothing was heard at most: through a sleep of the machine only its date moves on. */
  const silentMs = () => ageMsOf(heardAt, instantOf(clock))
  /** What is on screen must not say live on a proof that will be too old before the new one has to be there. */
  function markSuspect() {
    if (state.name !== 'open' || page?.isHidden || silentMs() <= proofMs - resumeTimeoutMs) return
    enter({ name: 'suspect', sinceMs: state.sinceMs, heardAtMs: heardAt.ms }, 'the last sign of life is too old')
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

  function ended(closeCode: number, given: string) {
    // Only a connection that held for a while earns quick retries again: accept-then-close must slow down too.
    if (isOpen(state) && clock.now() - state.sinceMs >= STEADY_MS) attempts = slowCloses = 0
    drop()
    const facts = { endpoint: new URL(url).host, closeCode, why: given }
    const error = laterError('socket/closed', facts, { secrets: secretsOf(url) })
    // The server's words may hold what it was asked with.
    const { why } = error.context
    const attempt = attempts++
    if (route.failed(url)) return pause(error, why, backoffMs(0, options.backoff, random))
    const kind = closeKindOf(closeCode)
    slowCloses = kind === 'slow' ? slowCloses + 1 : 0
    if (kind === 'unwelcome' || slowCloses >= MAX_SLOW_CLOSES) return giveUp(error, why)
    const delayMs = backoffMs(kind === 'slow' ? 30 : attempt, options.backoff, random)
    pause(error, why, delayMs)
  }

  function pause(error: LamplightError, why: string, delayMs: number) {
    const name = page?.isOffline ? 'offline' : 'waiting'
    const waitMs = page?.isOffline ? OFFLINE_RETRY_MS : delayMs
    const retryAtMs = clock.now() + waitMs
    enter({ name, attempt: attempts, retryAtMs, error }, why, () =>
      clock.schedule(() => connect('the wait is over'), waitMs),
    )
  }

  function fail(error: LamplightError) {
    drop()
    if (route.failed(url)) return pause(error, error.message, backoffMs(0, options.backoff, random))
    giveUp(error, error.message)
  }
  /** Trying again soon cannot help. */
  function giveUp(error: LamplightError, why: string) {
    slowCloses = 0
    const retryAtMs = clock.now() + FAILED_RETRY_MS
    enter({ name: 'failed', error, retryAtMs }, why, () =>
      clock.schedule(() => connect('the long wait is over'), FAILED_RETRY_MS),
    )
  }

  function retry(reason: string) {
    attempts = 0
    const cooldownMs = startedAtMs + MIN_GAP_MS - clock.now()
    if (cooldownMs <= 0) return connect(reason)
    cancel()
    cancel = clock.schedule(() => connect(reason), cooldownMs)
  }

  function send(text: string): boolean {
    if (!wire || !isOpen(state)) return false
    if (wire.readyState !== OPEN) {
      ended(0, 'it was closing when something was to be sent')
      return false
    }
    try {
      wire.send(text)
      return true
    } catch {
      // The status tells it.
      ended(0, 'it threw when something was to be sent')
      return false
    }
  }

  return {
    get state() {
      return state
    },
    get url() {
      return url
    },
    get silentMs() {
      return silentMs()
    },
    get backlog() {
      return wire?.bufferedAmount ?? 0
    },
    send,
    fail,
    on: events.on,
    open() {
      if (state.name === 'idle') connect('wanted')
    },
    close() {
      drop()
      attempts = 0
      enter({ name: 'idle' }, 'not wanted any more')
    },
    restart: (why) => void (isOpen(state) && ended(0, why)),
    reconnect() {
      if (isPaused(state) || state.name === 'failed') retry('asked to reconnect')
    },
    wake(reason) {
      if (isPaused(state)) retry(reason)
      markSuspect()
      liveness?.wake()
    },
    unplug(reason) {
      if (state.name === 'waiting' && page?.isOffline) pause(state.error, reason, 0)
      markSuspect()
      liveness?.wake()
    },
    suspend(reason) {
      if (state.name === 'idle' || state.name === 'failed' || state.name === 'suspended') return
      drop()
      attempts = 0
      enter({ name: 'suspended', sinceMs: clock.now() }, reason)
    },
  }
}
