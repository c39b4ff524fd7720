import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Address, addressOfBytes } from '../../src/base/address.js'
import { createCalls } from '../../src/socket/requests.js'
import { createSocket, type SocketOptions, type SocketState } from '../../src/socket/socket.js'
import { createSubscriptions } from '../../src/socket/subscriptions.js'
import { createPageDouble } from '../support/pageDouble.js'
import { createSocketPair, notification } from '../support/socketPair.js'
import { createVirtualClock } from '../support/virtualTime.js'

const account = (n: number): Address => addressOfBytes(new Uint8Array(32).fill(n + 1))
const liveness = { probeAfterMs: 15_000, suspectAfterMs: 5000, deadAfterMs: 10_000 }

/** A socket with subscriptions to a node that answers everything at once, unless it is told to be mute. */
function setUp(options: Partial<SocketOptions> = {}) {
  const clock = createVirtualClock()
  const page = createPageDouble()
  const node = { isMute: false, refuses: new Map<string, number>() }
  let lastId = 0
  const pair = createSocketPair(({ id, method }, end) => {
    if (node.isMute) return
    const code = node.refuses.get(method)
    if (code !== undefined) end.say({ jsonrpc: '2.0', id, error: { code, message: 'no' } })
    else end.say({ jsonrpc: '2.0', id, result: method.endsWith('Subscribe') ? ++lastId : true })
  })
  const base = { url: 'wss://node.example', liveness, clock, random: () => 0.5, page: page.wake }
  const socket = createSocket({ ...base, webSocket: pair.webSocket, ...options })
  const calls = createCalls(socket, { clock })
  const subscriptions = createSubscriptions(socket, calls, { clock, random: () => 0.5 })
  const states: SocketState['name'][] = []
  const reasons: string[] = []
  socket.on('state', ({ state, reason }) => {
    states.push(state.name)
    reasons.push(reason)
  })
  const heard: string[] = []
  const watch = (n: number, also = () => {}) =>
    subscriptions.watch(account(n), { commitment: 'confirmed' }, ({ slot, isReadable }) => {
      heard.push(`${n}@${slot}${isReadable ? '' : ' unreadable'}`)
      also()
    })
  const asked = (method: string) => pair.last.received.filter((each) => each.method === method)
  const start = async () => {
    socket.open()
    pair.last.open()
    await clock.advance(0)
  }
  return { clock, page, node, pair, socket, calls, subscriptions, states, reasons, heard, watch, asked, start }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a socket among faults', () => {
  it('fault 6: slows down to the cap against a server that accepts and then closes, forever', async () => {
    const { clock, pair, socket, subscriptions, watch, node } = setUp({ random: () => 1 })
    node.isMute = true
    watch(1)
    const waits: number[] = []
    socket.on('state', ({ state }) => {
      if (state.name === 'waiting') waits.push(state.retryAtMs - clock.now())
    })
    socket.open()
    for (let i = 0; i < 40; i++) {
      pair.last.open()
      expect(subscriptions.pending).toBe(1)
      pair.last.close(1000)
      await clock.advance(waits[i] ?? 0)
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(waits.slice(6).every((wait) => wait === 30_000)).toBe(true)
  })

  it('fault 7: goes on when the close event never comes, and is not moved when the old connection speaks late', async () => {
    const { clock, pair, socket, node, states, heard, watch, start } = setUp()
    watch(1)
    await start()
    node.isMute = true
    await clock.advance(25_000)
    const [old] = pair.ends
    expect(old?.isClosedByClient).toBe(true)
    await clock.advance(1000)
    node.isMute = false
    pair.last.open()
    await clock.advance(0)
    const before = states.length
    old?.open()
    old?.say(notification(1, 50, 1))
    old?.close(4999)
    await clock.advance(0)
    expect([states.length, heard.length, pair.ends.length]).toEqual([before, 0, 2])
    pair.last.say(notification(2, 51, 1))
    expect(heard).toEqual(['1@51'])
    expect(socket.state.name).toBe('open')
  })

  it('fault 8: takes a socket that is closing for closed when something is to be sent, without a loop', async () => {
    const { clock, pair, socket, subscriptions, states, watch, start } = setUp()
    const stop = watch(1)
    await start()
    pair.last.fade()
    stop()
    await clock.advance(2000)
    expect(socket.state.name).toBe('waiting')
    expect(subscriptions.size).toBe(0)
    await clock.advance(1000)
    pair.last.open()
    pair.last.fade()
    watch(2)
    expect(states.slice(-2)).toEqual(['open', 'waiting'])
    expect(subscriptions.pending).toBe(1)
    await clock.advance(2000)
    pair.last.open()
    await clock.advance(0)
    expect(subscriptions.pending).toBe(0)
    expect(pair.ends).toHaveLength(3)
  })

  it('takes a socket that throws when something is to be sent for lost, and asks for all of it on the next one', async () => {
    const { clock, pair, socket, subscriptions, reasons, watch, heard, start } = setUp()
    watch(1)
    await start()
    expect(subscriptions.pending).toBe(0)
    const first = pair.last
    first.jam()
    watch(2)
    await clock.advance(0)
    expect([socket.state.name, first.isClosedByClient]).toEqual(['waiting', true])
    expect(reasons.at(-1)).toBe('it threw when something was to be sent')
    await clock.advance(5000)
    pair.last.open()
    await clock.advance(0)
    expect([pair.ends.length, subscriptions.pending]).toEqual([2, 0])
    pair.last.say(notification(3, 9, 1))
    expect(heard).toHaveLength(1)
  })

  it('fault 14: counts what makes no sense and stays connected', async () => {
    const { pair, socket, calls, heard, watch, start } = setUp()
    watch(1)
    await start()
    const frames = ['{"jsonrpc":', 'null', '[]', '7', new Uint8Array([1, 2]), 'x'.repeat(5_000_000), { id: null }]
    for (const frame of frames) pair.last.say(frame)
    expect(calls.malformed).toBe(frames.length)
    expect(socket.state.name).toBe('open')
    pair.last.say(notification(1, 9, 1))
    expect(heard).toEqual(['1@9'])
  })

  it('fault 15: delivers to the others when one listener throws or one account cannot be read', async () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const { pair, heard, watch, start } = setUp()
    watch(1, () => {
      throw new Error('mine')
    })
    watch(1)
    watch(2)
    await start()
    pair.last.say(notification(1, 5, 1))
    expect(heard).toEqual(['1@5', '1@5'])
    expect(report).toHaveBeenCalledTimes(1)
    const broken = notification(1, 6, 1)
    Object.assign(broken.params.result.value, { lamports: 'much' })
    pair.last.say(broken)
    pair.last.say(notification(2, 6, 1))
    expect(heard).toEqual(['1@5', '1@5', '1@6 unreadable', '1@6 unreadable', '2@6'])
    expect(report).toHaveBeenCalledTimes(2)
  })

  it('fault 21: keeps its connection through 20 minutes of a hidden page whose timers run once a minute', async () => {
    const { clock, page, pair, socket, start } = setUp()
    await start()
    page.hide()
    for (let minute = 0; minute < 20; minute++) {
      clock.sleep(60_000)
      await clock.advance(0)
    }
    expect(pair.ends).toHaveLength(1)
    expect(socket.state.name).toBe('open')
  })

  it('fault 22: after an hour of sleep a living connection is proven again and kept', async () => {
    const { clock, pair, socket, states, start } = setUp()
    await start()
    clock.sleep(3_600_000)
    socket.wake('visible')
    expect(socket.state.name).toBe('suspect')
    await clock.advance(100)
    expect(states).toEqual(['connecting', 'open', 'suspect', 'open'])
    expect(pair.ends).toHaveLength(1)
  })

  it.each([
    ['the page says that it woke', true],
    ['only the late timer tells', false],
  ])('fault 22: after an hour of sleep a dead connection is gone within 2.5 s when %s', async (_, isTold) => {
    const { clock, node, socket, states, start } = setUp()
    await start()
    node.isMute = true
    clock.sleep(3_600_000)
    if (isTold) socket.wake('visible')
    await clock.advance(2500)
    expect(states).toEqual(['connecting', 'open', 'suspect', 'waiting'])
    expect(socket.state).toMatchObject({ attempt: 1, retryAtMs: clock.now() + 550 })
  })

  it('fault 23: keeps one connection through 50 losses of the network in a second, while it works', async () => {
    const { clock, page, pair, socket, asked, start } = setUp()
    page.wake.on('online', socket.wake)
    page.wake.on('offline', socket.unplug)
    await start()
    for (let i = 0; i < 50; i++) {
      page.setOnline(false)
      await clock.advance(10)
      page.setOnline(true)
      await clock.advance(10)
    }
    page.setOnline(false)
    await clock.advance(120_000)
    expect(pair.ends).toHaveLength(1)
    expect(socket.state.name).toBe('open')
    expect(asked('getVersion').length).toBeLessThanOrEqual(110)
  })

  it('fault 23: makes no more than four attempts a second while the network flaps and nothing answers', async () => {
    const { clock, page, pair, socket } = setUp()
    page.wake.on('online', socket.wake)
    page.wake.on('offline', socket.unplug)
    socket.open()
    for (let i = 0; i < 100; i++) {
      pair.last.close()
      page.setOnline(i % 2 === 0)
      await clock.advance(10)
    }
    expect(pair.ends.length).toBeLessThanOrEqual(5)
  })
})

