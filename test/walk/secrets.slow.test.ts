import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { dehydrate, QueryClient } from '@tanstack/query-core'
import { type BalanceClient, type BalanceClientOptions, createBalanceClient } from 'lamplight/core'
import { persistBalances } from 'lamplight/persist'
import { createWorkerWebSocket, serveSockets } from 'lamplight/worker'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket as NodeWebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../src/base/clock.js'
import { lineOf, onEvery } from '../../src/client/events.js'
import { createRecorder } from '../../src/devtools/recorder.js'
import { reportOf, snapshotOf } from '../../src/devtools/snapshot.js'
import { createTextStorage } from '../storage/textStorage.js'
import { createBrowser } from '../support/browserTabs.js'

/** What an address and its headers hold, and what nothing may show. */
const SECRETS = [
  'hush-user',
  'hush/p@ss word',
  'hush%2Fp%40ss%20word',
  'hush-path-9f3a',
  'hush-query-77',
  'hush-bearer-5d',
]
const AUTH = 'hush-user:hush%2Fp%40ss%20word@'
const REST = '/v2/hush-path-9f3a/?api-key=hush-query-77#hush-path-9f3a'
const OWNER = 'So11111111111111111111111111111111111111112'
const webSocket = NodeWebSocket as unknown as typeof WebSocket

type Ask = { readonly id: number; readonly method: string }
/** What a node does with requests and sockets. */
interface Behaviour {
  readonly http?: ((ask: Ask | undefined, request: IncomingMessage, response: ServerResponse) => void) | undefined
  /** Answers the handshake with this status. */
  readonly handshake?: number
  readonly socket?: ((socket: NodeWebSocket, request: IncomingMessage) => void) | undefined
}

/** The request as a careless gateway says it again. */
const echo = ({ url, headers }: IncomingMessage) =>
  `https://${AUTH}rpc.example${url} ${url} ${String(headers.authorization)} ${Buffer.from(String(headers.authorization).split(' ')[1] ?? '', 'base64')} key hush-query-77, path hush-path-9f3a`

