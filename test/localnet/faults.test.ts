import { Keypair } from '@solana/web3.js'
import { createFaults, type Localnet, startLocalnet } from 'lamplight-localnet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { ask, call, openSocket, pause, post, until, within } from './wire.js'

let localnet: Localnet
const key = Keypair.generate().publicKey.toBase58()
const wanted = { encoding: 'base64', commitment: 'processed' }

beforeEach(async () => {
  localnet = await startLocalnet({ slotMs: 0, engine: 'memory' })
})
afterEach(() => localnet.stop())

/** A socket that follows one account, whose lamports count the changes. */
async function follow() {
  const socket = await openSocket(localnet.wsUrl)
  await socket.subscribe('accountSubscribe', key, wanted)
  return socket
}
function change(times = 1): void {
  for (let i = 0; i < times; i++) {
    localnet.fund(key, 1)
    localnet.tick()
  }
}
const lamportsOf = (socket: Awaited<ReturnType<typeof follow>>) =>
  socket.notices.map(({ params }) => params.result.value.lamports)

describe('faults of requests', () => {
  it('answer with a status, a Retry-After and a body', async () => {
    localnet.faults.add({ on: 'http', method: 'getSlot', do: { status: 429, retryAfter: 3 } })
    const refused = await post(localnet.rpcUrl, { jsonrpc: '2.0', id: 4, method: 'getSlot' })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3'])
    expect(await refused.json()).toMatchObject({ id: 4, error: { code: 429 } })
    expect(await call(localnet.rpcUrl, 'getBlockHeight')).toBeGreaterThan(0)
  })

  it('answer with an error, or with any text', async () => {
    localnet.faults.add({
      on: 'http',
      method: 'getSlot',
      times: 1,
      do: { error: { code: -32005, message: 'behind', data: { numSlotsBehind: 9 } } },
    })
    localnet.faults.add({ on: 'http', method: 'getSlot', do: { raw: '<html>' } })
    expect(await ask(localnet.rpcUrl, 'getSlot')).toMatchObject({
      error: { code: -32005, data: { numSlotsBehind: 9 } },
    })
    expect(await (await post(localnet.rpcUrl, { jsonrpc: '2.0', id: 1, method: 'getSlot' })).text()).toBe('<html>')
  })

  it('cut the connection, or the answer', async () => {
    const remove = localnet.faults.add({ on: 'http', do: { drop: true } })
    await expect(ask(localnet.rpcUrl, 'getSlot')).rejects.toThrow('fetch failed')
    remove()
    localnet.faults.add({ on: 'http', do: { corrupt: true } })
    await expect(ask(localnet.rpcUrl, 'getSlot')).rejects.toThrow(SyntaxError)
  })

  it('never answer', async () => {
    localnet.faults.add({ on: 'http', do: { hang: true } })
    const request = fetch(localnet.rpcUrl, { method: 'POST', body: '{}', signal: AbortSignal.timeout(60) })
    await expect(request).rejects.toThrow('timeout')
  })

  it('answer late, within the jitter', async () => {
    localnet.faults.add({ on: 'http', do: { delayMs: 60, jitterMs: 20 } })
    const start = performance.now()
    expect(await call(localnet.rpcUrl, 'getSlot')).toBeGreaterThan(0)
    expect(performance.now() - start).toBeGreaterThan(55)
  })

  it('can end all sockets', async () => {
    const socket = await openSocket(localnet.wsUrl)
    localnet.faults.add({ on: 'http', do: { dropAll: 1_012 } })
    expect(await call(localnet.rpcUrl, 'getSlot')).toBeGreaterThan(0)
    expect(await within(socket.closed, 'the close')).toBe(1_012)
  })

  it('strike a batch by its own name and by those in it', async () => {
    localnet.faults.add({ on: 'http', method: 'batch', times: 1, do: { status: 413 } })
    localnet.faults.add({ on: 'http', method: 'getSlot', do: { status: 400 } })
    const batch = [{ jsonrpc: '2.0', id: 1, method: 'getSlot' }]
    expect([(await post(localnet.rpcUrl, batch)).status, (await post(localnet.rpcUrl, batch)).status]).toEqual([
      413, 400,
    ])
  })
})

