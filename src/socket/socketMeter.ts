import type { Clock } from '../base/clock.js'
import { isLamplightError } from '../base/errors.js'
import type { Socket } from './socket.js'

/** What went over this tab's sockets. A tab that hears of balances from another tab has none. */
export interface SocketCounts {
  /** How long a connection was open, in milliseconds; several at once count once each. */
  readonly upMs: number
  /** Frames that came in, answers and proofs of life included. */
  readonly messages: number
  /** Their characters. */
  readonly bytesIn: number
  /** Connections that opened. */
  readonly connects: number
  /** Connections that ended, or were not made, by reason: a close code, or what this library saw. */
  readonly ends: Readonly<Record<string, number>>
}

/** Counts what goes over sockets. */
export interface SocketMeter {
  /** Counts this socket too, for good. */
  watch(socket: Socket): void
  readonly counts: SocketCounts
}

/** Makes a meter that stands at 0. */
export function createSocketMeter(clock: Clock): SocketMeter {
  const openSince = new Map<Socket, number>()
  const ends: Record<string, number> = {}
  let [messages, bytesIn, connects, pastMs] = [0, 0, 0, 0]
  return {
    watch(socket) {
      socket.on('frame', (data) => {
        messages++
        bytesIn += typeof data === 'string' ? data.length : 0
      })
      socket.on('state', ({ state, previous, reason }) => {
        if (state.name === 'open' && previous.name === 'connecting') {
          connects++
          openSince.set(socket, clock.now())
        }
        if (state.name === 'open' || state.name === 'suspect') return
        const since = openSince.get(socket)
        openSince.delete(socket)
        if (since !== undefined) pastMs += clock.now() - since
        if (!('error' in state) || previous.name === state.name) return
        // A server's own words could be anything, and without end; its code is one of a few.
        const code = isLamplightError(state.error, 'socket/closed') ? state.error.context.closeCode : 0
        const name = code ? `closed with ${code}` : reason
        ends[name] = (ends[name] ?? 0) + 1
      })
    },
    get counts() {
      const now = clock.now()
      const upMs = [...openSince.values()].reduce((sum, since) => sum + now - since, pastMs)
      return { upMs, messages, bytesIn, connects, ends: { ...ends } }
    },
  }
}
