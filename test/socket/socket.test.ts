import { describe, expect, it, vi } from 'vitest'
import { createSocket, type SocketOptions, type SocketState } from '../../src/socket/socket.js'
import { createSocketPair } from '../support/socketPair.js'
import { createVirtualClock } from '../support/virtualTime.js'

const liveness = { probeAfterMs: 15_000, suspectAfterMs: 5000, deadAfterMs: 10_000 }

function setUp(options: Partial<SocketOptions> = {}) {
  const clock = createVirtualClock()
  const pair = createSocketPair()
  const base = { url: 'wss://node.example/?api-key=secret', liveness, clock, random: () => 0.5 }
  const socket = createSocket({ ...base, webSocket: pair.webSocket, ...options })
  const states: SocketState['name'][] = []
  socket.on('state', ({ state }) => states.push(state.name))
  return { clock, pair, socket, states }
}

describe('a socket', () => {
  it('opens nothing before open()', () => {
    const { pair, socket } = setUp()
    expect(pair.ends).toHaveLength(0)
    expect(socket.state).toEqual({ name: 'idle' })
  })

  it('asks for a sign of life after 15 s of silence, is suspect 5 s later and gone 10 s after the question', async () => {
    const { clock, pair, socket, states } = setUp()
    socket.open()
    pair.last.open()
    await clock.advance(14_999)
    expect(pair.last.received).toHaveLength(0)
    await clock.advance(1)
    expect(pair.last.received).toMatchObject([{ method: 'getVersion' }])
    expect(socket.state.name).toBe('open')
    await clock.advance(5000)
    expect(socket.state.name).toBe('suspect')
    await clock.advance(5000)
    expect(socket.state).toMatchObject({ name: 'waiting', attempt: 1 })
    expect(pair.last.isClosedByClient).toBe(true)
    expect(states).toEqual(['connecting', 'open', 'suspect', 'waiting'])
  })

  it('takes any frame as proof of life, even an error or nonsense', async () => {
    const { clock, pair, socket } = setUp()
    socket.open()
    pair.last.open()
    await clock.advance(21_000)
    expect(socket.state.name).toBe('suspect')
    pair.last.say('not json')
    expect(socket.state.name).toBe('open')
    await clock.advance(14_000)
    pair.last.say({ jsonrpc: '2.0', id: 0, error: { code: -32601, message: 'Method not found' } })
    await clock.advance(14_000)
    expect(socket.state.name).toBe('open')
  })

  it('asks again instead of giving up when its timer was held back by sleep, and trusts no proof from before it', async () => {
    const { clock, pair, socket } = setUp()
    socket.open()
    pair.last.open()
    await clock.advance(15_000)
    clock.sleep(3_600_000)
    await clock.advance(0)
    expect(socket.state.name).toBe('suspect')
    expect(pair.last.received).toHaveLength(2)
    pair.last.say({ jsonrpc: '2.0', id: 0, result: {} })
    expect(socket.state.name).toBe('open')
    await clock.advance(14_000)
    expect(pair.ends).toHaveLength(1)
  })

  it('gives a connection 8 s to open', async () => {
    const { clock, pair, socket } = setUp()
    socket.open()
    await clock.advance(7999)
    expect(socket.state.name).toBe('connecting')
    await clock.advance(1)
    expect(socket.state.name).toBe('waiting')
    expect(pair.last.isClosedByClient).toBe(true)
  })

  it('gives a connection as long as it is told to', async () => {
    const { clock, pair, socket } = setUp({ connectTimeoutMs: 300 })
    socket.open()
    await clock.advance(299)
    expect(socket.state.name).toBe('connecting')
    await clock.advance(1)
    expect(socket.state.name).toBe('waiting')
    expect(pair.last.isClosedByClient).toBe(true)
  })

  it('comes back quickly the first time, and ever more slowly up to the cap when nothing answers', async () => {
    const { clock, pair, socket } = setUp({ random: () => 1 })
    const waits: number[] = []
    socket.on('state', ({ state }) => {
      if (state.name === 'waiting') waits.push(state.retryAtMs - clock.now())
    })
    socket.open()
    for (let i = 0; i < 9; i++) {
      pair.last.close()
      await clock.advance(waits[i] ?? 0)
    }
    expect(waits).toEqual([1000, 1500, 2500, 4500, 8500, 16_500, 30_000, 30_000, 30_000])
  })

  it('slows down against a server that accepts and closes at once, and forgives one that held for 10 s', async () => {
    const { clock, pair, socket } = setUp({ random: () => 0 })
    socket.open()
    for (let i = 0; i < 5; i++) {
      pair.last.open()
      pair.last.close(1000)
      await clock.advance(1000)
    }
    pair.last.open()
    expect(socket.state.name).toBe('open')
    await clock.advance(10_000)
    pair.last.close(1000)
    expect(socket.state).toMatchObject({ name: 'waiting', retryAtMs: clock.now() + 100 })
  })

  it('is not moved by late events of an old connection', async () => {
    const { clock, pair, socket, states } = setUp()
    socket.open()
    const [old] = pair.ends
    old?.open()
    old?.close()
    await clock.advance(1000)
    pair.last.open()
    const before = states.length
    old?.open()
    old?.say('late')
    old?.close()
    expect(states).toHaveLength(before)
    expect(socket.state.name).toBe('open')
    expect(pair.ends).toHaveLength(2)
  })

  it('stays down for minutes on a code that says so, unless it is asked to reconnect', async () => {
    const { clock, pair, socket } = setUp()
    socket.open()
    pair.last.open()
    pair.last.close(4501)
    await clock.advance(290_000)
    expect(socket.state.name).toBe('failed')
    expect(pair.ends).toHaveLength(1)
    socket.reconnect()
    expect(socket.state.name).toBe('connecting')
  })

  it('leaves no timer behind when it is closed', async () => {
    const { clock, pair, socket } = setUp()
    socket.open()
    pair.last.open()
    await clock.advance(16_000)
    socket.close()
    expect(socket.state.name).toBe('idle')
    expect(clock.timers).toBe(0)
  })

  it('says what is missing where there is no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined)
    const { socket } = setUp({ webSocket: undefined })
    socket.open()
    vi.unstubAllGlobals()
    expect(socket.state).toMatchObject({ name: 'failed', error: { code: 'socket/unavailable' } })
  })

  it('keeps keys out of what it says', () => {
    const { pair, socket } = setUp()
    socket.open()
    pair.last.close()
    expect(JSON.stringify(socket.state)).not.toContain('secret')
    expect(socket.state).toMatchObject({ error: { message: expect.stringContaining('node.example') } })
  })
})
