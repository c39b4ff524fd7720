import { describe, expect, it } from 'vitest'
import { type Address, addressOfBytes } from '../../src/base/address.js'
import { createCalls } from '../../src/socket/requests.js'
import { createSocket } from '../../src/socket/socket.js'
import { createSubscriptions } from '../../src/socket/subscriptions.js'
import { createSocketPair, notification } from '../support/socketPair.js'
import { createVirtualClock } from '../support/virtualTime.js'

const account = (n: number): Address => addressOfBytes(new Uint8Array(32).fill(n + 1))
const confirmed = { commitment: 'confirmed' } as const
const liveness = { probeAfterMs: Infinity, suspectAfterMs: Infinity, deadAfterMs: Infinity }

function setUp() {
  const clock = createVirtualClock()
  const pair = createSocketPair()
  const socket = createSocket({
    url: 'ws://node.example',
    webSocket: pair.webSocket,
    liveness,
    clock,
    random: () => 0,
  })
  const calls = createCalls(socket, { clock })
  const subscriptions = createSubscriptions(socket, calls, { clock })
  const heard: string[] = []
  const watch = (n: number, name = String(n)) =>
    subscriptions.watch(account(n), confirmed, ({ slot, lamports }) => heard.push(`${name}@${slot}=${lamports}`))
  const asked = (method = 'accountSubscribe') => pair.last.received.filter((each) => each.method === method)
  socket.open()
  return { clock, pair, socket, subscriptions, heard, watch, asked }
}

