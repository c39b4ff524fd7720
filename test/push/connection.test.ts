import { QueryClient } from '@tanstack/query-core'
import { describe, expect, it } from 'vitest'
import { balanceKeys, installRules } from '../../src/cache/queries.js'
import { type ConnectionSettings, createConnection } from '../../src/push/connection.js'
import { type Address, addressOfBytes, SYSTEM_PROGRAM } from '../../src/token/address.js'
import type { AccountRecord } from '../../src/token/balance.js'
import { createPageDouble } from '../support/pageDouble.js'
import { createSocketPair, type FarEnd, notification, type Received } from '../support/socketPair.js'
import { createVirtualClock } from '../support/virtualTime.js'

const wish = (n: number) => {
  const bytes = new Uint8Array(32).fill(7)
  new DataView(bytes.buffer).setUint32(0, n)
  return { address: addressOfBytes(bytes), commitment: 'confirmed' } as const
}
const liveness = { probeAfterMs: 15_000, suspectAfterMs: 5000, deadAfterMs: 10_000 }

/** A connection to a node that answers at once; its chain is what the test says. */
function setUp(settings: Partial<ConnectionSettings> = {}) {
  const clock = createVirtualClock()
  const page = createPageDouble()
  const chain = { slot: 100, lamports: new Map<string, bigint>(), isMute: false, reads: [] as (readonly Address[])[] }
  let lastId = -1
  let asking = 0
  let mostAsking = 0
  const ids = new Map<string, { readonly id: number; readonly end: FarEnd }>()
  const pair = createSocketPair(({ id, method, params }: Received, end) => {
    if (chain.isMute) return
    if (method !== 'accountSubscribe') return end.say({ jsonrpc: '2.0', id, result: true })
    mostAsking = Math.max(mostAsking, ++asking)
    clock.schedule(() => {
      asking--
      ids.set(String(params[0]), { id: ++lastId, end })
      end.say({ jsonrpc: '2.0', id, result: lastId })
    }, 20)
  })
  const reader = {
    async read(addresses: readonly Address[]) {
      chain.reads.push(addresses)
      const lamportsOf = (address: Address) => chain.lamports.get(address) ?? 1n
      const { slot } = chain
      return addresses.map((address) => ({
        address,
        slot,
        lamports: lamportsOf(address),
        program: SYSTEM_PROGRAM,
        data: new Uint8Array(),
      }))
    },
  }
  const queryClient = new QueryClient()
  installRules(queryClient, 'test')
  const told: string[] = []
  const connection = createConnection(
    { webSocket: pair.webSocket, liveness, random: () => 0.5, queue: {}, page: page.wake, ...settings },
    {
      url: 'wss://node.example',
      reader,
      queryClient,
      cluster: 'test',
      clock,
      gatherMs: 300,
      tell: (event) => told.push(event),
    },
  )
  const push = (n: number, slot: number, lamports: number) => {
    const { id, end } = ids.get(wish(n).address) ?? {}
    end?.say(notification(id ?? -1, slot, lamports))
  }
  const held = (n: number) =>
    queryClient.getQueryData<AccountRecord>(balanceKeys.account('test', 'confirmed', wish(n).address))
  const calls = (method: string) =>
    pair.ends.reduce((sum, { received }) => sum + received.filter((each) => each.method === method).length, 0)
  const openSockets = () => pair.ends.filter(({ isClosedByClient }) => !isClosedByClient).length
  const start = async (count: number) => {
    const stops = [connection.open(), ...Array.from({ length: count }, (_, n) => connection.stream.follow(wish(n)))]
    await clock.advance(0)
    for (const end of pair.ends) end.open()
    await clock.advance(1000)
    return stops
  }
  const counts = { mostAsking: () => mostAsking }
  return { clock, page, chain, pair, connection, queryClient, push, held, calls, openSockets, start, counts, told }
}

