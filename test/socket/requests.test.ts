import { describe, expect, it } from 'vitest'
import type { RequestQueueOptions } from '../../src/socket/requestQueue.js'
import { createCalls, createConcurrencyLimit, watchOnce } from '../../src/socket/requests.js'
import { createSocket } from '../../src/socket/socket.js'
import { createSocketPair } from '../support/socketPair.js'
import { createVirtualClock } from '../support/virtualTime.js'

const liveness = { probeAfterMs: Infinity, suspectAfterMs: Infinity, deadAfterMs: Infinity }

function setUp(queue: RequestQueueOptions = {}) {
  const clock = createVirtualClock()
  const pair = createSocketPair()
  const socket = createSocket({ url: 'ws://node.example', webSocket: pair.webSocket, liveness, clock, random: () => 0 })
  const calls = createCalls(socket, { clock, queue })
  const ended: string[] = []
  const request = (name: string, key?: string) =>
    void calls.request(name, [], key === undefined ? {} : { key }).then(
      () => ended.push(`${name} answered`),
      (error: Error) => ended.push(error.message),
    )
  const sent = () => pair.last.received.map(({ method }) => method)
  socket.open()
  return { clock, pair, socket, calls, request, ended, sent }
}

describe('requests over the socket', () => {
  it('wait for the connection in order, and are sent once', async () => {
    const { clock, pair, calls, request, ended, sent } = setUp()
    request('a')
    request('b')
    expect(calls.queued).toBe(2)
    pair.last.open()
    expect(sent()).toEqual(['a', 'b'])
    pair.last.answer('a', 1)
    await clock.advance(0)
    expect(ended).toEqual(['a answered'])
    pair.last.close()
    await clock.advance(1000)
    pair.last.open()
    expect(sent()).toEqual([])
    expect(ended[1]).toContain('the connection ended before the answer')
  })

  it('fault 28: of 200 asked for without a connection keep the newest 64 in order and reject the rest, saying why', async () => {
    const { clock, pair, request, ended, sent } = setUp()
    for (let i = 0; i < 200; i++) request(`r${i}`)
    await clock.advance(0)
    expect(ended).toHaveLength(136)
    expect(ended[0]).toBe('The request r0 was not sent: the offline queue is full.')
    pair.last.open()
    expect(sent()).toEqual(Array.from({ length: 64 }, (_, i) => `r${136 + i}`))
  })

  it('wait while more than 64 KiB are on their way out, and leave in order when the network has taken them', async () => {
    const { clock, pair, calls, request, sent } = setUp()
    pair.last.open()
    pair.last.clog(65_537)
    request('a')
    request('b')
    await clock.advance(5000)
    expect([sent(), calls.queued]).toEqual([[], 2])
    pair.last.clog(0)
    await clock.advance(100)
    expect([sent(), calls.queued]).toEqual([['a', 'b'], 0])
    pair.last.clog(65_537)
    request('c')
    pair.last.close()
    await clock.advance(1000)
    pair.last.open()
    expect([sent(), clock.timers]).toEqual([['c'], 1])
  })

  it('are rejected after 15 s without a connection', async () => {
    const { clock, request, ended, calls } = setUp()
    request('a')
    await clock.advance(14_999)
    expect(ended).toEqual([])
    await clock.advance(1)
    expect(ended).toEqual(['The request a was not sent: no connection within 15000 ms.'])
    expect(calls.queued).toBe(0)
  })

  it('with the same key replace one another in place', async () => {
    const { clock, pair, request, ended, sent } = setUp()
    request('a', 'k')
    request('b')
    request('c', 'k')
    await clock.advance(0)
    expect(ended).toEqual(['The request a was not sent: a newer request with the same key took its place.'])
    pair.last.open()
    expect(sent()).toEqual(['c', 'b'])
  })

  it('have a deadline', async () => {
    const { clock, pair, request, ended } = setUp()
    pair.last.open()
    request('a')
    await clock.advance(10_000)
    expect(ended[0]).toContain('a was not answered within 10000 ms')
  })

  it('longer than a node accepts are refused before they kill the connection', async () => {
    const { clock, pair, request, ended, sent } = setUp()
    pair.last.open()
    request('x'.repeat(5000))
    await clock.advance(0)
    expect(ended[0]).toContain('longer than the 3500 bytes')
    expect(sent()).toEqual([])
  })

  it('carry what the node said when it refuses', async () => {
    const { clock, pair, request, ended } = setUp()
    pair.last.open()
    request('a')
    pair.last.say({
      jsonrpc: '2.0',
      id: pair.last.received[0]?.id,
      error: { code: -32601, message: 'Method not found' },
    })
    await clock.advance(0)
    expect(ended).toEqual(['node.example refused a: Method not found (-32601).'])
  })
})

describe('what a node tells once', () => {
  function watched(concurrency = createConcurrencyLimit(1)) {
    const here = setUp()
    here.pair.last.open()
    let told = 0
    const stop = watchOnce(here, concurrency, 'signature', ['sig'], () => told++)
    const notify = (subscription: unknown, method = 'signatureNotification') =>
      here.pair.last.say({
        jsonrpc: '2.0',
        method,
        params: { subscription, result: { context: { slot: 1 }, value: { err: null } } },
      })
    return { ...here, concurrency, stop, notify, told: () => told }
  }

  it('is told once, by its own id alone, and is not unsubscribed from after that', () => {
    const { pair, stop, notify, told, sent } = watched()
    notify(0)
    pair.last.answer('signatureSubscribe', 0)
    notify(1)
    notify(0, 'accountNotification')
    expect(told()).toBe(0)
    notify(0)
    notify(0)
    stop()
    expect(told()).toBe(1)
    expect(sent()).toEqual(['signatureSubscribe'])
  })

  it('is let go again, before the answer too', () => {
    const early = watched()
    early.stop()
    early.pair.last.answer('signatureSubscribe', 7)
    expect(early.sent()).toEqual(['signatureSubscribe', 'signatureUnsubscribe'])
    const late = watched()
    late.pair.last.answer('signatureSubscribe', 7)
    late.stop()
    late.notify(7)
    expect(late.pair.last.received.at(-1)).toMatchObject({ method: 'signatureUnsubscribe', params: [7] })
    expect(late.told()).toBe(0)
  })

  it('ends with its connection: on the next one its id is somebody else’s', async () => {
    const { clock, pair, stop, notify, told, sent } = watched()
    pair.last.answer('signatureSubscribe', 7)
    pair.last.close()
    await clock.advance(1000)
    pair.last.open()
    notify(7)
    stop()
    expect([told(), sent()]).toEqual([0, []])
  })

  it('keeps to the pace of subscriptions, and gives its place back', () => {
    const { pair, concurrency, sent } = watched()
    expect(concurrency.take()).toBe(false)
    pair.last.answer('signatureSubscribe', 7)
    expect(concurrency.take()).toBe(true)
    const crowded = watched(concurrency)
    expect([sent(), crowded.sent()]).toEqual([['signatureSubscribe'], []])
  })
})
