import { Connection, Keypair } from '@solana/web3.js'
import type { FaultAction } from 'lamplight-localnet'
import { describe, expect, it } from 'vitest'
import { addressOfBytes } from '../../src/base/address.js'
import { createAccountReader } from '../../src/rpc/accountReader.js'
import { createBudget } from '../../src/rpc/budget.js'
import type { PoolEndpoint } from '../../src/rpc/endpoints.js'
import { localnet } from '../support/localnet.js'
import { createVirtualClock } from '../support/virtualTime.js'
import { type PoolInput, poolOf } from './pools.js'

/** Two real nodes over one chain, and a pool over both. */
async function setUp(options: Partial<PoolInput> = {}) {
  const net = await localnet()
  const [first, second] = [await net.node(), await net.node()]
  const endpoints: PoolEndpoint[] = [
    { http: `${first.rpcUrl}/?api-key=secret`, ws: `${first.wsUrl}/?api-key=secret`, weight: 2 },
    { http: `${second.rpcUrl}/secret`, ws: `${second.wsUrl}/secret` },
  ]
  const pool = poolOf({ endpoints, deadlineMs: 1500, random: () => 0.5, ...options })
  const getSlot = () => pool.call('getSlot', [{ commitment: 'confirmed' }])
  return { first, second, endpoints, pool, getSlot }
}

const balanceParams = [Keypair.generate().publicKey.toBase58(), { commitment: 'confirmed' }]
/** A pool over nodes made of a function, with a clock that stands still until told. */
function scripted(answer: (host: string, method: string) => Response | Error, options: Partial<PoolInput> = {}) {
  const clock = createVirtualClock()
  const asked: string[] = []
  const fetch = async (url: unknown, init?: RequestInit) => {
    const { host } = new URL(String(url))
    const { method } = JSON.parse(String(init?.body)) as { method: string }
    asked.push(`${host} ${method}`)
    const given = answer(host, method)
    if (given instanceof Error) throw given
    return given
  }
  const endpoints = [{ http: 'https://a.example/key' }, { http: 'https://b.example/key' }]
  const pool = poolOf({
    endpoints,
    clock,
    random: () => 0.5,
    fetch: fetch as typeof globalThis.fetch,
    ...options,
  })
  const read = () => pool.call('getBalance', balanceParams)
  return { clock, asked, pool, read, reads: () => asked.filter((each) => each.endsWith('getBalance')) }
}
const balanceAt = (slot: number) => Response.json({ jsonrpc: '2.0', result: { context: { slot }, value: 5 } })
const slotAnswer = (slot: number) => Response.json({ jsonrpc: '2.0', result: slot })