describe('a socket without a network', () => {
  it('is offline when it is closed and the browser says so, and tries each 30 s, because the browser may be wrong', async () => {
    const { clock, page, pair, socket, start } = setUp()
    await start()
    page.setOnline(false)
    pair.last.close()
    expect(socket.state).toMatchObject({ name: 'offline', retryAtMs: clock.now() + 30_000 })
    await clock.advance(30_000)
    expect(socket.state.name).toBe('connecting')
    pair.last.open()
    expect(socket.state.name).toBe('open')
  })

  it('is offline 2.5 s after the browser says so when nothing answers, and back as soon as there is one', async () => {
    const { clock, page, node, pair, socket, states, start } = setUp()
    await start()
    node.isMute = true
    page.setOnline(false)
    socket.unplug('offline')
    await clock.advance(2499)
    expect(socket.state.name).toBe('open')
    await clock.advance(1)
    expect(socket.state.name).toBe('offline')
    page.setOnline(true)
    socket.wake('online')
    expect(states).toEqual(['connecting', 'open', 'offline', 'connecting'])
    expect(pair.ends).toHaveLength(2)
  })

  it('ends a wait when the page wakes, and begins a longer one when the network goes', async () => {
    const { clock, page, pair, socket, start } = setUp()
    await start()
    await clock.advance(1000)
    pair.last.close()
    expect(socket.state.name).toBe('waiting')
    page.setOnline(false)
    socket.unplug('offline')
    expect(socket.state).toMatchObject({ name: 'offline', retryAtMs: clock.now() + 30_000 })
    socket.wake('visible')
    expect(socket.state).toEqual({ name: 'connecting', attempt: 0 })
  })
})