describe('faults of a socket that opens', () => {
  const outcome = (url: string) =>
    within(
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url)
        socket.on('unexpected-response', (_, response) => resolve(`status ${response.statusCode}`))
        socket.on('error', ({ message }) => resolve(message))
        socket.on('close', (code) => resolve(`closed ${code}`))
      }),
      'an outcome',
    )

  it('refuse it with a status, cut it, or close it at once with a code', async () => {
    localnet.faults.add({ on: 'wsOpen', times: 1, do: { status: 429 } })
    localnet.faults.add({ on: 'wsOpen', times: 1, do: { drop: true } })
    localnet.faults.add({ on: 'wsOpen', times: 1, do: { close: 4_003 } })
    expect(await outcome(localnet.wsUrl)).toBe('status 429')
    expect(await outcome(localnet.wsUrl)).toBe('socket hang up')
    expect(await outcome(localnet.wsUrl)).toBe('closed 4003')
    expect(localnet.stats().socketsOpened).toBe(1)
  })

  it('never let it open, or late', async () => {
    localnet.faults.add({ on: 'wsOpen', times: 1, do: { hang: true } })
    localnet.faults.add({ on: 'wsOpen', times: 1, do: { delayMs: 60 } })
    const hanging = new WebSocket(localnet.wsUrl)
    await pause(50)
    expect(hanging.readyState).toBe(WebSocket.CONNECTING)
    hanging.on('error', () => {}).terminate()
    const start = performance.now()
    const socket = await openSocket(localnet.wsUrl)
    expect(performance.now() - start).toBeGreaterThan(55)
    socket.raw.terminate()
  })
})

describe('faults of calls over a socket', () => {
  it('refuse a subscription, answer nonsense, or never', async () => {
    const socket = await openSocket(localnet.wsUrl)
    localnet.faults.add({
      on: 'wsCall',
      method: 'accountSubscribe',
      times: 1,
      do: { error: { code: -32603, message: 'limit' } },
    })
    localnet.faults.add({ on: 'wsCall', method: 'rootSubscribe', do: { raw: 'nonsense' } })
    localnet.faults.add({ on: 'wsCall', method: 'slot*', do: { hang: true } })
    expect(await socket.ask('accountSubscribe', key, wanted)).toMatchObject({ error: { code: -32603 } })
    expect(await socket.subscribe('accountSubscribe', key, wanted)).toBe(0)
    socket.raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rootSubscribe' }))
    socket.raw.send(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'slotSubscribe' }))
    await socket.ask('getVersion')
    expect(socket.texts).toContain('nonsense')
    expect(localnet.stats().subscriptions).toMatchObject({ slot: 0, root: 0, account: 1 })
    expect(localnet.stats().wsCalls).toEqual({ accountSubscribe: 2, rootSubscribe: 1, slotSubscribe: 1, getVersion: 1 })
    socket.raw.terminate()
  })

  it('cut the connection, and all of them', async () => {
    const [one, two] = [await openSocket(localnet.wsUrl), await openSocket(localnet.wsUrl)]
    localnet.faults.add({ on: 'wsCall', method: 'slotSubscribe', do: { drop: true } })
    localnet.faults.add({ on: 'wsCall', method: 'rootSubscribe', do: { dropAll: true } })
    one.ask('slotSubscribe').catch(() => {})
    expect(await within(one.closed, 'the cut')).toBe(1006)
    const three = await openSocket(localnet.wsUrl)
    three.ask('rootSubscribe').catch(() => {})
    expect(await Promise.all([within(two.closed, 'two'), within(three.closed, 'three')])).toEqual([1006, 1006])
  })

  it('make the connection half-open: it stays, and nothing comes any more', async () => {
    const socket = await follow()
    localnet.faults.add({ on: 'wsCall', method: 'getVersion', times: 1, do: { halfOpen: true } })
    socket.raw.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getVersion' }))
    await until(() => localnet.faults.log.length === 1, 'the fault')
    change(3)
    await pause(50)
    expect([socket.raw.readyState, socket.notices.length, localnet.stats().sockets]).toEqual([WebSocket.OPEN, 0, 1])
    const other = await follow()
    change()
    await other.received(1)
    other.raw.terminate()
    socket.raw.terminate()
  })
})

