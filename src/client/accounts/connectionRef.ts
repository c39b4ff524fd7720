import type { Clock } from '../../base/clock.js'
import { backoffMs, FIRST_READ_STEPS } from '../../base/clock.js'
import { createEmitter, type Emitter, once, whenLoaded } from '../../base/emitter.js'
import { LamplightError } from '../../base/errors.js'
import type { SubscriptionRequest } from '../../token/account.js'
import type { Connection, ConnectionEvents } from '../stream/connection.js'

/** The connection for the rest of the client: there from the start, filled when its code has loaded. */
export interface ConnectionRef {
  /** `undefined` until its code is there, and for good where only polling is wanted. */
  readonly connection: Connection | undefined
  /** It was open, and nobody holds it any more. */
  readonly isClosed: boolean
  /** Connects as soon as something is followed; the returned function lets go again. */
  open(): () => void
  /** Keeps an account coming until the returned function is called. */
  follow(request: SubscriptionRequest): () => void
  /** What is followed now. */
  readonly followed: readonly SubscriptionRequest[]
  /** Resolves when no acknowledgement is expected soon, or after `firstReadDelayMs`: one read then serves first paint and gap. */
  settled(firstReadDelayMs: number): Promise<void>
  /** Calls over the socket, from the bounded offline queue when there is no connection yet. */
  request(method: string, params: readonly unknown[], options: { readonly key?: string } | undefined): Promise<unknown>
  readonly on: Emitter<ConnectionEvents>['on']
}

/** Loads the push side. */
export type LoadConnection = (tell: Emitter<ConnectionEvents>['emit']) => Promise<Connection>

/**
 * Makes a reference to the connection; `load` is called at the first `open`, and again with back-off while loading fails.
 * @param random Gives numbers from 0 to 1 for the jitter of these waits. @default Math.random
 */
export function createConnectionRef(
  load: LoadConnection | undefined,
  clock: Clock,
  random?: () => number,
): ConnectionRef {
  const events = createEmitter<ConnectionEvents>()
  const requests = new Set<{ readonly request: SubscriptionRequest; stop: () => void }>()
  let connection: Connection | undefined
  let holders = 0
  let wasHeld = false
  let loading: Promise<Connection> | undefined
  let batching: Promise<void> | undefined
  const wait = (ms: number) => new Promise<void>((resume) => clock.schedule(resume, ms))

  async function loaded(attempt = 0): Promise<Connection> {
    try {
      const made = await (load as LoadConnection)(events.emit)
      for (const each of requests) each.stop = made.stream.follow(each.request)
      connection = made
      return made
    } catch (cause) {
      events.emit('error', new LamplightError('client/not-loaded', { part: 'the live connection' }, { cause }))
      await wait(backoffMs(attempt, {}, random))
      return loaded(attempt + 1)
    }
  }

  async function settle(firstReadDelayMs: number) {
    // The provider opens in an effect, after the effects of the components below it.
    await wait(0)
    batching = undefined
    for (let step = FIRST_READ_STEPS; loading && !connection && step; step--)
      await Promise.race([loading, wait(firstReadDelayMs / FIRST_READ_STEPS)])
    await connection?.stream.settled(firstReadDelayMs)
  }

  return {
    get connection() {
      return connection
    },
    get isClosed() {
      return wasHeld && holders === 0
    },
    get followed() {
      return [...requests].map(({ request }) => request)
    },
    on: events.on,
    open() {
      if (!load) return () => {}
      loading ??= loaded()
      holders++
      wasHeld = true
      const release = whenLoaded(loading, (made) => made.open())
      return once(() => {
        holders--
        release()
        // A turn later: StrictMode's mount, unmount, mount closes nothing.
        clock.schedule(() => events.emit('changed', undefined), 0)
      })
    },
    follow(request) {
      const each = { request, stop: connection?.stream.follow(request) ?? (() => {}) }
      requests.add(each)
      return once(() => {
        requests.delete(each)
        each.stop()
      })
    },
    // All reads of one turn wait together.
    settled: (firstReadDelayMs) => (batching ??= settle(firstReadDelayMs)),
    async request(...call) {
      loading ??= loaded()
      return (await loading).request(...call)
    },
  }
}