describe('what a close code means', () => {
  it.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 3000, 3499, 4000, 4499])('%i: come back', async (code) => {
    const { pair, socket, start } = setUp()
    await start()
    pair.last.close(code)
    expect(socket.state).toMatchObject({ name: 'waiting', error: { context: { closeCode: code } } })
  })

  it.each([3500, 3999, 4500, 4999])('%i: come back in five minutes, and no sooner', async (code) => {
    const { clock, pair, socket, start } = setUp()
    await start()
    pair.last.close(code)
    expect(socket.state).toMatchObject({ name: 'failed', retryAtMs: clock.now() + 300_000 })
    await clock.advance(299_000)
    expect(pair.ends).toHaveLength(1)
    await clock.advance(1000)
    pair.last.open()
    expect(socket.state.name).toBe('open')
  })

  it.each([1002, 1003, 1007, 1008, 1009, 1010, 1015])(
    '%i: come back slowly, and three in a row are a failure',
    async (code) => {
      const { clock, pair, socket, start } = setUp({ random: () => 1 })
      await start()
      for (let i = 0; i < 2; i++) {
        pair.last.close(code)
        expect(socket.state).toMatchObject({ name: 'waiting', retryAtMs: clock.now() + 30_000 })
        await clock.advance(30_000)
        pair.last.open()
      }
      pair.last.close(code)
      expect(socket.state).toMatchObject({ name: 'failed', retryAtMs: clock.now() + 300_000 })
    },
  )

  it('forgets what was before a connection that held', async () => {
    const { clock, pair, socket, start } = setUp({ random: () => 1 })
    await start()
    for (let i = 0; i < 5; i++) {
      await clock.advance(10_000)
      pair.last.close(1008)
      expect(socket.state.name).toBe('waiting')
      await clock.advance(30_000)
      pair.last.open()
    }
  })
})