async function node({ http, handshake, socket }: Behaviour) {
  const server = createHttpServer(async (request, response) => {
    for (const what of ['origin', 'headers', 'methods']) response.setHeader(`access-control-allow-${what}`, '*')
    if (request.method === 'OPTIONS') return void response.end()
    let body = ''
    for await (const part of request) body += String(part)
    http?.(JSON.parse(body) as Ask, request, response)
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, stream, head) => {
    if (handshake) return stream.end(`HTTP/1.1 ${handshake} no\r\ncontent-length: 0\r\nx-echo: ${request.url}\r\n\r\n`)
    sockets.handleUpgrade(request, stream, head, (each) => socket?.(each, request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const each of sockets.clients) each.terminate()
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const addresses = (port: number, secure = '') => ({
  rpcUrl: `http${secure}://${AUTH}127.0.0.1:${port}${REST}`,
  url: `ws${secure}://${AUTH}127.0.0.1:${port}${REST.split('#')[0]}`,
})

const reply =
  (status: number, make: (ask: Ask | undefined, request: IncomingMessage) => unknown): Behaviour['http'] =>
  (ask, request, response) => {
    const body = make(ask, request)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
const refusal = (code: number): Behaviour['http'] =>
  reply(200, (ask, request) => ({ jsonrpc: '2.0', id: ask?.id, error: { code, message: `no: ${echo(request)}` } }))
const refusedSubscription =
  (code: number): Behaviour['socket'] =>
  (socket, request) =>
    socket.on('message', (data) => {
      const { id } = JSON.parse(String(data)) as Ask
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: `no: ${echo(request)}` } }))
    })
const closing =
  (code: number): Behaviour['socket'] =>
  (socket, request) =>
    socket.close(code, `${String(request.url).slice(0, 40)} hush-query-77`)

/** Ways to fail, as options of a client. */
const WAYS: Readonly<Record<string, () => Promise<Partial<BalanceClientOptions>>>> = {
  'nothing listens': async () => addresses(1),
  'TLS where none is spoken': async () => addresses(await node({ http: reply(200, () => '') }), 's'),
  'HTTP 401 that says the request again': async () =>
    addresses(await node({ http: reply(401, (_, r) => echo(r)), handshake: 401 })),
  'HTTP 403 that says the request again': async () =>
    addresses(await node({ http: reply(403, (_, r) => echo(r)), handshake: 403 })),
  'HTTP 403 with a JSON error': async () =>
    addresses(
      await node({ http: reply(403, (ask, r) => ({ id: ask?.id, error: { code: -32052, message: echo(r) } })) }),
    ),
  'HTTP 413': async () => addresses(await node({ http: reply(413, (_, r) => echo(r)), handshake: 429 })),
  'HTTP 429': async () => addresses(await node({ http: reply(429, (_, r) => echo(r)), handshake: 429 })),
  'HTTP 500': async () => addresses(await node({ http: reply(500, (_, r) => echo(r)), handshake: 500 })),
  'an answer that is no JSON': async () =>
    addresses(await node({ http: reply(200, (_, r) => echo(r)), handshake: 200 })),
  'a JSON error with the key': async () =>
    addresses(await node({ http: refusal(-32602), socket: refusedSubscription(-32602) })),
  'an unknown method': async () =>
    addresses(await node({ http: refusal(-32601), socket: refusedSubscription(-32601) })),
  'an internal error': async () =>
    addresses(await node({ http: refusal(-32603), socket: refusedSubscription(-32603) })),
  'a close reason with the key': async () => addresses(await node({ http: refusal(-32000), socket: closing(1008) })),
  'a close for good': async () => addresses(await node({ http: refusal(-32000), socket: closing(3501) })),
  'a close of the app kind': async () => addresses(await node({ http: refusal(-32000), socket: closing(4403) })),
  'no answer at all': async () => ({
    ...addresses(await node({ http: () => {} })),
    limits: { requestTimeoutMs: 300, connectTimeoutMs: 300 },
  }),
  'a fetch and a WebSocket that tell the URL': async () => ({
    ...addresses(1),
    fetch: (input, init) => {
      const url = `${String(input)} ${addresses(1).rpcUrl}`
      const cause = Object.assign(new TypeError(`Invalid URL: ${url}`), {
        input: url,
        config: { headers: init?.headers, url },
      })
      const many = new AggregateError([cause, url], url, {
        cause: { url, cause, request: new Request('http://a.b/hush-path-9f3a') },
      })
      return Promise.reject(new TypeError(`Failed to fetch ${url}`, { cause: many }))
    },
    webSocket: function Refusing(url: string) {
      throw new SyntaxError(`Failed to construct 'WebSocket': The URL '${url}' is invalid.`)
    } as never,
  }),
  'a Worker whose WebSocket tells the URL': async () => ({
    ...addresses(1),
    webSocket: createWorkerWebSocket(() =>
      workerWith(((url: string) => {
        throw new SyntaxError(`The URL '${url}' is invalid.`)
      }) as never),
    ),
  }),
}

/** A Worker in this thread. */
function workerWith(Impl: typeof WebSocket) {
  const { port1, port2 } = new MessageChannel()
  const throwing = function make(url: string) {
    return (Impl as unknown as (url: string) => WebSocket)(url)
  }
  serveSockets(port2 as never, throwing as never)
  return Object.assign(port1, { terminate: () => port1.close(), onerror: null }) as never
}

/** All that can be read off a value: its texts, its stack, what is hidden in it, and its chain of causes. */
function textOf(value: unknown, depth = 0): string {
  const json = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : (each as unknown)))
  const own = `${String(value)} ${json} ${inspect(value, { depth: 12, showHidden: true, maxStringLength: null })}`
  if (!(value instanceof Error) || depth > 20) return own
  return `${own} ${value.stack} ${value.message} ${textOf(value.cause, depth + 1)}`
}

function expectNoSecret(what: string, value: unknown) {
  const text = typeof value === 'string' ? value : textOf(value)
  // A colon and spaces may be written in other ways; the words of a secret cannot.
  for (const secret of [...SECRETS, 'hush', btoa('hush-user:hush/p@ss word')]) {
    const at = text.indexOf(secret)
    expect(at < 0 ? '' : `${what}: …${text.slice(Math.max(0, at - 120), at + 60)}…`).toBe('')
  }
}

/** Makes tabs, storage and console listen in. */
function surfaces() {
  const seen: (readonly [string, unknown])[] = []
  for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...args) => void seen.push([`console.${method}`, args]))
  const browser = createBrowser(systemClock)
  const tab = browser.tab()
  const request = (name: string, ...more: never[]) => {
    seen.push(['lock', name])
    return (tab.locks.request as (...all: unknown[]) => unknown)(name, ...more)
  }
  Object.defineProperty(navigator, 'locks', { configurable: true, value: { request } })
  vi.stubGlobal('BroadcastChannel', function Channel(name: string) {
    seen.push(['channel', name])
    return tab.openChannel(name)
  })
  vi.stubGlobal('reportError', (error: unknown) => void seen.push(['reportError', error]))
  onTestFinished(() => {
    Reflect.deleteProperty(navigator, 'locks')
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })
  return { seen, said: browser.said }
}

