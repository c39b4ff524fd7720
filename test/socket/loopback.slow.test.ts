import type { AccountRecord } from 'lamplight/core'
import { expect, it, onTestFinished } from 'vitest'
import { coreClient, createFastClock } from '../faults/coreClient.js'
import { change, politely, scriptedNode } from '../faults/scriptedNode.js'
import { until } from '../localnet/wire.js'
import { localnet, newAddress } from '../support/localnet.js'
import { startTcpProxy } from '../support/tcpProxy.js'

it('fault 3: two hundred clients that a restarting node closes with 1012 do not come back in step', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const clients = Array.from({ length: 200 }, () => coreClient(net))
  for (const { follow } of clients) follow([owner])
  await until(() => clients.every(({ isLive }) => isLive(owner)), 'all being live', 30_000)
  const waits: number[] = []
  for (const { client } of clients)
    onTestFinished(
      client.status.subscribe(({ state, nextRetryAt, since }, before) => {
        if (state === 'waiting' && before.state !== 'waiting' && nextRetryAt && since) waits.push(nextRetryAt - since)
      }),
    )
  net.dropSockets(1012)
  await until(() => waits.length >= 200, 'all waiting', 30_000)
  const first = waits.slice(0, 200)
  expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(600)
  // Not bunched within the spread either: no tenth of a second holds a third of them.
  for (let ms = 0; ms < 1000; ms += 100)
    expect(first.filter((wait) => wait >= ms && wait < ms + 100).length).toBeLessThan(67)
  await until(() => clients.every(({ isLive }) => isLive(owner)), 'all being live again', 30_000)
  expect(net.stats().sockets).toBe(200)
}, 100_000)

it('fault 5: a connection that is accepted and never answered is given up after 8 s, without a leaked socket', async () => {
  const net = await localnet()
  const owner = newAddress()
  net.fund(owner, 1n)
  const proxy = await startTcpProxy(net.wsUrl)
  onTestFinished(() => proxy.refuse())
  proxy.isMute = true
  const clock = createFastClock(10)
  const { client, follow, isLive } = coreClient({ rpcUrl: net.rpcUrl, wsUrl: proxy.url }, { clock })
  follow([owner])
  await until(() => client.status.getState().state === 'connecting', 'the first attempt')
  const startedAt = client.status.getState().since ?? 0
  await until(() => client.status.getState().state === 'waiting', 'the deadline')
  expect((client.status.getState().since ?? 0) - startedAt).toBeGreaterThanOrEqual(7900)
  proxy.isMute = false
  await until(() => isLive(owner), 'being live')
  expect(proxy.accepted).toBeGreaterThanOrEqual(2)
  await until(() => proxy.open === 1, 'the end of all but one connection')
  expect(net.stats().sockets).toBe(1)
})

it('fault 10: a node without subscriptions (−32601) is polled instead, and not asked over and over', async () => {
  const node = await scriptedNode()
  node.answer = (call, line) =>
    call.method === 'accountSubscribe' ? line.refuse(call, -32601) : line.result(call, true)
  const clock = createFastClock(20)
  const { client, follow, isLive } = coreClient(node, { clock })
  const owners = Array.from({ length: 5 }, newAddress)
  follow(owners)
  await until(() => node.count('accountSubscribe') >= 1, 'the first refusal')
  const end = clock.now() + 60_000
  await until(() => clock.now() > end, 'a minute')
  expect(node.count('accountSubscribe')).toBeLessThanOrEqual(5)
  expect(owners.some(isLive)).toBe(false)
  expect(client.status.getState().lastError?.context).toMatchObject({ rpcCode: -32601 })
})

it('fault 10: an account refused for a moment (−32603) is asked for again by itself, later each time', async () => {
  const node = await scriptedNode()
  const [good, limited] = [newAddress(), newAddress()]
  const polite = politely()
  let refusals = 2
  node.answer = (call, line) =>
    call.params[0] === limited && refusals-- > 0 ? line.refuse(call, -32603) : polite(call, line)
  const { follow, isLive } = coreClient(node, { clock: createFastClock(10) })
  follow([good, limited])
  await until(() => isLive(good), 'the other being live')
  expect(isLive(limited)).toBe(false)
  await until(() => isLive(limited), 'being live at the third try', 15_000)
  expect(node.calls.filter(({ params }) => params[0] === limited)).toHaveLength(3)
  expect(node.calls.filter(({ params }) => params[0] === good)).toHaveLength(1)
  expect(node.opened).toBe(1)
})

it('fault 11: a connection that answers the probe but no subscription is replaced after 10 s', async () => {
  const node = await scriptedNode()
  const owner = newAddress()
  const polite = politely()
  node.answer = (call, line) => {
    if (line.index > 0 || call.method !== 'accountSubscribe') polite(call, line)
  }
  const clock = createFastClock(5)
  const { client, follow, isLive } = coreClient(node, { clock, heartbeat: { probeAfterMs: 4000 } })
  const states = new Set<string>()
  onTestFinished(client.status.subscribe(({ state }) => void states.add(state)))
  follow([owner])
  await until(() => node.count('accountSubscribe') === 1, 'the first call')
  const askedAt = clock.now()
  await until(() => client.status.getState().state === 'waiting', 'giving up')
  expect(clock.now() - askedAt).toBeGreaterThanOrEqual(9500)
  expect(node.count('getVersion')).toBeGreaterThan(0)
  expect(states).not.toContain('live')
  await until(() => isLive(owner), 'being live')
  expect(node.opened).toBe(2)
})

it('fault 16: of slots 10, 12, 11 and 12 the cache takes 10 and 12, each once', async () => {
  const node = await scriptedNode()
  const [owner, fence] = [newAddress(), newAddress()]
  const { client, follow, isLive } = coreClient(node)
  const slots: Record<string, number[]> = { [owner]: [], [fence]: [] }
  onTestFinished(
    client.queryClient.getQueryCache().subscribe(({ type, query }) => {
      const { address = '', slot } = (query.state.data ?? {}) as Partial<AccountRecord>
      const seen = slots[address]
      if (type === 'updated' && slot !== undefined && seen?.[seen.length - 1] !== slot) seen?.push(slot)
    }),
  )
  follow([owner, fence])
  await until(() => isLive(owner) && isLive(fence), 'being live')
  for (const [i, slot] of [10, 12, 11, 12].entries()) {
    node.say(change(0, slot, slot))
    node.say(change(1, 20 + i, 100 + i))
    await until(() => slots[fence]?.includes(20 + i), 'what came after it')
  }
  expect(slots[owner]).toEqual([1, 10, 12])
})