describe('the sign of life', () => {
  it('is asked for in words that the server knows, found out once', async () => {
    const { clock, node, pair, socket, asked, start } = setUp()
    node.refuses.set('getVersion', -32601).set('ping', -32601).set('slotUnsubscribe', -32602)
    await start()
    await clock.advance(60_100)
    expect(pair.last.received.map(({ id, method }) => `${method} ${id}`)).toEqual([
      'getVersion 0',
      'ping 0',
      'slotUnsubscribe 0',
      'slotUnsubscribe 0',
    ])
    expect(asked('slotUnsubscribe')[0]?.params).toEqual([2 ** 53 - 1])
    socket.restart('test')
    await clock.advance(1000)
    pair.last.open()
    await clock.advance(15_000)
    expect(pair.last.received).toMatchObject([{ method: 'slotUnsubscribe' }])
  })

  it('becomes traffic when the server never answers such questions', async () => {
    const { clock, node, pair, start } = setUp()
    node.isMute = true
    await start()
    for (let i = 0; i < 3; i++) {
      await clock.advance(20_000)
      pair.last.say({ method: 'slotNotification', params: {} })
    }
    await clock.advance(15_000)
    expect(pair.last.received.map(({ method }) => method)).toEqual([
      'getVersion',
      'ping',
      'slotUnsubscribe',
      'slotSubscribe',
    ])
  })
})

describe('refusals', () => {
  it.each([-32602, -32600])('%i: one attempt, however long it lasts and however often it connects', async (code) => {
    const { clock, node, pair, subscriptions, watch, start } = setUp()
    node.refuses.set('accountSubscribe', code)
    watch(1)
    await start()
    await clock.advance(600_000)
    pair.last.close()
    await clock.advance(1000)
    pair.last.open()
    await clock.advance(600_000)
    expect(
      pair.ends.flatMap(({ received }) => received).filter(({ method }) => method === 'accountSubscribe'),
    ).toHaveLength(1)
    expect(subscriptions.pending).toBe(0)
  })

  it('−32601: leaves the node alone for 5 minutes, and asks once more then', async () => {
    const { clock, node, pair, socket, watch, start } = setUp()
    node.refuses.set('accountSubscribe', -32601)
    watch(1)
    await start()
    expect(socket.state).toMatchObject({ name: 'failed', retryAtMs: clock.now() + 300_000 })
    await clock.advance(299_999)
    expect(pair.ends).toHaveLength(1)
    node.refuses.clear()
    await clock.advance(1)
    pair.last.open()
    await clock.advance(0)
    expect(socket.state.name).toBe('open')
  })

  it.each([-32603, -32005, 7])('%i: waits for that account alone, 1 to 30 s', async (code) => {
    const { clock, node, heard, pair, watch, asked, start } = setUp()
    const at: number[] = []
    watch(0)
    await start()
    node.refuses.set('accountSubscribe', code)
    watch(1)
    for (let second = 0; second < 240; second++) {
      const before = asked('accountSubscribe').length
      await clock.advance(1000)
      if (asked('accountSubscribe').length > before) at.push(second)
    }
    const gaps = at.map((second, i) => second - (at[i - 1] ?? 0)).slice(1)
    expect(gaps[0]).toBeLessThanOrEqual(3)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30)
    expect(at.length).toBeLessThan(20)
    pair.last.say(notification(1, 3, 1))
    expect(heard).toEqual(['0@3'])
  })

  it('are not asked for again when nobody wants the account any more, and are when somebody comes back', async () => {
    const { clock, node, watch, asked, start } = setUp()
    node.refuses.set('accountSubscribe', -32603)
    await start()
    watch(1)()
    await clock.advance(120_000)
    const before = asked('accountSubscribe').length
    expect(before).toBeLessThanOrEqual(2)
    await clock.advance(120_000)
    expect(asked('accountSubscribe')).toHaveLength(before)
    node.refuses.clear()
    watch(1)()
    watch(1)
    await clock.advance(60_000)
    expect(asked('accountSubscribe')).toHaveLength(before + 1)
  })
})