/** Asks for everything there is, and gives whatever it was told. */
async function useAll(client: BalanceClient, rpcUrl: string, seen: (readonly [string, unknown])[]) {
  const tell = (what: string) => (value: unknown) => void seen.push([what, value])
  const target = { owner: OWNER }
  const rpc = {
    method: 'POST',
    body: '{"jsonrpc":"2.0","id":1,"method":"getSlot","params":[]}',
    headers: { authorization: 'Bearer hush-bearer-5d' },
  }
  onTestFinished(onEvery(client, (event) => void seen.push(['event', event], ['line', lineOf(event)])))
  onTestFinished(client.follow(target, tell('follow')))
  const over = { over: 'http' } as const
  for (const [what, asked] of Object.entries({
    get: client.get(target),
    getMany: client.getMany([target]),
    fetchFresh: client.fetchFresh(target, { maxAgeMs: 0 }),
    request: client.request('getSlot', []),
    'over http': client.request('getSlot', [], over),
    send: client.request('sendTransaction', ['AA=='], over),
    fetch: client.fetch(rpcUrl, rpc).then(({ status }) => status),
  }))
    asked.then(tell(what), tell(what))
  const failed = () => seen.filter(([, value]) => value instanceof Error).map(([what]) => what)
  await vi.waitFor(() => expect(failed()).toEqual(expect.arrayContaining(['over http', 'send'])), { timeout: 15_000 })
  // What a socket and a first read have to tell comes soon after.
  await new Promise((resume) => setTimeout(resume, 500))
}

describe('no secret of an address shows', () => {
  it.each(Object.keys(WAYS))('where a node fails with: %s', async (way) => {
    const options = await (WAYS[way] as () => Promise<Partial<BalanceClientOptions>>)()
    const { seen, said } = surfaces()
    const storage = createTextStorage()
    const client = createBalanceClient({
      queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }),
      webSocket,
      shareAcrossTabs: true,
      firstReadDelayMs: 20,
      backoff: { baseMs: 20, capMs: 20 },
      cluster: way === 'HTTP 500' ? options.rpcUrl : undefined,
      ...options,
    })
    const recorder = createRecorder(client)
    const states: unknown[] = []
    onTestFinished(client.status.subscribe((state) => void states.push(state)))
    onTestFinished(recorder.start())
    onTestFinished(client.open())
    const kept = persistBalances(client, { owner: OWNER, storage })
    await useAll(client, options.rpcUrl as string, seen)
    storage.breakDown(new Error(`quota of ${String(options.rpcUrl)}`))
    await kept.clear().catch(() => {})
    kept.stop()
    for (const [what, value] of seen) expectNoSecret(what, value)
    for (const message of said) expectNoSecret('tab message', message)
    for (const state of states) expectNoSecret('status', state)
    const snapshot = snapshotOf(client, recorder)
    expectNoSecret('snapshot', snapshot)
    expectNoSecret('report', reportOf(snapshot))
    expectNoSecret('stats', [client.stats(), client.endpoints(), client.cluster])
    expectNoSecret(
      'cache',
      client.queryClient
        .getQueryCache()
        .getAll()
        .map(({ state, queryKey }) => [state, queryKey]),
    )
    expectNoSecret('dehydrated', dehydrate(client.queryClient, { shouldDehydrateQuery: () => true }))
    expectNoSecret('storage', [...storage.texts])
  })

  it.each([
    ['another scheme', `ftp://${AUTH}rpc.example${REST}`],
    ['no scheme', `rpc.example${REST}`],
    ['no scheme but a password', `${AUTH}rpc.example${REST}`],
    ['no host', `https://${AUTH}${REST}`],
    ['only the rest', REST],
    ['a space in it', `https://${AUTH}rpc exam${REST}`],
  ])('where an address has %s', (_, input) => {
    for (const options of [
      { rpcUrl: input },
      { rpcUrl: 'http://a.b', url: input },
      { endpoints: [{ http: input }] },
      { endpoints: input },
    ]) {
      const make = () => createBalanceClient({ queryClient: new QueryClient(), ...options } as BalanceClientOptions)
      let error: unknown
      try {
        make()
      } catch (caught) {
        error = caught
      }
      expect(error).toMatchObject({ code: expect.stringMatching(/^input\//) })
      expectNoSecret('error', error)
    }
  })
})
