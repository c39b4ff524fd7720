import { describe, expect, it } from 'vitest'
import { type Address, addressOfBytes } from '../../src/base/address.js'
import { createAccountReader } from '../../src/rpc/accountReader.js'
import { createBudget } from '../../src/rpc/budget.js'
import { accountsAt, type StubReply, stubNode } from '../support/stubNode.js'
import { createVirtualClock } from '../support/virtualTime.js'
import { nodeAt, poolOf } from './pools.js'

const confirmed = { commitment: 'confirmed' } as const
const addresses = (count: number): Address[] =>
  Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(32).fill(5)
    new DataView(bytes.buffer).setUint32(0, i)
    return addressOfBytes(bytes)
  })
const failureOf = (task: Promise<unknown>): Promise<Error & { retryable?: boolean }> =>
  task.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
const says = (code: number, message: string): StubReply => ({ error: { code, message } })

describe('a limit or a failure inside HTTP 200', () => {
  it.each([
    [429, 'Too many requests'],
    [-32429, 'rate limited'],
    [-32007, '15/second request limit reached'],
    [-32005, 'Too many requests, try again later'],
    [-32000, 'Your app has exceeded its requests per second'],
  ])('is told as HTTP 429 is, and the other node is asked: %i', async (code, message) => {
    const first = await stubNode(() => says(code, message))
    const second = await stubNode(() => ({ result: 7 }))
    const pool = poolOf({ endpoints: [{ http: first.url, weight: 2 }, { http: second.url }] })
    await expect(pool.call('getSlot', [])).resolves.toBe(7)
    expect([first.calls.length, pool.health()[0]?.state]).toEqual([1, 'resting'])
    const alone = nodeAt(first.url, { random: () => 0 })
    const startedAt = Date.now()
    expect(await failureOf(alone.call('getSlot', []))).toMatchObject({ code: 'rpc/rate-limited' })
    // Waited for once, as for a 429 without a time, and not hammered.
    expect(first.calls).toHaveLength(3)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(250)
  })

  it.each([
    [-32603, 'Internal error'],
    [-32052, 'API key is not allowed to access blockchain'],
    [-32005, 'Node is behind by 120 slots'],
    [503, 'Service unavailable'],
    [401, 'Unauthorized'],
    [403, 'Access forbidden'],
  ])('counts against the node, and the other one is asked: %i', async (code, message) => {
    const first = await stubNode(() => says(code, message))
    const second = await stubNode(() => ({ result: 7 }))
    const pool = poolOf({ endpoints: [{ http: first.url, weight: 2 }, { http: second.url }] })
    await expect(pool.call('getSlot', [])).resolves.toBe(7)
    expect(pool.health()[0]).toMatchObject({ failures: 1 })
    expect((await failureOf(nodeAt(first.url).call('getSlot', []))).message).toContain(message)
  })

  it.each([
    [-32601, 'Method not found'],
    [-32004, 'Block not available for slot 5'],
    [-32011, 'Transaction history is not available from this node'],
    [-32019, 'Failed to query long-term storage'],
  ])('has the other node asked without being held against this one: %i', async (code, message) => {
    const first = await stubNode(() => says(code, message))
    const second = await stubNode(() => ({ result: 7 }))
    const pool = poolOf({ endpoints: [{ http: first.url, weight: 2 }, { http: second.url }] })
    await expect(pool.call('getBlock', [])).resolves.toBe(7)
    expect(pool.health()[0]).toMatchObject({ failures: 0, state: 'ok' })
  })

  it.each([
    [-32015, 'Transaction version (1) is not supported by the requesting client'],
    [-32020, 'Filter transaction not found'],
    [-32602, 'Invalid param'],
    [-32007, 'Slot 9 was skipped, or missing due to ledger jump to recent snapshot'],
  ])('is said at once and asked nowhere else where it is about the request: %i', async (code, message) => {
    const first = await stubNode(() => says(code, message))
    const second = await stubNode(() => ({ result: 7 }))
    const pool = poolOf({ endpoints: [{ http: first.url, weight: 2 }, { http: second.url }] })
    const error = await failureOf(pool.call('getTransaction', []))
    expect(error).toMatchObject({ code: 'rpc/refused', retryable: false, context: { rpcCode: code } })
    expect(error.message).toContain(message)
    expect(second.calls).toHaveLength(0)
  })
})

