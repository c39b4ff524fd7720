// @vitest-environment happy-dom
// TanStack Query polls in pages only.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { QueryClient } from '@tanstack/query-core'
import { createBalanceClient } from 'lamplight/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { webSocket } from '../../support/app.js'
import { notification, slotNotification } from '../../support/socketPair.js'
import { accountsAt, type StubCall } from '../../support/stubNode.js'
import { request } from './pushNode.js'

vi.setConfig({ testTimeout: 60_000 })

type Refusal = { readonly code: number; readonly message: string }
const SLOT = 100
const SLOTS_ID = 5_000_000

/** A node over real sockets; `refuses` decides on each subscription, told how many its socket has, and all sockets together. */
async function startNode(refuses: (onSocket: number, onNode: number, address: string) => Refusal | undefined) {
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-headers', '*')
    if (request.method === 'OPTIONS') return void response.end()
    let text = ''
    for await (const chunk of request) text += chunk
    const call = JSON.parse(text) as StubCall
    const answer = call.method === 'getMultipleAccounts' ? accountsAt(SLOT, call) : { result: SLOT }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...answer }))
  })
  const sockets = new WebSocketServer({ server })
  const held = new Map<WebSocket, Map<number, string>>()
  const refused: string[] = []
  let lastId = 0
  sockets.on('connection', (socket) => {
    const mine = new Map<number, string>()
    held.set(socket, mine)
    socket.on('close', () => held.delete(socket))
    socket.on('message', (data) => {
      const { id, method, params } = JSON.parse(String(data)) as StubCall
      const say = (answer: object) => socket.send(JSON.stringify({ jsonrpc: '2.0', ...answer }))
      if (method === 'slotSubscribe') {
        say({ id, result: SLOTS_ID })
        return say(slotNotification(SLOTS_ID, SLOT))
      }
      if (method === 'accountUnsubscribe') mine.delete(params[0] as number)
      if (method !== 'accountSubscribe') return say({ id, result: true })
      const address = String(params[0])
      const error = refuses(mine.size, subscribed().length, address)
      if (error) {
        refused.push(address)
        return say({ id, error })
      }
      mine.set(++lastId, address)
      return say({ id, result: lastId })
    })
  })
  const subscribed = () => [...held.values()].flatMap((each) => [...each.values()])
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    for (const socket of held.keys()) socket.terminate()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ refused, held, subscribed },
    urls: { rpcUrl: `http://${host}`, url: `ws://${host}` },
    push(n: number, slot: number, lamports: number) {
      for (const [socket, mine] of held)
        for (const [id, address] of mine)
          if (address === request(n).address) socket.send(JSON.stringify(notification(id, slot, lamports)))
    },
  }
}

/** A client that follows accounts of such a node; never is one of them live that its node does not hold. */
async function setUp(refuses: Parameters<typeof startNode>[0]) {
  const node = await startNode(refuses)
  const queryClient = new QueryClient()
  const client = createBalanceClient({
    queryClient,
    ...node.urls,
    webSocket,
    shareAcrossTabs: false,
    random: () => 0.3,
  })
  const close = client.open()
  const freshness = new Map<number, string>()
  const amounts = new Map<number, bigint | undefined>()
  const falsely: number[] = []
  onTestFinished(() => {
    close()
    queryClient.clear()
    expect(falsely).toEqual([])
  })
  const isFine = (n: number) => !client.isLive(request(n)) || node.subscribed().includes(request(n).address)
  function follow(n: number) {
    return client.follow({ owner: request(n).address }, ({ data, freshness: how }) => {
      freshness.set(n, how)
      amounts.set(n, data?.lamports)
      falsely.push(...[...freshness.keys()].filter((each) => !isFine(each)))
    })
  }
  const stops = new Map<number, () => void>()
  return {
    ...{ node, client, amounts },
    follow(from: number, to: number) {
      for (let n = from; n < to; n++) stops.set(n, follow(n))
    },
    leave(n: number) {
      stops.get(n)?.()
      freshness.delete(n)
    },
    count: (how: string) => [...freshness.values()].filter((each) => each === how).length,
    liveOnes: () => [...freshness.keys()].filter((n) => freshness.get(n) === 'live'),
  }
}
const PATIENCE = { timeout: 30_000 }

it.each<[string, Refusal]>([
  ['−32603', { code: -32603, message: 'Internal error: max 5 subscriptions' }],
  ['−32005', { code: -32005, message: 'subscription limit exceeded for this connection' }],
  ['a code of its own', { code: 1008, message: 'Too many subscriptions' }],
])('opens another socket where a node takes five subscriptions on one, and says so with %s', async (_, refusal) => {
  const { node, client, follow, count, amounts } = await setUp((onSocket) => (onSocket >= 5 ? refusal : undefined))
  follow(0, 12)
  await expect.poll(() => count('live'), PATIENCE).toBe(12)
  expect(node.held.size).toBe(3)
  expect(node.subscribed().sort()).toEqual(Array.from({ length: 12 }, (_, n) => request(n).address).sort())
  expect(client.status.getState()).toMatchObject({ state: 'live', lastError: null })
  for (let n = 0; n < 12; n++) node.push(n, SLOT + 1, 70 + n)
  await expect.poll(() => [...amounts.values()], PATIENCE).toEqual(Array.from({ length: 12 }, (_, n) => BigInt(70 + n)))
})