describe('an endpoint pool', () => {
  it.each<[string, FaultAction]>([
    ['refuses with 429', { status: 429, retryAfter: 60 }],
    ['answers 500', { status: 500 }],
    ['answers 401', { status: 401, body: 'no such key' }],
    ['never answers', { hang: true }],
    ['cuts the connection', { drop: true }],
    ['answers nonsense', { raw: '<html>' }],
    ['is unhealthy', { error: { code: -32005, message: 'Node is behind' } }],
    ['has not reached the slot', { error: { code: -32016, message: 'Minimum context slot has not been reached' } }],
  ])('asks the next endpoint when one %s', async (_, fault) => {
    const { first, second, pool, getSlot } = await setUp()
    first.faults.add({ on: 'http', do: fault })
    await expect(getSlot()).resolves.toEqual(expect.any(Number))
    expect([first.stats().httpRequests, second.stats().httpRequests]).toEqual([1, 1])
    expect(pool.health().map(({ requests }) => requests)).toEqual([1, 1])
  })

  it('passes on what a node refuses for good, and does not ask another', async () => {
    const { first, second, getSlot } = await setUp()
    first.faults.add({ on: 'http', method: 'getSlot', times: 1, do: { error: { code: -32602, message: 'no' } } })
    await expect(getSlot()).rejects.toMatchObject({ code: 'rpc/refused' })
    expect(second.stats().httpRequests).toBe(0)
  })

  it('sends a transaction once, wherever it failed', async () => {
    const { first, second, pool } = await setUp()
    first.faults.add({ on: 'http', do: { status: 503 } })
    await expect(pool.call('sendTransaction', ['AA=='])).rejects.toMatchObject({ code: 'rpc/http-status' })
    expect([first.stats().httpRequests, second.stats().httpRequests]).toEqual([1, 0])
    await expect(pool.call('sendTransaction', ['AA=='], { idempotent: true })).rejects.toMatchObject({
      code: 'rpc/refused',
    })
    expect(second.stats().httpRequests).toBe(1)
  })

  it('moves reads and the socket when the first endpoint is killed, and says so', async () => {
    const { first, second, pool, getSlot } = await setUp()
    let changes = 0
    pool.on('changed', () => changes++)
    expect(pool.socketUrl()).toContain(new URL(first.wsUrl).host)
    await getSlot()
    await first.stop()
    for (let i = 0; i < 4; i++) await getSlot()
    expect(pool.endpoint).toBe(new URL(second.rpcUrl).host)
    pool.socketFailed(String(pool.socketUrl()))
    expect(pool.socketUrl()).toContain(new URL(second.wsUrl).host)
    expect(changes).toBeGreaterThan(0)
  })

  it('keeps the socket at a node that is behind, until the requests to the first one work again', async () => {
    let isGone = false
    const answer = (host: string) =>
      host === 'a.example' ? (isGone ? new Error('gone') : balanceAt(100)) : balanceAt(80)
    const { clock, pool, read } = scripted(answer)
    const first = String(pool.socketUrl())
    await read()
    isGone = true
    expect(pool.socketFailed(first)).toBe(true)
    const second = String(pool.socketUrl())
    expect(second).toContain('b.example')
    await read()
    pool.socketOk(second, 80)
    await clock.advance(60_000)
    expect(pool.health()[0]?.state).toBe('ok')
    expect(pool.socketUrl()).toBe(second)
    isGone = false
    await read()
    expect(pool.socketUrl()).toBe(first)
  })

  it('ranks an endpoint last that is 20 slots behind', async () => {
    const first = await localnet()
    const behind = await first.node({ behind: 20 })
    for (let i = 0; i < 30; i++) first.tick(1)
    const endpoints = [{ http: behind.rpcUrl, weight: 9 }, { http: first.rpcUrl }]
    const pool = poolOf({ endpoints })
    await pool.call('getBalance', balanceParams)
    await expect.poll(() => pool.endpoint).toBe(new URL(first.rpcUrl).host)
    expect(pool.health()[0]?.slotLag).toBeGreaterThan(8)
    behind.resetStats()
    for (let i = 0; i < 5; i++) await pool.call('getBalance', balanceParams)
    expect(behind.stats().httpRequests).toBe(0)
  })

  it('lets an account reader work on it unchanged', async () => {
    const { first, pool } = await setUp()
    first.faults.add({ on: 'http', do: { status: 500 } })
    const [account] = await createAccountReader({ rpc: pool }).read([addressOfBytes(new Uint8Array(32).fill(3))], {
      commitment: 'confirmed',
    })
    expect(account).toMatchObject({ data: null, lamports: 0n })
  })

  it('shows neither keys nor passwords', async () => {
    const { first, second } = await setUp()
    const secretly = (url: string) => url.replace('http://', 'http://user:secret@')
    const pool = poolOf({
      endpoints: [{ http: `${secretly(first.rpcUrl)}/secret?api-key=secret` }, { http: secretly(second.rpcUrl) }],
    })
    await expect(pool.call('getSlot', [])).resolves.toEqual(expect.any(Number))
    await Promise.all([first.stop(), second.stop()])
    const error: Error = await pool.call('getSlot', []).then(
      () => new Error('it did not fail'),
      (reason) => reason,
    )
    expect(error).toMatchObject({ code: 'rpc/unreachable' })
    expect(`${error.message} ${String(error.cause)} ${JSON.stringify(pool.health())} ${pool.endpoint}`).not.toMatch(
      /secret|user/,
    )
  })

  it('hides a key that a fetch puts into its own error', async () => {
    const { pool, read } = scripted(() => new Error('request to https://a.example/key failed'), {
      endpoints: [{ http: 'https://a.example/key' }],
    })
    const error: Error = await read().then(
      () => new Error('it did not fail'),
      (reason) => reason,
    )
    expect(`${error.message} ${String(error.cause)} ${JSON.stringify(pool.health())}`).not.toContain('/key')
  })

  it('tells endpoints on one host apart', () => {
    const pool = poolOf({ endpoints: [{ http: 'https://a.example/1' }, { http: 'https://a.example/2' }] })
    expect(pool.health().map(({ host }) => host)).toEqual(['a.example', 'a.example#2'])
  })

  it('lets an endpoint rest for its Retry-After, as seconds or as a date, and sends nothing inside it', async () => {
    for (const asDate of [false, true]) {
      const virtual = createVirtualClock()
      const dueAt = Math.ceil(virtual.wallMs() / 1000) * 1000 + 7000
      const retryAfter = asDate ? new Date(dueAt).toUTCString() : '7'
      let refusing = true
      const { clock, read, reads, pool } = scripted(
        () => (refusing ? new Response('', { status: 429, headers: { 'retry-after': retryAfter } }) : balanceAt(1)),
        { endpoints: [{ http: 'https://a.example' }] },
      )
      const pending = read()
      await clock.advance(6900)
      expect(reads()).toHaveLength(1)
      expect(pool.health()[0]?.state).toBe('resting')
      refusing = false
      await clock.advance(1000)
      await pending
      expect(reads()).toHaveLength(2)
    }
  })

  it('opens after three failures in a row, tries once when it may, and closes when that works', async () => {
    let isDown = true
    const { clock, pool, asked, read } = scripted((host, method) => {
      if (host === 'a.example' && isDown) return new Error('down')
      return method === 'getSlot' ? slotAnswer(1) : balanceAt(1)
    })
    const asks = () => asked.filter((each) => each.startsWith('a.')).length
    for (let i = 0; i < 5; i++) await read()
    await clock.advance(0)
    expect(pool.health()[0]).toMatchObject({ state: 'ok', failures: 1 })
    // Whoever answers leads from then on; the other is looked after now and then.
    while (pool.health()[0]?.state === 'ok' && asks() < 9) {
      await clock.advance(30_000)
      await read()
      await clock.advance(0)
    }
    expect([asks(), pool.health()[0]]).toMatchObject([3, { state: 'open', failures: 3 }])
    await read()
    expect(asks()).toBe(3)
    await clock.advance(30_000)
    expect(pool.health()[0]?.state).toBe('half-open')
    await Promise.all([read(), read()])
    await clock.advance(0)
    expect([asks(), pool.health()[0]]).toMatchObject([4, { state: 'open' }])
    isDown = false
    await clock.advance(30_000)
    await read()
    await clock.advance(0)
    expect(pool.health()[0]).toMatchObject({ state: 'ok', retryAt: null })
  })

  it('asks the only endpoint again, however often it failed', async () => {
    const { asked, read, pool } = scripted(() => new Error('down'), { endpoints: [{ http: 'https://a.example/key' }] })
    for (let i = 0; i < 5; i++) await expect(read()).rejects.toMatchObject({ code: 'rpc/unreachable' })
    expect([asked.length, pool.health()[0]]).toMatchObject([5, { state: 'ok', failures: 5 }])
  })

  it('tells how long an endpoint takes, of which each answer is a fifth', async () => {
    const clock = createVirtualClock()
    let tookMs = 80
    const fetch = async () => {
      clock.sleep(tookMs)
      return balanceAt(1)
    }
    const pool = poolOf({ endpoints: [{ http: 'https://a.example' }], clock, random: () => 0.5, fetch })
    expect(pool.health()[0]?.latencyMs).toBe(null)
    await pool.call('getBalance', balanceParams)
    expect(pool.health()[0]?.latencyMs).toBe(80)
    tookMs = 180
    await pool.call('getBalance', balanceParams)
    expect(pool.health()[0]?.latencyMs).toBe(100)
  })

  it('stays where it is while two endpoints are about as good', async () => {
    const { clock, read, reads } = scripted((_, method) => (method === 'getSlot' ? slotAnswer(1) : balanceAt(1)))
    for (let i = 0; i < 20; i++) {
      await read()
      await clock.advance(1000)
    }
    expect(new Set(reads())).toEqual(new Set(['a.example getBalance']))
  })

  it.each([2 ** 53 - 1, 900_000_000])('believes no slot that no other node comes near: %i', async (absurd) => {
    let told = absurd
    const { pool, read, clock } = scripted(() => balanceAt(told), {
      endpoints: [{ http: 'https://a.example' }, { http: 'https://b.example' }],
    })
    const socket = String(pool.socketUrl())
    told = 460_000_000
    await read()
    told = absurd
    await read()
    told = 460_000_010
    for (let i = 0; i < 4; i++) {
      await clock.advance(31_000)
      await read()
    }
    expect(pool.health().map(({ slotLag }) => slotLag)).toEqual([0, 0])
    expect(pool.socketUrl()).toBe(socket)
  })

  it('prefers an endpoint that has reached the slot that is wanted', async () => {
    const { pool, clock, asked } = scripted((host, method) =>
      method === 'getSlot' ? slotAnswer(host === 'b.example' ? 105 : 100) : balanceAt(host === 'b.example' ? 105 : 100),
    )
    await pool.call('getBalance', balanceParams)
    await clock.advance(0)
    await pool.call('getBalance', [balanceParams[0], { commitment: 'confirmed', minContextSlot: 103 }])
    expect(asked.at(-1)).toBe('b.example getBalance')
  })
})