describe('what cannot succeed', () => {
  const forbidden = 'Access forbidden, contact your app developer'
  it.each<[string, StubReply]>([
    ['HTTP 403', { status: 403, body: JSON.stringify({ error: { code: 403, message: forbidden } }) }],
    ['a 403 inside HTTP 200', says(403, forbidden)],
  ])('is said once, with what to do: %s', async (_, reply) => {
    const node = await stubNode(() => reply)
    const error = await failureOf(nodeAt(node.url).call('getSlot', []))
    expect(error).toMatchObject({ code: 'rpc/http-status', retryable: false, context: { status: 403, why: forbidden } })
    expect(error.message).toMatch(/browsers.*key.*allow-list.*another RPC/)
    expect(node.calls).toHaveLength(1)
  })

  it.each([
    [401, false],
    [404, false],
    [413, false],
    [408, true],
    [500, true],
    [503, true],
  ])('HTTP %i may succeed later: %s', async (status, retryable) => {
    const node = await stubNode(() => ({ status, body: 'no' }))
    expect(await failureOf(nodeAt(node.url).call('getSlot', []))).toMatchObject({ retryable })
  })

  it('is an answer to another request than was asked, however right it looks', async () => {
    const node = await stubNode(() => ({ body: JSON.stringify({ jsonrpc: '2.0', id: 4711, result: 7 }) }))
    expect(await failureOf(nodeAt(node.url).call('getSlot', []))).toMatchObject({ code: 'rpc/malformed' })
  })

  it.each([
    ['fewer accounts', 99, 1],
    ['more accounts', 101, 1],
    ['a slot below zero', 100, -1],
    ['a slot beyond what a number holds', 100, 2 ** 60],
    ['a slot that is no whole number', 100, 1.5],
  ])('is an answer with %s', async (_, count, slot) => {
    const node = await stubNode((call) => accountsAt(slot, { ...call, params: [Array(count).fill('')] }))
    const reads = createAccountReader({ rpc: nodeAt(node.url) }).read(addresses(100), confirmed)
    expect(await failureOf(reads)).toMatchObject({ code: 'rpc/malformed' })
  })
})

describe('a node that takes five keys a request', () => {
  const keysOf = (params: readonly unknown[]) => (params[0] as readonly string[]).length
  it.each<[string, StubReply]>([
    ['-32602 with the limit', says(-32602, 'Too many inputs provided; max 5')],
    ['-32600 with the limit', says(-32600, 'Batch size limit is 5')],
    ['413 without', { status: 413, body: 'Payload Too Large' }],
    ['413 inside HTTP 200', says(413, 'Request entity too large')],
  ])('is asked for less at a time, and remembered: %s', async (_, refusal) => {
    const node = await stubNode((call) => (keysOf(call.params) > 5 ? refusal : accountsAt(9, call)))
    const reader = createAccountReader({ rpc: nodeAt(node.url) })
    const read = await reader.read(addresses(100), confirmed)
    expect(read.map(({ lamports }) => lamports)).toEqual(Array(100).fill(5n))
    const first = node.calls.length
    expect(first).toBeLessThanOrEqual(50)
    await reader.read(addresses(100), confirmed)
    expect(node.calls.slice(first).every(({ params }) => keysOf(params) <= 5)).toBe(true)
    expect(node.calls.length - first).toBeLessThanOrEqual(34)
  })

  it('is not asked where another one takes a hundred', async () => {
    const five = await stubNode((call) =>
      keysOf(call.params) > 5 ? says(-32602, 'Too many inputs provided; max 5') : accountsAt(9, call),
    )
    const many = await stubNode((call) => accountsAt(9, call))
    const pool = poolOf({ endpoints: [{ http: five.url, weight: 2 }, { http: many.url }] })
    const reader = createAccountReader({ rpc: pool })
    await reader.read(addresses(100), confirmed)
    await reader.read(addresses(100), confirmed)
    expect([five.calls.length, many.calls.length]).toEqual([1, 2])
    await reader.read(addresses(5), confirmed)
    expect(five.calls).toHaveLength(2)
    expect(pool.health()[0]).toMatchObject({ failures: 0 })
  })

  it('is given up when it refuses one account for its size', async () => {
    const node = await stubNode(() => ({ status: 413, body: 'no' }))
    const error = await failureOf(createAccountReader({ rpc: nodeAt(node.url) }).read(addresses(8), confirmed))
    expect(error).toMatchObject({ code: 'rpc/too-large', retryable: false })
    expect(node.calls.length).toBeLessThanOrEqual(15)
  })

  it("takes an app's own batch in parts", async () => {
    const node = await stubNode(({ params }) =>
      params.length > 5
        ? says(-32600, 'Batch requests are limited to 5')
        : { body: JSON.stringify((params as { id: number }[]).map(({ id }) => ({ jsonrpc: '2.0', id, result: id }))) },
    )
    const batch = Array.from({ length: 12 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'getTransaction', params: [] }))
    const answer = await nodeAt(node.url).fetch(node.url, { method: 'POST', body: JSON.stringify(batch) })
    expect(await answer.json()).toEqual(batch.map(({ id }) => ({ jsonrpc: '2.0', id, result: id })))
  })
})