describe('the connection', () => {
  it('fault 24: opens one socket for a hundred mounts and unmounts in a frame, and keeps none after the linger', async () => {
    const { clock, pair, connection, openSockets } = setUp()
    for (let i = 0; i < 100; i++) {
      const stops = [connection.open(), connection.stream.follow(wish(i % 3))]
      if (i < 99) for (const stop of stops) stop()
    }
    await clock.advance(0)
    expect(pair.ends).toHaveLength(1)
    pair.last.open()
    await clock.advance(100)
    expect(connection.state.name).toBe('open')
    // Held by the last mount still; a mount that goes while its socket connects leaves nothing.
    const other = setUp()
    const stops = [other.connection.open(), other.connection.stream.follow(wish(0))]
    await other.clock.advance(0)
    for (const stop of stops) stop()
    await other.clock.advance(13_000)
    expect(other.openSockets()).toBe(0)
    expect(other.clock.timers).toBe(0)
    expect(openSockets()).toBe(1)
  })

  it('fault 25: subscribes once for a thousand followers of one account, and keeps it when 999 leave', async () => {
    const { clock, connection, calls, start } = setUp()
    await start(1)
    const stops = Array.from({ length: 1000 }, () => connection.stream.follow(wish(0)))
    for (const stop of stops.slice(1)) stop()
    await clock.advance(10_000)
    expect([calls('accountSubscribe'), calls('accountUnsubscribe')]).toEqual([1, 0])
  })

  it('fault 26: spreads 250 accounts over 3 sockets, 20 calls on their way at most, and closes what is empty', async () => {
    const { clock, pair, connection, calls, counts, openSockets, start } = setUp()
    const [, ...unfollow] = await start(250)
    await clock.advance(5000)
    expect(pair.ends.map(({ received }) => received.length)).toEqual([100, 100, 50])
    expect(counts.mostAsking()).toBe(20)
    expect(calls('accountSubscribe')).toBe(250)
    expect(connection.stream.isSynced).toBe(true)
    expect(connection.stream.isLive(wish(249))).toBe(true)
    for (const stop of unfollow.slice(100)) stop()
    await clock.advance(13_000)
    expect(openSockets()).toBe(1)
    expect(connection.state.name).toBe('open')
  })

  it('holds 100 accounts on one socket', async () => {
    const { pair, start } = setUp()
    await start(100)
    expect(pair.ends).toHaveLength(1)
  })

  it('is as bad as the worst of its sockets, and what the others hold stays live', async () => {
    const { clock, pair, connection, start } = setUp({ maxSubscriptions: 1 })
    await start(2)
    pair.last.close(1006)
    await clock.advance(0)
    expect(connection.state.name).toBe('waiting')
    expect([0, 1].map((n) => connection.stream.isLive(wish(n)))).toEqual([true, false])
  })

  it('opens for a request alone, and closes again after its answer', async () => {
    const { clock, pair, connection, openSockets } = setUp()
    connection.open()
    const answer = connection.request('getSlot', [])
    await clock.advance(0)
    pair.last.open()
    expect(await answer).toBe(true)
    await clock.advance(10_000)
    expect(openSockets()).toBe(0)
  })

  it('lets go after 5 minutes out of sight, and comes back at once when seen', async () => {
    const { clock, page, pair, connection, openSockets, start } = setUp()
    await start(1)
    page.hide()
    await clock.advance(299_000)
    expect(connection.state.name).toBe('open')
    await clock.advance(1000)
    expect(connection.state.name).toBe('suspended')
    expect(openSockets()).toBe(0)
    await clock.advance(3_600_000)
    expect(pair.ends).toHaveLength(1)
    page.show()
    expect(connection.state).toEqual({ name: 'connecting', attempt: 0 })
    pair.last.open()
    await clock.advance(500)
    expect(connection.stream.isLive(wish(0))).toBe(true)
  })

  it('lets go when the page is frozen or left, and stays when it was only hidden for a while', async () => {
    const { clock, page, connection, start } = setUp()
    await start(1)
    page.hide()
    await clock.advance(200_000)
    page.show()
    await clock.advance(200_000)
    expect(connection.state.name).toBe('open')
    page.tell('pagehide')
    expect(connection.state.name).toBe('suspended')
    page.tell('pageshow')
    expect(connection.state.name).toBe('connecting')
  })

  it('listens to the page only while somebody holds it', async () => {
    const { clock, page, start } = setUp()
    const stops = await start(1)
    expect(page.listening()).toBeGreaterThan(0)
    for (const stop of stops) stop()
    await clock.advance(13_000)
    expect(page.listening()).toBe(0)
    expect(clock.timers).toBe(0)
  })
})

describe('the audit', () => {
  it('fault 19: corrects within 72 s what changed without a word, and counts it', async () => {
    const { clock, chain, connection, held, start } = setUp({ random: () => 1 })
    await start(3)
    chain.slot = 150
    chain.lamports.set(wish(1).address, 9n)
    // The first second went into connecting; the last moment is the writer's frame.
    await clock.advance(71_050)
    expect(held(1)).toMatchObject({ lamports: 9n, slot: 150, reason: 'audit' })
    await clock.advance(2000)
    expect(connection.stats).toMatchObject({ auditMismatches: 1 })
    expect(connection.stream.isLive(wish(1))).toBe(true)
  })

  it('does not count what the stream says a moment later', async () => {
    const { clock, chain, connection, push, start } = setUp()
    await start(1)
    chain.slot = 150
    chain.lamports.set(wish(0).address, 9n)
    await clock.advance(59_100)
    push(0, 149, 9)
    await clock.advance(60_000)
    expect(connection.stats.auditMismatches).toBe(0)
  })

  it('asks once a minute, never while hidden, and never when it is off', async () => {
    const { clock, page, chain, start } = setUp()
    await start(2)
    const first = chain.reads.length
    await clock.advance(60_000)
    expect(chain.reads.length - first).toBe(2)
    page.hide()
    await clock.advance(120_000)
    expect(chain.reads.length - first).toBe(2)
    const off = setUp({ auditMs: 0 })
    await off.start(2)
    await off.clock.advance(600_000)
    expect(off.chain.reads).toHaveLength(2)
  })
})

describe('the writer', () => {
  it('fault 27: takes 10,000 changes a second on 50 accounts as one write per account and frame, the last one right', async () => {
    const { clock, queryClient, push, held, start } = setUp()
    await start(50)
    let writes = 0
    let most = 0
    queryClient.getQueryCache().subscribe(({ type }) => {
      if (type === 'updated') writes++
    })
    for (let frame = 0; frame < 100; frame++) {
      for (let i = 0; i < 500; i++) push(i % 50, 200 + frame * 10 + Math.floor(i / 50), frame * 500 + i)
      const before = writes
      await clock.advance(50)
      most = Math.max(most, writes - before)
    }
    expect(most).toBe(50)
    expect(writes).toBe(5000)
    for (let n = 0; n < 50; n++) expect(held(n)).toMatchObject({ lamports: BigInt(99 * 500 + 450 + n), slot: 1199 })
  })
})
