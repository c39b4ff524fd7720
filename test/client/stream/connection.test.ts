import { describe, expect, it } from 'vitest'
import { request, setUpConnection } from './pushNode.js'

describe('the connection', () => {
  it('fault 24: opens one socket for a hundred mounts and unmounts in a frame, and keeps none after the linger', async () => {
    const { clock, pair, connection, openSockets } = setUpConnection()
    for (let i = 0; i < 100; i++) {
      const stops = [connection.open(), connection.stream.follow(request(i % 3))]
      if (i < 99) for (const stop of stops) stop()
    }
    await clock.advance(0)
    expect(pair.ends).toHaveLength(1)
    pair.last.open()
    await clock.advance(100)
    expect(connection.state.name).toBe('open')
    // Held by the last mount still; a mount that goes while its socket connects leaves nothing.
    const other = setUpConnection()
    const stops = [other.connection.open(), other.connection.stream.follow(request(0))]
    await other.clock.advance(0)
    for (const stop of stops) stop()
    await other.clock.advance(13_000)
    expect(other.openSockets()).toBe(0)
    expect(other.clock.timers).toBe(0)
    expect(openSockets()).toBe(1)
  })

  it('fault 25: subscribes once for a thousand followers of one account, and keeps it when 999 leave', async () => {
    const { clock, connection, calls, start } = setUpConnection()
    await start(1)
    const stops = Array.from({ length: 1000 }, () => connection.stream.follow(request(0)))
    for (const stop of stops.slice(1)) stop()
    await clock.advance(10_000)
    expect([calls('accountSubscribe'), calls('accountUnsubscribe')]).toEqual([1, 0])
  })

  it('fault 26: spreads 250 accounts over 3 sockets, 20 calls on their way at most, and closes what is empty', async () => {
    const { clock, pair, connection, calls, counts, openSockets, start } = setUpConnection()
    const [, ...unfollow] = await start(250)
    await clock.advance(5000)
    const subscribes = pair.ends.map(({ received }) => received.filter((each) => each.method === 'accountSubscribe'))
    expect(subscribes.map(({ length }) => length)).toEqual([100, 100, 50])
    expect(counts.mostAsking()).toBe(20)
    expect(calls('accountSubscribe')).toBe(250)
    expect(connection.stream.isSynced).toBe(true)
    expect(connection.stream.isLive(request(249))).toBe(true)
    for (const stop of unfollow.slice(100)) stop()
    await clock.advance(13_000)
    expect(openSockets()).toBe(1)
    expect(connection.state.name).toBe('open')
  })

  it.each([
    ['a tenth of them is acknowledged each step', 100, false, [60, 140]],
    ['they keep coming', 1000, false, [899, 910]],
    ['the node says nothing', 1000, true, [299, 310]],
  ])('is waited for by a first read while %s, three times as long as silence at most', async (_, count, mute, span) => {
    const { clock, pair, chain, connection } = setUpConnection()
    chain.isMute = mute
    connection.open()
    for (let n = 0; n < count; n++) connection.stream.follow(request(n))
    await clock.advance(0)
    for (const end of pair.ends) end.open()
    const startMs = clock.now()
    let settledMs = Infinity
    void connection.stream.settled(300).then(() => {
      settledMs = clock.now() - startMs
    })
    for (let step = 0; step < 1000; step++) await clock.advance(1)
    expect(settledMs).toBeGreaterThanOrEqual(span[0] as number)
    expect(settledMs).toBeLessThanOrEqual(span[1] as number)
  })

  it('has written what came on one socket for whoever waited for them all, however rarely it writes', async () => {
    const { clock, pair, connection } = setUpConnection({ bandwidth: 'low' })
    connection.open()
    for (let n = 0; n < 250; n++) connection.stream.follow(request(n))
    await clock.advance(0)
    for (const end of pair.ends) end.open()
    let isLive: boolean | undefined
    void connection.stream.settled(300).then(() => {
      isLive = connection.stream.isLive(request(0))
    })
    for (let ms = 0; ms < 320; ms++) await clock.advance(1)
    expect(isLive).toBe(true)
  })

  it('holds 100 accounts on one socket', async () => {
    const { pair, start } = setUpConnection()
    await start(100)
    expect(pair.ends).toHaveLength(1)
  })

  it('is as bad as the worst of its sockets, and what the others hold stays live', async () => {
    const { clock, pair, connection, start } = setUpConnection({ limits: { subscriptionsPerSocket: 1 } })
    await start(2)
    pair.last.close(1006)
    await clock.advance(0)
    expect(connection.state.name).toBe('waiting')
    expect([0, 1].map((n) => connection.stream.isLive(request(n)))).toEqual([true, false])
  })

  it('opens for a request alone, and closes again after its answer', async () => {
    const { clock, pair, connection, openSockets } = setUpConnection()
    connection.open()
    const answer = connection.request('getSlot', [])
    await clock.advance(0)
    pair.last.open()
    expect(await answer).toBe(true)
    await clock.advance(10_000)
    expect(openSockets()).toBe(0)
  })

  it('lets go after 5 minutes out of sight, and comes back at once when seen', async () => {
    const { clock, page, pair, connection, openSockets, start } = setUpConnection()
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
    expect(connection.stream.isLive(request(0))).toBe(true)
  })

  it('does not come back for a network while nobody looks, and lets go again when it is thawed out of sight', async () => {
    const { clock, page, pair, connection, start } = setUpConnection()
    await start(1)
    page.hide()
    await clock.advance(300_000)
    page.setOnline(false)
    page.setOnline(true)
    expect(connection.state.name).toBe('suspended')
    page.tell('resume')
    pair.last.open()
    await clock.advance(299_000)
    expect(connection.state.name).toBe('open')
    await clock.advance(1000)
    expect(connection.state.name).toBe('suspended')
  })

  it('lets go when the page is frozen or left, and stays when it was only hidden for a while', async () => {
    const { clock, page, connection, start } = setUpConnection()
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
    const { clock, page, start } = setUpConnection()
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
    const { clock, chain, connection, held, start } = setUpConnection({ random: () => 1 })
    await start(3)
    chain.slot = 150
    chain.lamports.set(request(1).address, 9n)
    // The first second went into connecting; the last moment is the writer's frame.
    await clock.advance(71_050)
    expect(held(1)).toMatchObject({ lamports: 9n, slot: 150, reason: 'audit' })
    await clock.advance(2000)
    expect(connection.stats).toMatchObject({ auditMismatches: 1 })
    expect(connection.state.name).toBe('waiting')
  })

  it('does not count what the stream says a moment later', async () => {
    const { clock, chain, connection, push, start } = setUpConnection()
    await start(1)
    chain.slot = 150
    chain.lamports.set(request(0).address, 9n)
    await clock.advance(59_100)
    push(0, 149, 9)
    await clock.advance(60_000)
    expect(connection.stats.auditMismatches).toBe(0)
  })

  it('does not count what was pushed just before the answer, and is not in the cache yet', async () => {
    const { clock, chain, connection, push, held, start } = setUpConnection()
    await start(1)
    chain.slot = 150
    chain.lamports.set(request(0).address, 9n)
    let answer = () => {}
    chain.gate = new Promise((resolve) => {
      answer = resolve
    })
    const before = chain.reads.length
    while (chain.reads.length === before) await clock.advance(100)
    push(0, 150, 9)
    answer()
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    await clock.advance(3000)
    expect(held(0)).toMatchObject({ lamports: 9n, source: 'stream' })
    expect(connection.stats.auditMismatches).toBe(0)
    expect(connection.state.name).toBe('open')
  })

  it('asks once a minute, never while hidden, and never when it is off', async () => {
    const { clock, page, chain, start } = setUpConnection()
    await start(2)
    const first = chain.reads.length
    await clock.advance(60_000)
    expect(chain.reads.length - first).toBe(2)
    page.hide()
    await clock.advance(120_000)
    expect(chain.reads.length - first).toBe(2)
    const off = setUpConnection({ auditMs: 0 })
    await off.start(2)
    await off.clock.advance(600_000)
    expect(off.chain.reads).toHaveLength(2)
  })
})

describe('the writer', () => {
  it('fault 27: takes 10,000 changes a second on 50 accounts as one write per account and frame, the last one right', async () => {
    const { clock, queryClient, push, held, start } = setUpConnection()
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
  }, 30_000)
})
