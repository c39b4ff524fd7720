import { QueryClient } from '@tanstack/query-core'
import { describe, expect, it } from 'vitest'
import { laterError } from '../../src/base/laterErrors.js'
import { createCalls } from '../../src/live/calls.js'
import { createSocket } from '../../src/live/socket.js'
import { createSubscriptions } from '../../src/live/subscriptions.js'
import { createStream } from '../../src/push/stream.js'
import type { AccountAt } from '../../src/token/account.js'
import { type Address, addressOfBytes, SYSTEM_PROGRAM } from '../../src/token/address.js'
import { createSocketPair, notification } from '../support/socketPair.js'
import { createVirtualClock } from '../support/virtualTime.js'

const wish = (n: number) =>
  ({ address: addressOfBytes(new Uint8Array(32).fill(n + 1)), commitment: 'confirmed' }) as const
const liveness = { probeAfterMs: 15_000, suspectAfterMs: 5000, deadAfterMs: 10_000 }

/** A stream whose node is the test; reads wait until the test answers them. */
function setUp() {
  const clock = createVirtualClock()
  const pair = createSocketPair()
  const socket = createSocket({ url: 'ws://node.example', webSocket: pair.webSocket, liveness, clock, random: () => 0 })
  const calls = createCalls(socket, { clock })
  const subscriptions = createSubscriptions(socket, calls, { clock })
  const reads: { address: Address; minSlot: number; answer(slot: number): void; fail(): void }[] = []
  const reader = {
    read: (addresses: readonly Address[], { minSlot = 0 }: { minSlot?: number }) =>
      new Promise<AccountAt[]>((resolve, reject) => {
        const [address] = addresses as [Address]
        reads.push({
          address,
          minSlot,
          answer: (slot) => resolve([{ address, slot, lamports: 1n, program: SYSTEM_PROGRAM, data: new Uint8Array() }]),
          fail: () => reject(laterError('rpc/unreachable', { endpoint: 'node.example' })),
        })
      }),
    list: () => Promise.reject(new Error('this node has no lists')),
  }
  const queryClient = new QueryClient()
  const stream = createStream({ socket, subscriptions, reader, clock, queryClient, cluster: 'test', gatherMs: 300 })
  const heard: string[] = []
  stream.on('account', ({ account, source, lagging }) =>
    heard.push(`${source}@${account.slot}${lagging ? ' lagging' : ''}`),
  )
  const subscribes = () => pair.last.received.filter(({ method }) => method === 'accountSubscribe')
  return { clock, pair, socket, stream, reads, heard, subscribes }
}

