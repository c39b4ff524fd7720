import { type Clock, systemClock } from '../base/clock.js'
import { createEmitter, type Emitter } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { redactor } from '../base/redact.js'
import { secretsOf } from '../base/secrets.js'
import { deadlineTimer } from './heartbeat.js'
import { createRequestQueue, type RequestQueueOptions } from './requestQueue.js'
import type { Socket } from './socket.js'
import { isOpen } from './socketState.js'
import { MAX_FRAME_BYTES, parseServerMessage, requestText, type ServerMessage, subscriptionIdOf } from './wire.js'

/** A frame that nobody asked for: the server tells of a change. */
export type Notification = Extract<ServerMessage, { readonly type: 'notification' }>
/** A frame that tells of a change and cannot be read. */
export type DecodeFailure = Extract<ServerMessage, { readonly type: 'decodeError' }>
interface CallEvents {
  notification: Notification
  decodeError: DecodeFailure
}
type Refusal = { readonly rpcCode: number; readonly rpcMessage: string }
/** How one call over the socket ended. */
export type CallOutcome =
  | { readonly type: 'result'; readonly result: unknown }
  | ({ readonly type: 'refused' } & Refusal)
  | { readonly type: 'lost'; readonly error: LamplightError }

/** JSON-RPC over one socket: calls out, answers and notifications in. */
export interface Calls {
  /** Calls on the open connection; false when there is none. `settle` runs in the same turn as the answer's frame. */
  send(method: string, params: readonly unknown[], settle: (outcome: CallOutcome) => void): boolean
  /** Calls now, or from the bounded offline queue when the connection is back. Sent at most once. */
  request(method: string, params: readonly unknown[], options?: { readonly key?: string | undefined }): Promise<unknown>
  /** Requests that wait for a connection. */
  readonly queued: number
  /** Round-trip time of the last answer, in milliseconds; `null` before any. */
  readonly latencyMs: number | null
  /** Frames that were not understood. */
  readonly malformed: number
  readonly on: Emitter<CallEvents>['on']
}

interface Pending {
  readonly method: string
  readonly sentAtMs: number
  readonly settle: (outcome: CallOutcome) => void
  dueAtMs: number
}
interface Queued {
  readonly method: string
  readonly params: readonly unknown[]
  readonly size: number
  readonly key: string | undefined
  readonly resolve: (result: unknown) => void
  readonly reject: (reason: LamplightError) => void
}

/** An app's own requests wait while more than this is on its way out, in bytes, and are tried again this often. */
const MAX_BACKLOG = 65_536
const BACKLOG_CHECK_MS = 100

