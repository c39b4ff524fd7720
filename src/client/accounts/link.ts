import type { Clock } from '../../base/clock.js'
import { backoffMs, PATIENCE_STEPS } from '../../base/clock.js'
import { createEmitter, type Emitter, once, whenLoaded } from '../../base/emitter.js'
import { LamplightError } from '../../base/errors.js'
import type { Wish } from '../../token/account.js'
import type { Connection, ConnectionEvents } from '../stream/connection.js'

/** The push side as the rest sees it: there from the start, filled when its code has been loaded. */
export interface Link {
  /** `undefined` until its code is there, and for good where only polling is wanted. */
  readonly connection: Connection | undefined
  /** It was open, and nobody holds it any more. */
  readonly isClosed: boolean
  /** Connects as soon as something is followed; the returned function lets go again. */
  open(): () => void
  /** Keeps an account coming until the returned function is called. */
  follow(wish: Wish): () => void
  /** What is followed now. */
  readonly followed: readonly Wish[]
  /** Resolves when no acknowledgement is expected soon, or after `patienceMs`: one read then serves first paint and gap. */
  settled(patienceMs: number): Promise<void>
  /** Calls over the socket, from the bounded offline queue when there is no connection yet. */
  request(method: string, params: readonly unknown[], options: { readonly key?: string } | undefined): Promise<unknown>
  readonly on: Emitter<ConnectionEvents>['on']
}

/** Loads the push side. */
export type LoadConnection = (tell: Emitter<ConnectionEvents>['emit']) => Promise<Connection>

/** Makes a link; `load` is called when somebody opens it, and again, ever later, while loading fails. */
export function createLink(load: LoadConnection | undefined, clock: Clock): Link {
  const events = createEmitter<ConnectionEvents>()
  const wishes = new Set<{ readonly wish: Wish; stop: () => void }>()
  let connection: Connection | undefined
  let holders = 0
  let wasHeld = false
  let loading: Promise<Connection> | undefined
  let gathering: Promise<void> | undefined
  const wait = (ms: number) => new Promise<void>((resume) => clock.schedule(resume, ms))

  async function loaded(attempt = 0): Promise<Connection> {
    try {
      const made = await (load as LoadConnection)(events.emit)
      for (const each of wishes) each.stop = made.stream.follow(each.wish)
      connection = made
      return made
    } catch (cause) {
      events.emit('error', new LamplightError('client/not-loaded', { part: 'the live connection' }, { cause }))
      await wait(backoffMs(attempt, {}))
      return loaded(attempt + 1)
    }
  }

  async function settle(patienceMs: number) {
    // The provider opens in an effect, after the effects of the components below it.
    await wait(0)
    gathering = undefined
    for (let step = PATIENCE_STEPS; loading && !connection && step; step--)
      await Promise.race([loading, wait(patienceMs / PATIENCE_STEPS)])
    await connection?.stream.settled(patienceMs)
  }

  return {
    get connection() {
      return connection
    },
    get isClosed() {
      return wasHeld && holders === 0
    },
    get followed() {
      return [...wishes].map(({ wish }) => wish)
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
    follow(wish) {
      const each = { wish, stop: connection?.stream.follow(wish) ?? (() => {}) }
      wishes.add(each)
      return once(() => {
        wishes.delete(each)
        each.stop()
      })
    },
    // All reads of one turn wait together.
    settled: (patienceMs) => (gathering ??= settle(patienceMs)),
    async request(...call) {
      loading ??= loaded()
      return (await loading).request(...call)
    },
  }
}
