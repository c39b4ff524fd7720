import { QueryClient } from '@tanstack/query-core'
import { type Address, createBalanceClient } from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSocketPair, slotNotification } from '../../support/socketPair.js'
import { createVirtualClock } from '../../support/virtualTime.js'
import { request } from './pushNode.js'

const HOUR_MS = 3_600_000
/** The node's id for its slots. */
const SLOTS = 5_000_000
const owner: Address = request(0).address

/** A client of one node, both on a clock that only the test moves. */
async function setUp({ url }: { readonly url?: false } = {}) {
  const clock = createVirtualClock()
  const node = { isMute: false, retryAfter: undefined as string | undefined, reads: 0 }
  const pair = createSocketPair(({ id, method }, end) => {
    if (node.isMute) return
    const result = method === 'slotSubscribe' ? SLOTS : method.endsWith('Subscribe') ? id + 100 : 'ok'
    end.say({ jsonrpc: '2.0', id, result })
    if (method === 'slotSubscribe') end.say(slotNotification(SLOTS, 100))
  })
  async function fetch(_: unknown, init?: RequestInit) {
    const { id, method, params } = JSON.parse(String(init?.body))
    node.reads++
    if (node.retryAfter !== undefined)
      return new Response('', { status: 429, headers: { 'retry-after': node.retryAfter } })
    if (node.isMute) throw new TypeError('failed to fetch')
    const program = '11111111111111111111111111111111'
    const account = { lamports: 5, data: ['', 'base64'], owner: program, executable: false, space: 0 }
    const value = method === 'getMultipleAccounts' ? params[0].map(() => account) : account
    return Response.json({ jsonrpc: '2.0', id, result: { context: { slot: 100 }, value } })
  }
  const client = createBalanceClient({
    ...{ queryClient: new QueryClient(), rpcUrl: 'https://node.example', cluster: 'test', clock, random: () => 0.5 },
    ...{ url, webSocket: pair.webSocket, fetch: fetch as typeof globalThis.fetch, auditMs: 0, shareAcrossTabs: false },
  })
  /** Lets time pass in steps, and what is loaded or parsed meanwhile come. */
  async function pass(ms: number) {
    for (let left = ms; left >= 0; left -= 100) {
      await clock.advance(Math.min(100, left))
      await new Promise<void>((resume) => setImmediate(resume))
    }
  }
  /** What an answer needs of time, and of code that is loaded for it. */
  async function answered<T>(answer: Promise<T>): Promise<T> {
    let isOver = false
    const over = () => {
      isOver = true
    }
    answer.then(over, over)
    while (!isOver) {
      await pass(50)
      await new Promise((resume) => setTimeout(resume, 1))
    }
    return answer
  }
  onTestFinished(client.open())
  const { commitment } = client
  if (url !== false) onTestFinished(client.followAccount({ address: owner, commitment }))
  // The code of both ways is loaded when it is first needed.
  await Promise.all([import('../../../src/client/tabs/sharing.js'), import('../../../src/client/reads/reading.js')])
  await pass(100)
  for (const end of pair.ends) end.open()
  await pass(2000)
  const freshness = () => client.freshness({ address: owner, commitment }, 5000)
  return { clock, node, pair, client, pass, answered, freshness, state: () => client.status.getState().state }
}

describe.each([
  ['back', -HOUR_MS],
  ['forwards', HOUR_MS],
])('a date that is set %s by an hour', (_, byMs) => {
  it('leaves live what is, and finds silence within 20 s', async () => {
    const { clock, node, pass, freshness, state } = await setUp()
    expect([freshness(), state()]).toEqual(['live', 'live'])
    clock.setDate(byMs)
    // Forwards it might have been a sleep: the node is asked.
    if (byMs < 0) expect(freshness()).toBe('live')
    await pass(3000)
    expect([freshness(), state()]).toEqual(['live', 'live'])
    node.isMute = true
    await pass(20_500)
    expect(freshness()).not.toBe('live')
    expect(state()).not.toBe('live')
  })

  it('has no polled value called current for longer than its intervals', async () => {
    const { clock, node, pass, answered, freshness, client } = await setUp({ url: false })
    await answered(client.fetchFresh({ owner }, { maxAgeMs: 1000 }))
    expect(freshness()).toBe('polling')
    clock.setDate(byMs)
    if (byMs < 0) expect(freshness()).toBe('polling')
    node.isMute = true
    await pass(16_000)
    expect(freshness()).toBe('stale')
  })

  it('has a fresh value read that is older than was asked for', async () => {
    const { clock, node, pass, answered, client } = await setUp({ url: false })
    const fresh = () => answered(client.fetchFresh({ owner }, { maxAgeMs: 2000 }))
    await fresh()
    clock.setDate(byMs)
    await pass(3000)
    const { reads } = node
    await fresh()
    expect(node.reads).toBeGreaterThan(reads)
    if (byMs > 0) return
    await fresh()
    expect(node.reads).toBe(reads + 1)
  })

  it('neither lengthens nor shortens the pause that a node asked for', async () => {
    const { clock, node, pass, answered, client } = await setUp({ url: false })
    node.retryAfter = '5'
    const answer = client.request('getSlot', [])
    while (node.reads === 0) await pass(100)
    await pass(300)
    clock.setDate(byMs)
    node.retryAfter = undefined
    await pass(4000)
    expect(node.reads).toBe(1)
    await pass(2000)
    expect(node.reads).toBe(2)
    await answered(answer)
  })

  it('has a lost connection tried again when it is due, and at once when somebody asks', async () => {
    const { clock, pair, pass, client, state } = await setUp()
    pair.last.close()
    expect(state()).toBe('waiting')
    clock.setDate(byMs)
    await pass(1100)
    expect(pair.ends).toHaveLength(2)
    pair.last.close()
    expect(state()).toBe('waiting')
    clock.setDate(-byMs)
    client.reconnect()
    await pass(1000)
    expect([pair.ends.length, state()]).toEqual([3, 'connecting'])
  })
})

describe('an hour of sleep in which the steady clock stands still', () => {
  it('has nothing live on what was heard before it', async () => {
    const { clock, node, pass, freshness } = await setUp()
    expect(freshness()).toBe('live')
    node.isMute = true
    clock.setDate(HOUR_MS)
    await pass(1100)
    expect(freshness()).not.toBe('live')
  })

  it('has it live again as soon as the node answers', async () => {
    const { clock, pass, freshness, pair } = await setUp()
    clock.setDate(HOUR_MS)
    await pass(3000)
    expect([freshness(), pair.ends.length]).toEqual(['live', 1])
  })
})