/** Makes the caller for a socket. @param options.deadlineMs How long an answer may take, in milliseconds. @default 10_000 */
export function createCalls(
  socket: Socket,
  options: {
    readonly clock?: Clock
    readonly deadlineMs?: number | undefined
    readonly queue?: RequestQueueOptions
  } = {},
): Calls {
  const { clock = systemClock, deadlineMs = 10_000 } = options
  const events = createEmitter<CallEvents>()
  const requestQueue = createRequestQueue<Queued>({ clock, ...options.queue })
  const pending = new Map<number, Pending>()
  let cancelFlush = () => {}
  let cancelDeadline: (() => void) | undefined
  let lastId = 0
  let latencyMs: number | null = null
  let malformed = 0

  function settle(id: number, outcome: CallOutcome) {
    const call = pending.get(id)
    if (!call) return
    pending.delete(id)
    if (pending.size === 0) stopDeadline()
    if (outcome.type !== 'lost') latencyMs = clock.now() - call.sentAtMs
    call.settle(outcome)
  }
  /** A node may say again what it was asked with. */
  const clean = (text: string) => redactor(secretsOf(socket.url))(text)
  const lost = (why: string): CallOutcome => ({
    type: 'lost',
    error: laterError('socket/closed', { endpoint: new URL(socket.url).host, closeCode: 0, why }),
  })

  /** One timer for all: the first to be sent is the first to be late. */
  function watchDeadline() {
    const [first] = pending.values()
    if (first && deadlineMs !== Infinity)
      cancelDeadline ??= deadlineTimer(clock, expire, Math.max(0, first.dueAtMs - clock.now()), forgive)
  }
  function stopDeadline() {
    cancelDeadline?.()
    cancelDeadline = undefined
  }
  function expire() {
    stopDeadline()
    for (const [id, { method, dueAtMs }] of [...pending])
      if (dueAtMs <= clock.now()) settle(id, lost(`${method} was not answered within ${deadlineMs} ms`))
    watchDeadline()
  }
  /** The host held the timer back, and with it the answers. */
  function forgive() {
    stopDeadline()
    for (const call of pending.values()) call.dueAtMs = clock.now() + deadlineMs
    watchDeadline()
  }

  const send: Calls['send'] = (method, params, done) => {
    const id = ++lastId
    if (!socket.send(requestText(id, method, params))) return false
    pending.set(id, { method, sentAtMs: clock.now(), settle: done, dueAtMs: clock.now() + deadlineMs })
    watchDeadline()
    return true
  }
  function deliver(call: Queued): boolean {
    return send(call.method, call.params, (outcome) => {
      if (outcome.type === 'result') call.resolve(outcome.result)
      else if (outcome.type === 'lost') call.reject(outcome.error)
      else {
        const { rpcCode, rpcMessage } = outcome
        call.reject(
          laterError('rpc/refused', {
            endpoint: new URL(socket.url).host,
            method: call.method,
            rpcCode,
            rpcMessage,
          }),
        )
      }
    })
  }

  /** What cannot leave, because there is no connection or the network is slow, waits where it can expire. */
  function queue(call: Queued) {
    if (socket.backlog <= MAX_BACKLOG && deliver(call)) return
    requestQueue.push(call)
    if (isOpen(socket.state)) flushLater()
  }
  function flushLater() {
    cancelFlush()
    cancelFlush = clock.schedule(flush, BACKLOG_CHECK_MS)
  }
  function flush() {
    if (socket.backlog > MAX_BACKLOG) return flushLater()
    for (const call of requestQueue.drain()) queue(call)
  }

  socket.on('frame', (data) => {
    const message = parseServerMessage(data)
    if (message.type === 'notification') events.emit('notification', message)
    else if (message.type === 'result') settle(message.id, message)
    else if (message.type === 'refused') settle(message.id, { ...message, rpcMessage: clean(message.rpcMessage) })
    else {
      malformed++
      if (message.type === 'decodeError') events.emit('decodeError', message)
    }
  })
  socket.on('state', ({ state, previous }) => {
    if (state.name === 'open' && previous.name === 'connecting') flush()
    if (isOpen(state)) return
    cancelFlush()
    for (const id of [...pending.keys()]) settle(id, lost('the connection ended before the answer'))
  })

  return {
    send,
    on: events.on,
    get queued() {
      return requestQueue.size
    },
    get malformed() {
      return malformed
    },
    get latencyMs() {
      return latencyMs
    },
    request(method, params, { key } = {}) {
      return new Promise((resolve, reject) => {
        const size = requestText(lastId, method, params).length
        const call = { method, params, size, key, resolve, reject }
        if (size > MAX_FRAME_BYTES - 16) {
          const why = `it is longer than the ${MAX_FRAME_BYTES} bytes that a node accepts`
          reject(laterError('socket/dropped-request', { method, why }))
        } else queue(call)
      })
    },
  }
}

/** A bound on calls that are on their way at once, shared by all who hold it. */
export interface ConcurrencyLimit {
  /** Takes one place; false when none is free. */
  take(): boolean
  /** Gives the place back, and tells. */
  give(): void
  readonly on: Emitter<{ free: undefined }>['on']
}

/** Makes a bound of `max` calls. */
export function createConcurrencyLimit(max: number): ConcurrencyLimit {
  const events = createEmitter<{ free: undefined }>()
  let taken = 0
  return {
    on: events.on,
    take: () => taken < max && ++taken > 0,
    give() {
      taken--
      events.emit('free', undefined)
    },
  }
}

/**
 * Subscribes over the open connection to what a node tells once and then ends by itself. `tell` is called then; never where
 * the node refuses, the connection ends before, or too many calls are on their way. The returned function lets go.
 */
export function watchOnce(
  { socket, calls }: { readonly socket: Socket; readonly calls: Calls },
  concurrency: ConcurrencyLimit,
  kind: 'signature',
  params: readonly unknown[],
  tell: () => void,
): () => void {
  let id: number | string | undefined
  let isOver = false
  function end() {
    isOver = true
    for (const stop of stops) stop()
    if (id !== undefined) calls.send(`${kind}Unsubscribe`, [id], () => {})
    id = undefined
  }
  /** There is nothing left at the node: on another connection the same id is somebody else's. */
  function ended() {
    id = undefined
    end()
  }
  const stops = [
    calls.on('notification', ({ method, subscription }) => {
      if (id === undefined || method !== `${kind}Notification` || subscription !== String(id)) return
      ended()
      tell()
    }),
    socket.on('state', ({ state }) => void (!isOpen(state) && ended())),
  ]
  function answered(outcome: CallOutcome) {
    concurrency.give()
    id = outcome.type === 'result' ? subscriptionIdOf(outcome.result) : undefined
    if (isOver || id === undefined) end()
  }
  if (!concurrency.take()) end()
  else if (!calls.send(`${kind}Subscribe`, params, answered)) {
    concurrency.give()
    end()
  }
  return end
}