describe('a pause', () => {
  function paused(headers: Record<string, string>) {
    const clock = createVirtualClock()
    let refused = 0
    let isWell = false
    const fetch = (async () => {
      if (isWell) return Response.json({ jsonrpc: '2.0', result: 7 })
      refused++
      return new Response('', { status: 429, headers })
    }) as typeof globalThis.fetch
    const pool = nodeAt('https://a.example', { clock, fetch, random: () => 0, budget: createBudget({ clock }) })
    const error = failureOf(pool.call('getSlot', []))
    const recover = () => {
      isWell = true
    }
    return { clock, pool, error, recover, refused: () => refused }
  }

  it.each([
    ['a day in seconds', { 'retry-after': '86400' }],
    ['a date by a clock that is a day ahead', { 'retry-after': new Date(Date.now() + 86_400_000).toUTCString() }],
    ['nonsense without end', { 'retry-after': '1e300' }],
  ])('is never longer than a minute: %s', async (_, headers) => {
    const { clock, pool, error } = paused(headers)
    await clock.advance(0)
    const startedAt = clock.wallMs()
    expect((pool.health()[0]?.retryAt ?? Infinity) - startedAt).toBeLessThanOrEqual(60_500)
    expect(await error).toMatchObject({ context: { retryAfterMs: 60_000 } })
  })

  it("that is a date counts from the answer's own date, not from the device's", async () => {
    const date = Date.UTC(2031, 0, 1)
    const headers = { date: new Date(date).toUTCString(), 'retry-after': new Date(date + 4000).toUTCString() }
    const { clock, pool } = paused(headers)
    await clock.advance(0)
    expect((pool.health()[0]?.retryAt ?? 0) - clock.wallMs()).toBe(4000)
  })

  it('lets a request through that a person asks for', async () => {
    const { clock, pool, recover, refused } = paused({ 'retry-after': '20' })
    await clock.advance(100)
    recover()
    const waiting = pool.call('getSlot', [])
    await clock.advance(1000)
    expect([refused(), pool.health()[0]?.state]).toEqual([1, 'resting'])
    pool.retry()
    await clock.advance(500)
    await expect(waiting).resolves.toBe(7)
  })
})

describe('a request', () => {
  it('is never answered out of a cache, the framework’s own either', async () => {
    const sent: (string | undefined)[] = []
    const fetch = (async (_: unknown, init?: RequestInit) => {
      sent.push(init?.cache)
      return Response.json({ jsonrpc: '2.0', result: 7 })
    }) as typeof globalThis.fetch
    await nodeAt('https://a.example', { fetch }).call('getSlot', [])
    expect(sent).toEqual(['no-store'])
  })

  it.each([
    ['us%er', 'pa%ss', 'us%er:pa%ss'],
    ['j%C3%BCrgen', '%E5%AF%86%E7%A0%81', 'jürgen:密码'],
    ['plain', '', 'plain:'],
  ])('carries the user and password of its address, whatever is in them: %s', async (user, password, expected) => {
    const node = await stubNode(() => ({ result: 7 }))
    const url = node.url.replace('//', `//${user}:${password}@`)
    await expect(nodeAt(url).call('getSlot', [])).resolves.toBe(7)
    const [, secret = ''] = String(node.calls[0]?.request.headers.authorization).split(' ')
    expect(Buffer.from(secret, 'base64').toString()).toBe(expected)
  })

  it('to thirty dead nodes goes to the second at once, and to each further one 250 ms later', async () => {
    const clock = createVirtualClock()
    const times: number[] = []
    const fetch = (async () => {
      times.push(clock.now())
      throw new TypeError('fetch failed')
    }) as typeof globalThis.fetch
    const endpoints = Array.from({ length: 30 }, (_, i) => ({ http: `https://node${i}.example` }))
    const pool = poolOf({ endpoints, clock, fetch, random: () => 0 })
    const error = failureOf(pool.call('getSlot', []))
    await clock.advance(20_000)
    expect(await error).toMatchObject({ code: 'rpc/unreachable' })
    const gaps = times.slice(1).map((at, i) => at - (times[i] as number))
    expect(times).toHaveLength(30)
    expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(250)
  })

  it('of an app that names no address of ours is passed on as it is', async () => {
    const seen: unknown[] = []
    const fetch = (async (input: unknown) => {
      seen.push(input)
      return new Response('page')
    }) as typeof globalThis.fetch
    const pool = nodeAt('https://a.example', { fetch })
    await pool.fetch('/api/here', { method: 'POST', body: '{"method":"getSlot"}' })
    expect(seen).toEqual(['/api/here'])
  })
})