describe('the push path', () => {
  it('reads once after the acknowledgement, and is live only when that answer is in the cache', async () => {
    const { clock, pair, socket, stream, reads, heard } = setUp()
    stream.follow(wish(1))
    socket.open()
    pair.last.open()
    expect(reads).toHaveLength(0)
    pair.last.answer('accountSubscribe', 0)
    expect(reads).toHaveLength(1)
    expect(stream.isLive(wish(1))).toBe(false)
    reads[0]?.answer(50)
    await clock.advance(0)
    expect(heard).toEqual(['fetch@50'])
    expect(stream.isLive(wish(1))).toBe(false)
    expect(stream.isSynced).toBe(false)
    stream.vouch([wish(1)])
    expect(stream.isLive(wish(1))).toBe(true)
    expect(stream.isSynced).toBe(true)
  })

  it('asks for an answer not older than what the socket has told, and says when it got an older one', async () => {
    const { clock, pair, socket, stream, reads, heard } = setUp()
    stream.follow(wish(1))
    stream.follow(wish(2))
    socket.open()
    pair.last.open()
    const [first] = pair.last.received
    pair.last.say({ jsonrpc: '2.0', id: first?.id, result: 7 })
    pair.last.say(notification(7, 90, 5))
    pair.last.answer('accountSubscribe', 8)
    expect(reads.map(({ minSlot }) => minSlot)).toEqual([90, 90])
    reads[0]?.answer(91)
    reads[1]?.answer(80)
    await clock.advance(0)
    expect(heard).toEqual(['stream@90', 'fetch@91', 'fetch@80 lagging'])
  })

  it('reads what was acknowledged together, and waits for stragglers no longer than its patience', async () => {
    const { clock, pair, socket, stream, reads } = setUp()
    for (const n of [1, 2, 3]) stream.follow(wish(n))
    socket.open()
    pair.last.open()
    pair.last.answer('accountSubscribe', 1)
    pair.last.answer('accountSubscribe', 2)
    await clock.advance(299)
    expect(reads).toHaveLength(0)
    await clock.advance(1)
    expect(reads).toHaveLength(2)
    pair.last.answer('accountSubscribe', 3)
    expect(reads).toHaveLength(3)
  })

  it('reads a hundred as soon as a hundred are acknowledged, whatever else is expected', async () => {
    const { pair, socket, stream, reads } = setUp()
    for (let n = 0; n < 130; n++) stream.follow(wish(n))
    socket.open()
    pair.last.open()
    for (let id = 0; id < 99; id++) pair.last.answer('accountSubscribe', id)
    expect(reads).toHaveLength(0)
    pair.last.answer('accountSubscribe', 99)
    expect(reads).toHaveLength(100)
  })

  it('tries a failed read again, ever later, for as long as the connection holds', async () => {
    const { clock, pair, socket, stream, reads } = setUp()
    stream.follow(wish(1))
    socket.open()
    pair.last.open()
    pair.last.answer('accountSubscribe', 0)
    reads[0]?.fail()
    await clock.advance(0)
    expect(stream.isSynced).toBe(false)
    await clock.advance(2000)
    expect(reads).toHaveLength(2)
    reads[1]?.fail()
    pair.last.close()
    await clock.advance(60_000)
    expect(reads).toHaveLength(2)
  })

  it('is not live while the connection is suspect, and is again without a read when it was only slow', async () => {
    const { clock, pair, socket, stream, reads } = setUp()
    stream.follow(wish(1))
    socket.open()
    pair.last.open()
    pair.last.answer('accountSubscribe', 0)
    reads[0]?.answer(5)
    await clock.advance(0)
    stream.vouch([wish(1)])
    await clock.advance(20_000)
    expect(stream.isLive(wish(1))).toBe(false)
    pair.last.say(notification(0, 6, 1))
    expect(stream.isLive(wish(1))).toBe(true)
    expect(reads).toHaveLength(1)
  })

  it('reads everything again on a new connection, and ignores answers that belong to the old one', async () => {
    const { clock, pair, socket, stream, reads, heard } = setUp()
    stream.follow(wish(1))
    socket.open()
    pair.last.open()
    pair.last.answer('accountSubscribe', 0)
    pair.last.close()
    await clock.advance(1000)
    pair.last.open()
    reads[0]?.answer(5)
    await clock.advance(0)
    expect(heard).toEqual([])
    pair.last.answer('accountSubscribe', 0)
    expect(reads).toHaveLength(2)
    reads[1]?.answer(9)
    await clock.advance(0)
    expect(heard).toEqual(['fetch@9'])
  })

  it('holds a first read back until the acknowledgements, for its patience at most', async () => {
    const { clock, pair, socket, stream } = setUp()
    const ended: string[] = []
    const wait = (name: string) => void stream.settled(300).then(() => ended.push(name))
    wait('nothing wanted')
    await clock.advance(0)
    expect(ended).toEqual(['nothing wanted'])
    stream.follow(wish(1))
    socket.open()
    wait('acknowledged')
    await clock.advance(100)
    pair.last.open()
    expect(ended).toHaveLength(1)
    pair.last.answer('accountSubscribe', 0)
    await clock.advance(0)
    expect(ended[1]).toBe('acknowledged')
    stream.follow(wish(2))
    wait('late')
    await clock.advance(299)
    expect(ended).toHaveLength(2)
    await clock.advance(1)
    expect(ended[2]).toBe('late')
    pair.last.close()
    wait('no connection')
    await clock.advance(0)
    expect(ended[3]).toBe('no connection')
  })
})