it('remembers how many a node takes: what is followed later is not refused first, nor after a reconnect', async () => {
  const refusal = { code: -32603, message: 'max 5 subscriptions' }
  const { node, follow, count } = await setUp((onSocket) => (onSocket >= 5 ? refusal : undefined))
  follow(0, 7)
  await expect.poll(() => count('live'), PATIENCE).toBe(7)
  // What was moved is given back where it was refused.
  await new Promise((resume) => setTimeout(resume, 2500))
  const before = node.refused.length
  follow(7, 14)
  await expect.poll(() => count('live'), PATIENCE).toBe(14)
  for (const socket of node.held.keys()) socket.terminate()
  await expect.poll(() => count('live'), PATIENCE).not.toBe(14)
  await expect.poll(() => count('live'), PATIENCE).toBe(14)
  expect(node.held.size).toBe(3)
  expect(node.refused).toHaveLength(before)
})

it('polls what eight sockets do not hold, says so, and takes it up when there is room', async () => {
  const refusal = { code: -32005, message: 'max 5 subscriptions' }
  const { node, client, follow, leave, count, liveOnes } = await setUp((many) => (many >= 5 ? refusal : undefined))
  follow(0, 50)
  await expect.poll(() => [count('live'), count('polling')], PATIENCE).toEqual([40, 10])
  expect(node.held.size).toBe(8)
  const { state, lastError } = client.status.getState()
  expect(state).toBe('live')
  expect(lastError?.message).toMatch(/^The node refused to watch \w+: max 5 subscriptions \(-32005\)\.$/)
  for (const n of liveOnes().slice(-10)) leave(n)
  await expect.poll(() => [count('live'), count('polling')], PATIENCE).toEqual([40, 0])
  expect(client.status.getState().lastError).toBe(null)
  expect(node.held.size).toBe(8)
})

it('opens no sockets without end where the whole node is full', async () => {
  const refusal = { code: -32603, message: 'Subscription refused. Node subscription limit reached' }
  const { node, follow, count } = await setUp((_, onNode) => (onNode >= 3 ? refusal : undefined))
  follow(0, 30)
  await expect.poll(() => [count('live'), count('polling')], PATIENCE).toEqual([3, 27])
  expect(node.held.size).toBeLessThanOrEqual(8)
})

it('does not take a limit of requests for one of subscriptions', async () => {
  const asked = new Set<string>()
  const { node, follow, count } = await setUp((_, __, address) => {
    const isFirst = !asked.has(address) && asked.size > 2
    asked.add(address)
    return isFirst ? { code: -32005, message: 'Too many requests, rate limit exceeded' } : undefined
  })
  follow(0, 8)
  await expect.poll(() => count('live'), PATIENCE).toBe(8)
  expect(node.held.size).toBe(1)
})

it.each<[string, Refusal]>([
  ['for now', { code: -32603, message: 'Internal error' }],
  ['for good', { code: -32602, message: 'Invalid params' }],
  ['as a full node', { code: -32005, message: 'max 0 subscriptions' }],
])(
  'is never live where a node refuses all subscriptions %s: values come by polling, and the status says so',
  async (_, refusal) => {
    const { node, client, follow, count } = await setUp(() => refusal)
    const states = new Set<string>()
    client.status.subscribe(({ state }) => states.add(state))
    follow(0, 3)
    await expect.poll(() => count('polling'), PATIENCE).toBe(3)
    await expect.poll(() => client.status.getState().lastError?.code, PATIENCE).toBe('socket/subscription-refused')
    expect(client.status.getState()).toMatchObject({ state: 'syncing', freshness: 'polling' })
    expect(states).not.toContain('live')
    expect(node.held.size).toBe(1)
  },
)

it('is no longer live where a node refuses after a reconnect all that it held, and is again when it takes them', async () => {
  let isRefusing = false
  const { node, client, follow, count } = await setUp(() =>
    isRefusing ? { code: -32603, message: 'Internal error' } : undefined,
  )
  follow(0, 3)
  await expect.poll(() => count('live'), PATIENCE).toBe(3)
  await expect.poll(() => client.status.getState().state, PATIENCE).toBe('live')
  isRefusing = true
  for (const socket of node.held.keys()) socket.terminate()
  await expect.poll(() => node.refused.length, PATIENCE).toBeGreaterThan(2)
  await expect.poll(() => [count('polling'), client.status.getState().state], PATIENCE).toEqual([3, 'syncing'])
  isRefusing = false
  await expect.poll(() => [count('live'), client.status.getState().state], PATIENCE).toEqual([3, 'live'])
})
