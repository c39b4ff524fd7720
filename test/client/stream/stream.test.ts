import { QueryClient } from '@tanstack/query-core'
import { describe, expect, it } from 'vitest'
import { type Address, addressOfBytes, SYSTEM_PROGRAM } from '../../../src/base/address.js'
import { instantOf } from '../../../src/base/clock.js'
import { laterError } from '../../../src/base/laterErrors.js'
import { balanceKeys } from '../../../src/cache/queries.js'
import { installRules } from '../../../src/cache/rules.js'
import { createStream } from '../../../src/client/stream/stream.js'
import { createCalls } from '../../../src/socket/requests.js'
import { createSocket } from '../../../src/socket/socket.js'
import { createSubscriptions } from '../../../src/socket/subscriptions.js'
import type { AccountAt } from '../../../src/token/account.js'
import { recordOf } from '../../../src/token/record.js'
import { createSocketPair, notification, slotNotification } from '../../support/socketPair.js'
import { createVirtualClock } from '../../support/virtualTime.js'

const request = (n: number) =>
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
  installRules(queryClient, 'test')
  const stream = createStream({
    socket,
    calls,
    subscriptions,
    reader,
    clock,
    random: () => 0,
    queryClient,
    cluster: 'test',
    batchDelayMs: 300,
  })
  const heard: string[] = []
  stream.on('account', ({ account, source, lagging }) =>
    heard.push(`${source}@${account.slot}${lagging ? ' lagging' : ''}`),
  )
  /** What the writer does with what was heard. */
  const cached = (n: number, slot: number) => {
    const account = { address: request(n).address, slot, lamports: 1n, program: SYSTEM_PROGRAM, data: new Uint8Array() }
    const record = recordOf(account, {
      commitment: 'confirmed',
      source: 'fetch',
      reason: 'gap-fill',
      at: instantOf(clock),
    })
    queryClient.setQueryData(balanceKeys.account('test', 'confirmed', request(n).address), record)
  }
  const slotOfNode = (slot: number) => {
    pair.last.answer('slotSubscribe', 900)
    pair.last.say(slotNotification(900, slot))
  }
  const subscribes = () => pair.last.received.filter(({ method }) => method === 'accountSubscribe')
  return { clock, pair, socket, stream, reads, heard, subscribes, slotOfNode, cached }
}

