import { once } from 'node:events'
import { createWorkerWebSocket, type SocketWorker } from 'lamplight/worker'
import { afterEach, expect, it } from 'vitest'
import { type WebSocket as ServerSocket, WebSocketServer, WebSocket as WsSocket } from 'ws'
import { createSocket } from '../../src/socket/socket.js'
import { socketThread } from '../support/socketThread.js'

const NodeSocket = WsSocket as unknown as typeof WebSocket
const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate()
    server.close()
  }
})

/** A server, and what sockets over a thread are made with; `threads` counts those that run. */
async function setUp() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  servers.push(server)
  await once(server, 'listening')
  const threads = { running: 0, made: 0 }
  const workers: SocketWorker[] = []
  const Socket = createWorkerWebSocket(() => {
    const worker = socketThread(NodeSocket)
    const { terminate } = worker
    threads.running++
    threads.made++
    workers.push(worker)
    return Object.assign(worker, {
      terminate() {
        threads.running--
        terminate()
      },
    })
  })
  const { port } = server.address() as { port: number }
  return { server, Socket, threads, workers, url: `ws://127.0.0.1:${port}/` }
}
/** Opens one, with everything it tells. */
async function opened({ server, Socket, url }: Awaited<ReturnType<typeof setUp>>) {
  const accepted = once(server, 'connection') as Promise<[ServerSocket]>
  const socket = new Socket(url)
  const told: unknown[] = []
  socket.onmessage = ({ data }) => told.push(data)
  socket.onclose = ({ code, reason }) => told.push([code, reason])
  expect(socket.readyState).toBe(Socket.CONNECTING)
  await new Promise((open) => socket.addEventListener('open', open))
  const [peer] = await accepted
  return { socket, told, peer }
}
const news = (subscription: number, slot: number) =>
  JSON.stringify({
    method: 'accountNotification',
    params: { subscription, result: { context: { slot }, value: null } },
  })

it('sends and hears as a socket does, and says how it ended', async () => {
  const all = await setUp()
  const { socket, told, peer } = await opened(all)
  const heard: string[] = []
  peer.on('message', (data) => heard.push(String(data)))
  socket.send('to')
  expect(socket.bufferedAmount).toBe(2)
  peer.send('from')
  await expect.poll(() => [told, heard, socket.bufferedAmount]).toEqual([['from'], ['to'], 0])
  peer.send('last')
  peer.close(4001, 'enough')
  await expect.poll(() => told).toEqual(['from', 'last', [4001, 'enough']])
  expect([socket.readyState, all.threads]).toEqual([all.Socket.CLOSED, { running: 0, made: 1 }])
})

it('gives a page that is busy the newest of each account, and never fewer than all in the end', async () => {
  const { socket, told, peer } = await opened(await setUp())
  for (let slot = 1; slot <= 3000; slot++) peer.send(news(slot % 3, slot))
  const last = () => told.map((each) => (each as { subscription: string; slot: number }).slot)
  await expect.poll(() => last().slice(-3)).toEqual([2998, 2999, 3000])
  expect(told.length).toBeLessThan(1000)
  expect(last()).toEqual([...last()].sort((a, b) => a - b))
  socket.close()
})

it('shares one thread, which goes with the last socket', async () => {
  const all = await setUp()
  const [a, b] = [await opened(all), await opened(all)]
  expect(all.threads).toEqual({ running: 1, made: 1 })
  a.socket.close(1000, 'done')
  await expect.poll(() => a.told).toEqual([[1000, 'done']])
  expect(all.threads.running).toBe(1)
  b.socket.close()
  await expect.poll(() => all.threads.running).toBe(0)
  await opened(all)
  expect(all.threads).toEqual({ running: 1, made: 2 })
})

it('loses no other socket by one that cannot be opened', async () => {
  const all = await setUp()
  const { socket, told, peer } = await opened(all)
  const refused = new all.Socket('http+odd://127.0.0.1/')
  const [{ code, reason }] = (await once(refused as never, 'close')) as [CloseEvent]
  expect([code, reason]).toEqual([1006, expect.stringContaining('SyntaxError')])
  peer.send('still here')
  await expect.poll(() => told).toEqual(['still here'])
  socket.close()
})

it('tells the connection’s own state why there is none', async () => {
  const webSocket = createWorkerWebSocket(() => {
    throw new Error('not allowed here')
  })
  const liveness = { probeAfterMs: 15_000, suspectAfterMs: 5000, deadAfterMs: 10_000 }
  const socket = createSocket({ url: 'ws://127.0.0.1:9/', webSocket, liveness })
  socket.open()
  await expect.poll(() => socket.state.name).toBe('waiting')
  expect(socket.state).toMatchObject({ error: { message: expect.stringContaining('not allowed here') } })
  socket.close()
})

it('ends as a lost connection does where the worker cannot be made, or breaks', async () => {
  const Broken = createWorkerWebSocket(() => {
    throw new Error('not allowed here')
  })
  const socket = new Broken('ws://127.0.0.1:9/')
  const [{ code, reason }] = (await once(socket as never, 'close')) as [CloseEvent]
  expect([code, reason]).toEqual([1006, 'the worker does not run: Error: not allowed here'])
  const all = await setUp()
  const { told } = await opened(all)
  all.workers[0]?.onerror?.({ message: '' } as ErrorEvent)
  expect(told).toEqual([[1006, 'the worker does not run: its code could not be loaded']])
  expect(() => new all.Socket('no address')).toThrow(TypeError)
})