describe('faults of notifications', () => {
  it('lose, repeat and delay them', async () => {
    const socket = await follow()
    localnet.faults.add({ on: 'notification', method: 'accountNotification', skip: 1, times: 1, do: { lose: true } })
    localnet.faults.add({ on: 'notification', skip: 1, times: 1, do: { duplicate: true } })
    localnet.faults.add({ on: 'notification', skip: 1, times: 1, do: { delayMs: 80 } })
    change(6)
    await socket.received(6)
    expect(lamportsOf(socket)).toEqual([1, 3, 3, 5, 6, 4])
    socket.raw.terminate()
  })

  it('change their order, the same way for the same seed', async () => {
    const orders: number[][] = []
    for (const seed of [7, 7, 8]) {
      const seeded = await startLocalnet({ slotMs: 0, engine: 'memory', seed })
      seeded.faults.add({ on: 'notification', do: { reorder: 6 } })
      const socket = await openSocket(seeded.wsUrl)
      await socket.subscribe('accountSubscribe', key, wanted)
      for (let i = 0; i < 6; i++) {
        seeded.fund(key, 1)
        seeded.tick()
      }
      await socket.received(6)
      orders.push(lamportsOf(socket))
      socket.raw.terminate()
      await seeded.stop()
    }
    expect(orders[0]).toEqual(orders[1])
    expect(orders[0]).not.toEqual(orders[2])
    expect([...(orders[0] ?? [])].sort()).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('cut the end of the text off, or the connection', async () => {
    const socket = await follow()
    localnet.faults.add({ on: 'notification', times: 1, do: { corrupt: true } })
    change()
    await until(() => socket.texts.length === 2, 'the broken text')
    expect(() => JSON.parse(socket.texts[1] ?? '')).toThrow(SyntaxError)
    localnet.faults.add({ on: 'notification', do: { close: 1_013 } })
    change()
    expect(await within(socket.closed, 'the close')).toBe(1_013)
  })
})

describe('sockets', () => {
  it('that are paused stay open and silent, and get what they missed when they go on', async () => {
    const socket = await follow()
    change()
    await socket.received(1)
    localnet.pauseSockets()
    change(2)
    const late = socket.ask('getVersion')
    await pause(50)
    expect([socket.raw.readyState, socket.notices.length]).toEqual([WebSocket.OPEN, 1])
    localnet.resumeSockets()
    await socket.received(3)
    expect(await late).toMatchObject({ result: { 'feature-set': 0 } })
    expect(lamportsOf(socket)).toEqual([1, 2, 3])
    socket.raw.terminate()
  })

  it('that are dropped end with the code, or without one', async () => {
    const [one, two] = [await openSocket(localnet.wsUrl), await openSocket(localnet.wsUrl)]
    localnet.dropSockets(1_001)
    expect(await Promise.all([within(one.closed, 'one'), within(two.closed, 'two')])).toEqual([1_001, 1_001])
    const three = await openSocket(localnet.wsUrl)
    localnet.dropSockets()
    expect(await within(three.closed, 'three')).toBe(1006)
  })
})

describe('rules', () => {
  it('strike by chance as often as they say, the same way for the same seed', () => {
    const draw = (seed: number) => {
      const faults = createFaults({ seed })
      faults.add({ on: 'http', chance: 0.25, do: { drop: true } })
      return Array.from({ length: 2_000 }, () => (faults.pick('http', 'getSlot') ? 1 : 0))
    }
    const struck = draw(3).filter(Boolean).length
    expect(struck).toBeGreaterThan(420)
    expect(struck).toBeLessThan(580)
    expect(draw(3)).toEqual(draw(3))
    expect(draw(3)).not.toEqual(draw(4))
  })

  it('let the first that fits strike, and keep a log', () => {
    const faults = createFaults()
    faults.add({ on: 'http', method: 'getM*', times: 1, do: { status: 1 } })
    faults.add({ on: 'http', do: { status: 2 } })
    expect([
      faults.pick('http', 'getMultipleAccounts')?.status,
      faults.pick('http', 'getMultipleAccounts')?.status,
    ]).toEqual([1, 2])
    expect(faults.pick('wsCall', 'getMultipleAccounts')).toBeUndefined()
    expect(faults.log.map((strike) => strike.do.status)).toEqual([1, 2])
    faults.clear()
    expect(faults.pick('http', 'getSlot')).toBeUndefined()
  })

  it.each([
    [{ on: 'http' }, 'rule.do'],
    [{ on: 'http', do: { status: 'bad' } }, 'rule.do.status: "bad" is not allowed. Expected a number'],
    [{ on: 'http', do: { lose: true } }, 'rule.do for http: "lose" is not allowed'],
    [{ on: 'http', do: {}, chance: 2 }, 'rule.chance: 2 is not allowed. Expected a number from 0 to 1'],
    [{ on: 'http', do: {}, times: 0 }, 'rule.times: 0'],
    [{ on: 'http', do: {}, method: '/(/' }, 'rule.method'],
    [{ on: 'http', do: {}, when: 1 }, 'rule: "when" is not allowed'],
  ])('are refused when they make no sense: %j', (rule, text) => {
    expect(() => createFaults().add(rule as never)).toThrow(text)
  })
})
