import { errorOf, exactJson, idOf, isRecord, parseError, rpcError } from '../node/jsonRpc.js'
import type { Peer } from '../node/pubsub.js'
import type { FaultAction, Faults } from './faults.js'
import { countMethod, pause, type Traffic } from './traffic.js'

/** A socket, as the hub sees it. */
export interface SocketPort {
  send(text: string): void
  /** Closes with a code and the handshake of a close. */
  close(code: number): void
  /** Cuts the connection without a word. */
  terminate(): void
  /** Stops reading; the connection stays. */
  pause(): void
  resume(): void
}

/** What answers the frames of one socket. */
export interface Conversation {
  /** Takes one frame and gives the answer, if there is one at once. */
  take(body: unknown, text: string): string | undefined
  /** The socket is gone. */
  end(): void
}

/** The other end of a socket, for those who answer it. */
export interface Party extends Peer {
  /** Sends a text as it is, past the faults. */
  send(text: string): void
  /** Cuts the connection. */
  cut(): void
}

/** A socket that the hub took in. */
export interface Session {
  /** A frame came in. */
  receive(text: string): void
  /** The socket is gone. */
  closed(): void
}

/** The open sockets of one endpoint. */
export interface SocketHub {
  readonly size: number
  /**
   * What strikes a socket that wants to open, once its delay is over; the transport carries out `status`, `drop` and
   * `hang`.
   */
  opening(): Promise<FaultAction | undefined>
  accept(port: SocketPort, opening?: FaultAction): Session
  /** Closes every socket with a code, or cuts them all without one. */
  drop(code?: number): void
  /** From now on nothing is read from or written to the sockets that are open; they stay open. */
  pause(): void
  /** Goes on with the paused sockets, with what they missed. */
  resume(): void
}

/** What a hub needs of its endpoint. */
export interface SocketHubOptions {
  readonly faults: Faults
  readonly traffic: Traffic
  /** The most bytes of one frame; a longer one ends the connection. @default 4_096 */
  readonly maxFrameBytes?: number
  readonly converse: (party: Party) => Conversation
}

interface Line {
  readonly port: SocketPort
  open: boolean
  paused: boolean
  /** What waits for the line to go on. */
  waiting: string[]
  /** Notifications that wait to be sent in another order. */
  held: string[]
}

function write(line: Line, text: string): void {
  if (!line.open) return
  // What a stalled connection carries arrives late, but it arrives.
  if (line.paused) line.waiting.push(text)
  else line.port.send(text)
}

function halt(line: Line): void {
  line.paused = true
  line.port.pause()
}

function goOn(line: Line): void {
  if (!line.paused) return
  line.paused = false
  line.port.resume()
  for (const text of line.waiting.splice(0)) write(line, text)
}

/** Does what strikes the connection itself; tells whether the frame is gone with it. */
function strikeLine(line: Line, action: FaultAction, dropAll: (code?: number) => void): boolean {
  if (action.dropAll !== undefined && action.dropAll !== false)
    dropAll(action.dropAll === true ? undefined : action.dropAll)
  else if (action.drop) line.port.terminate()
  else if (action.close !== undefined) line.port.close(action.close)
  else if (action.halfOpen) halt(line)
  else return action.hang === true
  return true
}

function sendNotification(line: Line, text: string, action: FaultAction, faults: Faults): void {
  if (action.lose) return
  if (action.reorder !== undefined) {
    line.held.push(text)
    if (line.held.length >= action.reorder) for (const held of faults.shuffle(line.held.splice(0))) write(line, held)
    return
  }
  if (action.duplicate) write(line, text)
  write(line, action.corrupt ? text.slice(0, -7) : text)
}

function struckAnswer(action: FaultAction, body: unknown): string | undefined {
  if (action.raw !== undefined) return action.raw
  if (!action.error) return undefined
  const { code, message, data } = action.error
  return exactJson(errorOf(idOf(body), rpcError(code, message, data)))
}

function bodyOf(text: string): { readonly body: unknown } | undefined {
  try {
    return { body: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Opens a hub without sockets. */
export function createSocketHub(options: SocketHubOptions): SocketHub {
  const { faults, traffic, converse, maxFrameBytes = 4_096 } = options
  const lines = new Set<Line>()
  const drop = (code?: number): void => {
    for (const { port } of [...lines]) code === undefined ? port.terminate() : port.close(code)
  }

  function partyOf(line: Line): Party {
    return {
      send: (text) => write(line, text),
      cut: () => line.port.terminate(),
      notify(text, method) {
        const action = faults.pick('notification', method)
        if (!action) return write(line, text)
        const delay = faults.delayOf(action)
        const send = (): void => {
          if (!strikeLine(line, action, drop)) sendNotification(line, text, action, faults)
        }
        // Without a delay at once, so that what was not struck keeps its place.
        if (delay > 0) setTimeout(send, delay)
        else send()
      },
    }
  }

  async function take(line: Line, conversation: Conversation, body: unknown, text: string): Promise<void> {
    // Clients send pings without an id; a node is silent about them, and they are no calls.
    const method = isRecord(body) && body.id !== undefined ? String(body.method) : undefined
    if (method !== undefined) countMethod(traffic.wsCalls, method)
    const action = method === undefined ? undefined : faults.pick('wsCall', method)
    if (action) {
      await pause(faults.delayOf(action))
      if (strikeLine(line, action, drop)) return
    }
    const answer = (action && struckAnswer(action, body)) ?? (line.open ? conversation.take(body, text) : undefined)
    if (answer !== undefined) write(line, action?.corrupt ? answer.slice(0, -7) : answer)
  }

  return {
    get size() {
      return lines.size
    },
    async opening() {
      const action = faults.pick('wsOpen', 'open')
      if (action) await pause(faults.delayOf(action))
      return action
    },
    drop,
    pause: () => lines.forEach(halt),
    resume: () => lines.forEach(goOn),
    accept(port, opening) {
      const line: Line = { port, open: true, paused: false, waiting: [], held: [] }
      const conversation = converse(partyOf(line))
      lines.add(line)
      traffic.socketsOpened++
      if (opening) strikeLine(line, opening, drop)
      return {
        receive(text) {
          // A node drops a connection over a longer frame, without a close frame.
          if (new TextEncoder().encode(text).length > maxFrameBytes) return port.terminate()
          const parsed = bodyOf(text)
          if (!parsed) return write(line, exactJson(parseError))
          const { body } = parsed
          if (!Array.isArray(body)) return void take(line, conversation, body, text)
          for (const part of body) void take(line, conversation, part, JSON.stringify(part))
        },
        closed() {
          line.open = false
          lines.delete(line)
          conversation.end()
        },
      }
    },
  }
}