describe("a pool's fetch", () => {
  const keys = Array.from({ length: 10 }, () => Keypair.generate().publicKey)
  const connectionOf = (url: string, fetch: typeof globalThis.fetch) =>
    new Connection(url, { fetch, disableRetryOnRateLimit: true, commitment: 'confirmed' })

  it('lets a Connection of web3.js fail over', async () => {
    const { first, second, endpoints, pool } = await setUp()
    const connection = connectionOf(String(endpoints[0]?.http), pool.fetch)
    const key = Keypair.generate().publicKey
    expect(await connection.getBalance(key)).toBe(0)
    await first.stop()
    second.resetStats()
    expect(await connection.getBalance(key)).toBe(0)
    expect(second.stats().requests.getBalance).toBe(1)
  })

  it('makes at most 20 requests of ten reads on a 429, none inside the Retry-After', async () => {
    const net = await localnet()
    net.faults.add({ on: 'http', times: 10, do: { status: 429, retryAfter: 1 } })
    const times: number[] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      times.push(Date.now())
      return globalThis.fetch(input, init)
    }
    const endpoints = [{ http: net.rpcUrl }]
    const pool = poolOf({ endpoints, fetch, budget: createBudget() })
    const connection = connectionOf(net.rpcUrl, pool.fetch)
    expect(await Promise.all(keys.map((key) => connection.getBalance(key)))).toEqual(keys.map(() => 0))
    expect(net.stats().httpRequests).toBe(20)
    const startedAt = times[0] as number
    expect(times.slice(0, 10).every((at) => at < startedAt + 1000)).toBe(true)
    expect(times.slice(10).every((at) => at >= startedAt + 1000)).toBe(true)
  })

  it('leaves requests to other places alone', async () => {
    const seen: unknown[] = []
    const fetch = (async (input: unknown) => {
      seen.push(input)
      return new Response('other')
    }) as typeof globalThis.fetch
    const pool = poolOf({ endpoints: [{ http: 'https://a.example/key' }], fetch })
    const answer = await pool.fetch('https://elsewhere.example/x', { method: 'POST', body: '{"method":"getSlot"}' })
    expect([await answer.text(), seen]).toEqual(['other', ['https://elsewhere.example/x']])
  })

  it("gives an app's own headers only to the node the app named", async () => {
    const sent: (string | null)[] = []
    const fetch = (async (url: unknown, init?: RequestInit) => {
      sent.push(`${new URL(String(url)).host} ${new Headers(init?.headers).get('authorization')}`)
      return sent.length === 1 ? new Response('', { status: 500 }) : balanceAt(1)
    }) as typeof globalThis.fetch
    const pool = poolOf({
      endpoints: [{ http: 'https://a.example' }, { http: 'https://b.example' }],
      fetch,
    })
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getBalance', params: balanceParams })
    await pool.fetch('https://a.example', { method: 'POST', headers: { authorization: 'mine' }, body })
    expect(sent.slice(0, 2)).toEqual(['a.example mine', 'b.example null'])
  })
})