describe('the push path', () => {
  it('asks again for a read that failed after the wait that the given random numbers make', async () => {
    const { clock, pair, socket, stream, reads, slotOfNode } = setUp()
    stream.follow(request(1))
    socket.open()
    pair.last.open()
    pair.last.answer('accountSubscribe', 0)
    slotOfNode(50)
    reads[0]?.fail()
    await clock.advance(499)
    expect(reads).toHaveLength(1)
    await clock.advance(1)
    expect(reads).toHaveLength(2)
  })

  it('reads once after the acknowledgement, and is live only when that answer is in the cache', async () => {
    const { clock, pair, socket, stream, reads, heard, slotOfNode, cached } = setUp()
    stream.follow(request(1))
    socket.open()
    pair.last.open()
    expect(reads).toHaveLength(0)
    pair.last.answer('accountSubscribe', 0)
    slotOfNode(50)
    expect(reads).toHaveLength(1)
    expect(stream.isLive(request(1))).toBe(false)
    reads[0]?.answer(50)
    await clock.advance(0)
    expect(heard).toEqual(['fetch@50'])
    expect(stream.isLive(request(1))).toBe(false)
    expect(stream.isSynced).toBe(false)
    cached(1, 50)
    stream.markLive([request(1)])
    expect(stream.isLive(request(1))).toBe(true)
    expect(stream.isSynced).toBe(true)
  })

  it('asks for an answer not older than what the socket has told, and says when it got an older one', async () => {
    const { clock, pair, socket, stream, reads, heard } = setUp()
    stream.follow(request(1))
    stream.follow(request(2))
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
    for (const n of [1, 2, 3]) stream.follow(request(n))
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
    for (let n = 0; n < 130; n++) stream.follow(request(n))
    socket.open()
    pair.last.open()
    for (let id = 0; id < 99; id++) pair.last.answer('accountSubscribe', id)
    expect(reads).toHaveLength(0)
    pair.last.answer('accountSubscribe', 99)
    expect(reads).toHaveLength(100)
  })

  it('tries a failed read again, ever later, for as long as the connection holds', async () => {
    const { clock, pair, socket, stream, reads } = setUp()
    stream.follow(request(1))
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
    const { clock, pair, socket, stream, reads, slotOfNode, cached } = setUp()
    stream.follow(request(1))
    socket.open()
    pair.last.open()
    pair.last.answer('accountSubscribe', 0)
    slotOfNode(5)
    reads[0]?.answer(5)
    await clock.advance(0)
    cached(1, 5)
    stream.markLive([request(1)])
    await clock.advance(20_000)
    expect(stream.isLive(request(1))).toBe(false)
    pair.last.say(notification(0, 6, 1))
    expect(stream.isLive(request(1))).toBe(true)
    expect(reads).toHaveLength(1)
  })

  it('reads everything again on a new connection, and ignores answers that belong to the old one', async () => {
    const { clock, pair, socket, stream, reads, heard } = setUp()
    stream.follow(request(1))
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
    stream.follow(request(1))
    socket.open()
    wait('acknowledged')
    await clock.advance(100)
    pair.last.open()
    expect(ended).toHaveLength(1)
    pair.last.answer('accountSubscribe', 0)
    await clock.advance(0)
    expect(ended[1]).toBe('acknowledged')
    stream.follow(request(2))
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

  describe('after an acknowledgement', () => {
    async function acknowledged() {
      const world = setUp()
      const { clock, pair, socket, stream } = world
      stream.follow(request(1))
      socket.open()
      pair.last.open()
      pair.last.answer('accountSubscribe', 0)
      const read = async (n: number, slot: number) => {
        world.reads[n]?.answer(slot)
        await clock.advance(0)
        world.cached(1, slot)
        stream.markLive([request(1)])
      }
      return { ...world, read, isLive: () => stream.isLive(request(1)) }
    }

    it('is not live on a read that is older than its node, and reads again as of that node’s slot', async () => {
      const { clock, reads, read, isLive, slotOfNode } = await acknowledged()
      await read(0, 60)
      expect(isLive()).toBe(false)
      slotOfNode(100)
      expect(isLive()).toBe(false)
      await clock.advance(2000)
      expect(reads.map(({ minSlot }) => minSlot)).toEqual([0, 100])
      await read(1, 100)
      expect(isLive()).toBe(true)
    })

    it('is live at once when its node turns out to be no further than the read', async () => {
      const { clock, reads, read, isLive, slotOfNode } = await acknowledged()
      await read(0, 60)
      slotOfNode(60)
      expect(isLive()).toBe(true)
      await clock.advance(50_000)
      expect(reads).toHaveLength(1)
    })

    it('takes one slot from its node and no more', async () => {
      const { pair, slotOfNode } = await acknowledged()
      slotOfNode(60)
      const asked = pair.last.received.map(({ method }) => method)
      expect(asked).toEqual(['accountSubscribe', 'slotSubscribe', 'slotUnsubscribe'])
    })

    it('is not live where its node says that it would tell of slots and tells nothing, until it tells of a change', async () => {
      const { clock, pair, read, isLive } = await acknowledged()
      pair.last.answer('slotSubscribe', 900)
      await read(0, 60)
      await clock.advance(10_000)
      expect(isLive()).toBe(false)
      pair.last.say(notification(0, 70, 1))
      await clock.advance(0)
      await read(0, 70)
      expect(isLive()).toBe(true)
    })

    it.each([
      ['refuses to tell slots', -32601],
      ['has no room for another subscription', -32603],
    ])('is looked at again some slots later where its node %s', async (_, code) => {
      const { clock, pair, reads, read, isLive } = await acknowledged()
      const { id } = pair.last.received.find(({ method }) => method === 'slotSubscribe') ?? {}
      pair.last.say({ jsonrpc: '2.0', id, error: { code, message: 'no' } })
      await read(0, 60)
      expect(isLive()).toBe(true)
      await clock.advance(12_000)
      expect(reads).toHaveLength(2)
    })

    it('gives a second look that failed its own reason when it asks again', async () => {
      const { clock, pair, reads, read, stream } = await acknowledged()
      const reasons: string[] = []
      stream.on('account', ({ reason }) => reasons.push(reason))
      const { id } = pair.last.received.find(({ method }) => method === 'slotSubscribe') ?? {}
      pair.last.say({ jsonrpc: '2.0', id, error: { code: -32601, message: 'no' } })
      await read(0, 60)
      await clock.advance(12_000)
      reads[1]?.fail()
      await clock.advance(2000)
      await read(2, 60)
      expect(reasons).toEqual(['gap-fill', 'audit'])
    })
  })
})
