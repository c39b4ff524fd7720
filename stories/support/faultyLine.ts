import { TOKEN_2022_PROGRAM } from 'lamplight/core'
import { createLag } from './lag.js'

/** What reaches the ledger. */
export interface Wire {
  readonly fetch: typeof globalThis.fetch
  readonly webSocket: typeof WebSocket
}

/** What is wrong with a line; nothing of what is left out. */
export interface LineFaults {
  /**
   * Requests wait for an answer, get it two seconds late, are answered with 429, find nobody, or find a node that has
   * stopped at the newest slot it has told.
   */
  readonly http?: 'hang' | 'late' | 'limited' | 'refused' | 'lagging'
  /** Connections never open, open and say nothing any more, or find nobody. */
  readonly socket?: 'hang' | 'mute' | 'refused'
  /** Transactions wait, are taken and go nowhere, do so until their block is too old, or a program says no when they are tried. */
  readonly transactions?: 'held' | 'dropped' | 'expired' | 'failing'
  /** One token program of which nobody may list accounts, as some nodes have it. */
  readonly lists?: 'token-2022 refused'
}

/**
 * One story's way to the ledger. All stories share that ledger, also those that run at the same time in other pages:
 * so a fault is put on the line and not on the node, and nobody else notices.
 */
export interface FaultyLine extends Wire {
  /** How many connections were tried. */
  readonly socketsTried: number
  /** How many requests were made. */
  readonly requestsTried: number
  /** How many of them listed the token accounts of an owner. */
  readonly listsTried: number
  /** From now on these faults, and no others. */
  fail(faults: LineFaults): void
  /** Ends the open connections with a close code that means "come back", or another. */
  drop(code?: number): void
  /** From now on a good line; what hangs goes on. */
  mend(): void
}

const LATE_MS = 2_000

const FAILING = {
  err: { InstructionError: [0, { Custom: 4711 }] },
  logs: ['Program log: Error: the moon is full'],
  accounts: null,
  unitsConsumed: 0,
}

/** What a line that is bad for some methods says itself. */
function answerOf({ transactions: fault, lists }: LineFaults, body: string): Response | 'wait' | undefined {
  if (!fault && !lists) return undefined
  const { id, method } = JSON.parse(body) as { readonly id?: unknown; readonly method?: string }
  if (lists && method === 'getTokenAccountsByOwner' && body.includes(TOKEN_2022_PROGRAM))
    return Response.json({ jsonrpc: '2.0', id, error: { code: -32010, message: 'excluded from account indexes' } })
  if (!fault) return undefined
  if (fault === 'failing')
    return method === 'simulateTransaction'
      ? Response.json({ jsonrpc: '2.0', id, result: { context: { slot: 1 }, value: FAILING } })
      : undefined
  if (method === 'sendTransaction') return fault === 'held' ? 'wait' : Response.json({ jsonrpc: '2.0', id, result: '' })
  if (method !== 'getEpochInfo' || fault !== 'expired') return undefined
  return Response.json({
    jsonrpc: '2.0',
    id,
    result: { epoch: 0, absoluteSlot: 0, blockHeight: Number.MAX_SAFE_INTEGER },
  })
}

/** A line over a good wire. */
export function createFaultyLine(wire: Wire, initial: LineFaults = {}): FaultyLine {
  let faults = initial
  let socketsTried = 0
  let requestsTried = 0
  let listsTried = 0
  const sockets = new Set<WebSocket>()
  const held = new Set<() => void>()
  const lag = createLag()

  /** Lets a task wait until the line is mended, or until whoever asked gives up. */
  function mended(signal: AbortSignal | null | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      held.add(resolve)
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
  }

  async function lineFetch(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    requestsTried++
    if (String(init?.body).includes('"getTokenAccountsByOwner"')) listsTried++
    if (faults.http === 'hang') await mended(init?.signal)
    if (faults.http === 'late') await new Promise((resolve) => setTimeout(resolve, LATE_MS))
    if (faults.http === 'limited') return new Response(null, { status: 429 })
    if (faults.http === 'refused') throw new TypeError('Failed to fetch')
    const answer = answerOf(faults, String(init?.body))
    if (answer === 'wait') await mended(init?.signal)
    else if (answer) return answer
    const ask = () => wire.fetch(input, init)
    return faults.http === 'lagging' ? lag.answer(ask, String(init?.body)) : lag.hear(await ask())
  }

  function watchOver(socket: WebSocket): WebSocket {
    socketsTried++
    // Closed before it is open, a connection ends as one that was refused does: error, then close with 1006.
    if (faults.socket === 'refused') socket.close()
    sockets.add(socket)
    socket.addEventListener('close', () => sockets.delete(socket))
    // These listeners are the first, and so can keep an event from all others.
    socket.addEventListener('open', (event) => {
      if (faults.socket !== 'hang') return
      event.stopImmediatePropagation()
      held.add(() => socket.dispatchEvent(new Event('open')))
    })
    socket.addEventListener('message', (event) => {
      if (faults.socket === 'mute') event.stopImmediatePropagation()
    })
    return socket
  }

  return {
    fetch: lineFetch,
    webSocket: new Proxy(wire.webSocket, { construct: (Socket, args: [string]) => watchOver(new Socket(...args)) }),
    get socketsTried() {
      return socketsTried
    },
    get requestsTried() {
      return requestsTried
    },
    get listsTried() {
      return listsTried
    },
    fail(next) {
      faults = next
    },
    drop(code = 4000) {
      for (const socket of sockets) socket.close(code)
    },
    mend() {
      faults = {}
      for (const goOn of held) goOn()
      held.clear()
    },
  }
}