describe('subscriptions', () => {
  it('subscribe once for many watchers, with encoding and commitment said', () => {
    const { pair, watch, asked, heard } = setUp()
    pair.last.open()
    watch(1, 'a')
    watch(1, 'b')
    expect(asked()).toHaveLength(1)
    expect(asked()[0]?.params).toEqual([account(1), { encoding: 'base64', commitment: 'confirmed' }])
    pair.last.answer('accountSubscribe', 0)
    pair.last.say(notification(0, 5, 7))
    expect(heard).toEqual(['a@5=7', 'b@5=7'])
  })

  it('are asked for as soon as there is a connection, and again on every new one', async () => {
    const { clock, pair, watch, asked, heard, subscriptions } = setUp()
    watch(1)
    pair.last.open()
    pair.last.answer('accountSubscribe', 9)
    expect(subscriptions.isAcked({ address: account(1), ...confirmed })).toBe(true)
    pair.last.close(1000)
    expect(subscriptions.isAcked({ address: account(1), ...confirmed })).toBe(false)
    await clock.advance(1000)
    pair.last.open()
    expect(asked()).toHaveLength(1)
    pair.last.answer('accountSubscribe', 3)
    pair.last.say(notification(9, 5, 1))
    pair.last.say(notification(3, 6, 2))
    expect(heard).toEqual(['1@6=2'])
  })

  it('outlive their last watcher by 2 s, so that a route change costs nothing', async () => {
    const { clock, pair, watch, asked, subscriptions } = setUp()
    pair.last.open()
    const stop = watch(1)
    pair.last.answer('accountSubscribe', 4)
    stop()
    stop()
    await clock.advance(1999)
    const again = watch(1)
    await clock.advance(5000)
    expect(asked()).toHaveLength(1)
    expect(asked('accountUnsubscribe')).toHaveLength(0)
    again()
    await clock.advance(2000)
    expect(asked('accountUnsubscribe')).toMatchObject([{ params: [4] }])
    expect(subscriptions.size).toBe(0)
  })

  it('are given back when the acknowledgement comes after everybody left', async () => {
    const { clock, pair, watch, asked, subscriptions } = setUp()
    pair.last.open()
    watch(1)()
    await clock.advance(3000)
    expect(asked('accountUnsubscribe')).toHaveLength(0)
    pair.last.answer('accountSubscribe', 0)
    expect(asked('accountUnsubscribe')).toMatchObject([{ params: [0] }])
    expect(subscriptions.size).toBe(0)
  })

  it('are kept when somebody comes back before that late acknowledgement', async () => {
    const { clock, pair, watch, asked, heard } = setUp()
    pair.last.open()
    watch(1)()
    await clock.advance(3000)
    watch(1)
    expect(asked()).toHaveLength(1)
    pair.last.answer('accountSubscribe', 0)
    pair.last.say(notification(0, 8, 1))
    expect(asked('accountUnsubscribe')).toHaveLength(0)
    expect(heard).toEqual(['1@8=1'])
  })

  it('are at most 20 on their way', () => {
    const { pair, watch, asked } = setUp()
    for (let n = 0; n < 50; n++) watch(n)
    pair.last.open()
    expect(asked()).toHaveLength(20)
    pair.last.answer('accountSubscribe', 100)
    expect(asked()).toHaveLength(21)
  })

  it('deliver a notification that overtook its acknowledgement', async () => {
    const { clock, pair, watch, heard } = setUp()
    pair.last.open()
    watch(1)
    pair.last.say(notification(77, 5, 1))
    pair.last.answer('accountSubscribe', 77)
    expect(heard).toEqual(['1@5=1'])
    watch(2)
    pair.last.say(notification(78, 6, 1))
    await clock.advance(2001)
    pair.last.answer('accountSubscribe', 78)
    expect(heard).toEqual(['1@5=1'])
  })

  it('are asked for once and no more when the node says the parameters are wrong, and the others live', async () => {
    const { clock, pair, watch, asked, heard, subscriptions } = setUp()
    const refused: string[] = []
    subscriptions.on('refused', ({ error }) => refused.push(error.message))
    pair.last.open()
    watch(1)
    const [first] = asked()
    pair.last.say({ jsonrpc: '2.0', id: first?.id, error: { code: -32602, message: 'Invalid' } })
    watch(2)
    pair.last.answer('accountSubscribe', 5)
    await clock.advance(120_000)
    expect(asked()).toHaveLength(2)
    expect(refused).toEqual([`The node refused to watch ${account(1)}: Invalid (-32602).`])
    pair.last.say(notification(5, 1, 1))
    expect(heard).toEqual(['2@1=1'])
  })

  it('are asked for again after a passing refusal', async () => {
    const { clock, pair, watch, asked } = setUp()
    pair.last.open()
    watch(1)
    pair.last.say({ jsonrpc: '2.0', id: asked()[0]?.id, error: { code: -32603, message: 'limit' } })
    await clock.advance(5000)
    expect(asked()).toHaveLength(2)
  })

  it('start a new connection when an acknowledgement does not come within 10 s', async () => {
    const { clock, pair, watch, socket } = setUp()
    pair.last.open()
    watch(1)
    await clock.advance(10_000)
    expect(socket.state.name).toBe('waiting')
    await clock.advance(1000)
    pair.last.open()
    expect(pair.ends).toHaveLength(2)
    expect(pair.last.received).toHaveLength(1)
  })

  it('start a new connection too when that of an account nobody wants any more does not come, lest it be had twice', async () => {
    const { clock, pair, watch, socket, asked } = setUp()
    pair.last.open()
    watch(1)()
    await clock.advance(10_000)
    expect(socket.state.name).toBe('waiting')
    watch(1)
    await clock.advance(1000)
    pair.last.open()
    expect(pair.ends).toHaveLength(2)
    expect(asked()).toHaveLength(1)
  })

  it('start a new connection when a node gives one id to two accounts, and deliver nothing of it', async () => {
    const { clock, pair, watch, asked, heard, socket, subscriptions } = setUp()
    pair.last.open()
    watch(1)
    watch(2)
    const [first, second] = asked()
    pair.last.say({ jsonrpc: '2.0', id: first?.id, result: 7 })
    pair.last.say({ jsonrpc: '2.0', id: second?.id, result: 7 })
    pair.last.say(notification(7, 5, 1))
    expect(heard).toEqual([])
    expect(socket.state.name).toBe('waiting')
    await clock.advance(1000)
    pair.last.open()
    expect(asked()).toHaveLength(2)
    expect(subscriptions.isAcked({ address: account(1), ...confirmed })).toBe(false)
  })

  it('are refused, asked for again and never acknowledged with an id that a number does not hold', async () => {
    const { clock, pair, watch, asked, heard, subscriptions } = setUp()
    const refusals: string[] = []
    subscriptions.on('refused', ({ error }) => refusals.push(error.message))
    watch(1)
    pair.last.open()
    const id = asked()[0]?.id
    pair.last.say(`{"jsonrpc":"2.0","id":${id},"result":9007199254740993}`)
    expect(subscriptions.isAcked({ address: account(1), ...confirmed })).toBe(false)
    expect(refusals).toHaveLength(1)
    // As text the next number is the same.
    pair.last.say(JSON.stringify(notification(0, 5, 1)).replace('"subscription":0', '"subscription":9007199254740992'))
    expect(heard).toEqual([])
    await clock.advance(5000)
    expect(asked()).toHaveLength(2)
    pair.last.say(`{"jsonrpc":"2.0","id":${asked()[1]?.id},"result":"9007199254740993"}`)
    expect(subscriptions.isAcked({ address: account(1), ...confirmed })).toBe(true)
  })

  it('survive frames that make no sense, and ids that are texts', () => {
    const { pair, watch, heard } = setUp()
    pair.last.open()
    watch(1)
    pair.last.answer('accountSubscribe', 'abc')
    for (const frame of ['', 'null', '[]', '{', '{"method":"accountNotification"}', '{"method":"x","params":null}', 7])
      pair.last.say(frame)
    pair.last.say(new Uint8Array([1, 2, 3]))
    pair.last.say({
      method: 'accountNotification',
      params: { subscription: 'abc', result: { context: {}, value: null } },
    })
    pair.last.say(notification('abc', 3, 1))
    expect(heard).toEqual(['1@3=1'])
  })
})
