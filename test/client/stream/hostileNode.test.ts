import { describe, expect, it } from 'vitest'
import { SYSTEM_PROGRAM } from '../../../src/base/address.js'
import { balanceKeys } from '../../../src/cache/queries.js'
import { notification } from '../../support/socketPair.js'
import { request, setUpConnection } from './pushNode.js'

type World = ReturnType<typeof setUpConnection>

describe('a change that cannot be read', () => {
  const without = (frame: object, change: (result: Record<string, unknown>) => void) => {
    const copy = structuredClone(frame) as ReturnType<typeof notification>
    change(copy.params.result as never)
    return copy
  }
  it.each<[string, (world: World) => unknown, readonly boolean[]]>([
    ['is bytes', () => new Blob(['{}']), [false, false]],
    ['is in a list', ({ idOf }) => JSON.stringify([notification(idOf(0), 200, 5)]), [false, false]],
    ['breaks off', ({ idOf }) => JSON.stringify(notification(idOf(0), 200, 5)).slice(0, 90), [false, false]],
    ['has an id above 2^53', () => notification(2 ** 60, 200, 5), [false, false]],
    [
      'has no context',
      ({ idOf }) => without(notification(idOf(0), 200, 5), (result) => void delete result.context),
      [false, true],
    ],
    ['has a negative slot', ({ idOf }) => notification(idOf(0), -7, 5), [false, true]],
    ['has a fraction of a slot', ({ idOf }) => notification(idOf(0), 200.5, 5), [false, true]],
    ['has a slot that is not a number', ({ idOf }) => notification(idOf(0), Number.NaN, 5), [false, true]],
    ['has a slot as text', ({ idOf }) => notification(idOf(0), '200' as never, 5), [false, true]],
  ])('and %s ends being live until the account was read again', async (_, frame, live) => {
    const world = setUpConnection({ auditMs: 0 })
    const { clock, chain, pair, connection, held, start } = world
    await start(2)
    chain.slot = 201
    chain.lamports.set(request(0).address, 5n)
    const said = frame(world)
    pair.last.say(said)
    expect([0, 1].map((n) => connection.stream.isLive(request(n)))).toEqual(live)
    expect(connection.stats.malformed).toBe(1)
    await clock.advance(2000)
    expect(held(0)).toMatchObject({ slot: 201, lamports: 5n })
    expect([0, 1].map((n) => connection.stream.isLive(request(n)))).toEqual([true, true])
  })
})

describe('a node that acknowledges and tells nothing', () => {
  it('is left when a read finds what it did not tell of, and is not believed again before it has told of a change', async () => {
    const world = setUpConnection({ random: () => 1 })
    const { clock, chain, pair, connection, push, start } = world
    await start(2)
    const isLive = () => [0, 1].map((n) => connection.stream.isLive(request(n)))
    expect(isLive()).toEqual([true, true])
    chain.slot = 150
    chain.lamports.set(request(1).address, 9n)
    await clock.advance(75_000)
    expect(connection.stats.auditMismatches).toBe(1)
    expect(pair.ends).toHaveLength(2)
    // For the next quarter of an hour it goes on as before.
    pair.last.open()
    for (let minute = 0; minute < 15; minute++) {
      chain.slot += 150
      chain.lamports.set(request(1).address, BigInt(minute))
      await clock.advance(60_000)
      expect(isLive()).toEqual([false, false])
      expect(connection.stream.isServing).toBe(false)
    }
    expect(pair.ends).toHaveLength(2)
    push(0, chain.slot + 1, 3)
    await clock.advance(100)
    expect(isLive()).toEqual([true, true])
  })

  it('is not believed for minutes after it has missed a second change, whatever it tells', async () => {
    const { clock, chain, pair, connection, push, start } = setUpConnection({ random: () => 1 })
    await start(2)
    const isLive = () => connection.stream.isLive(request(0))
    async function miss() {
      chain.slot += 200
      chain.lamports.set(request(1).address, BigInt(chain.slot))
      await clock.advance(76_000)
      if (connection.state.name === 'connecting') pair.last.open()
      await clock.advance(1000)
      push(0, chain.slot, 1)
      await clock.advance(100)
    }
    await miss()
    expect(isLive()).toBe(true)
    await miss()
    expect(connection.stats.auditMismatches).toBe(2)
    expect(isLive()).toBe(false)
    await clock.advance(240_000)
    push(0, chain.slot + 1, 2)
    expect(isLive()).toBe(false)
    await clock.advance(60_000)
    push(0, chain.slot + 2, 3)
    await clock.advance(100)
    expect(isLive()).toBe(true)
  })
})

describe('a slot that the chain cannot have reached', () => {
  it.each([
    ['2^53 − 1', 2 ** 53 - 1],
    ['of another cluster', 460_000_000],
    ['an hour ahead', 12_000],
  ])('(%s) is not believed: it is told, the account is read again, and later changes are shown', async (_, slot) => {
    const { clock, chain, connection, push, held, start } = setUpConnection({ auditMs: 0 })
    await start(2)
    push(0, 101, 4)
    await clock.advance(100)
    const errors: string[] = []
    connection.stream.on('error', ({ code }) => errors.push(code))
    push(0, slot, 777)
    expect(connection.stream.isLive(request(0))).toBe(false)
    expect(connection.stream.isLive(request(1))).toBe(true)
    expect(errors).toEqual(['rpc/impossible-slot'])
    expect(connection.stats.malformed).toBe(1)
    chain.slot = 110
    chain.lamports.set(request(0).address, 5n)
    await clock.advance(2000)
    expect(held(0)).toMatchObject({ slot: 110, lamports: 5n })
    expect(connection.stream.isLive(request(0))).toBe(true)
    push(0, 111, 6)
    await clock.advance(100)
    expect(held(0)).toMatchObject({ slot: 111, lamports: 6n })
  })

  it('gives way at once where it is held, as from the app’s own code, to whatever the chain says', async () => {
    const { clock, connection, queryClient, push, held, start } = setUpConnection({ auditMs: 0 })
    await start(1)
    const key = balanceKeys.account('test', 'confirmed', request(0).address)
    queryClient.setQueryData(key, { ...held(0), slot: 9_000_000, lamports: 777n })
    push(0, 102, 6)
    await clock.advance(100)
    expect(held(0)).toMatchObject({ slot: 102, lamports: 6n })
    expect(connection.stream.isLive(request(0))).toBe(true)
  })

  it('is believed when the node itself says so too: the page had slept, or heard of a node far behind', async () => {
    const { clock, chain, connection, push, held, start } = setUpConnection({ auditMs: 0 })
    await start(1)
    chain.slot = 50_000
    chain.lamports.set(request(0).address, 8n)
    push(0, 50_000, 8)
    await clock.advance(3000)
    expect(held(0)).toMatchObject({ slot: 50_000, lamports: 8n })
    expect(connection.stream.isLive(request(0))).toBe(true)
  })
})

describe('a slot that comes before any node has named one', () => {
  it('is no sign that the chain started over, however far ahead it was of all that follow', async () => {
    let isAnswered = false
    const { clock, chain, pair, queryClient, push, held, start } = setUpConnection({ auditMs: 0 }, (clock, head) => ({
      async read(addresses) {
        while (!isAnswered) await new Promise<void>((resume) => clock.schedule(resume, 100))
        head.accepts(1000, 'http', true)
        const account = { slot: 1000, lamports: 5n, program: SYSTEM_PROGRAM, data: new Uint8Array() }
        return addresses.map((address) => ({ ...account, address }))
      },
      list: () => Promise.reject(new Error('this node has no lists')),
    }))
    chain.tellsSlots = false
    await start(1)
    push(0, 460_000_000, 777)
    expect(pair.ends).toHaveLength(1)
    isAnswered = true
    await clock.advance(200)
    const resets: string[] = []
    queryClient.getQueryCache().subscribe(({ type, query }) => {
      if (type === 'updated' && query.state.data === undefined) resets.push(String(query.queryKey))
    })
    for (let slot = 1001; slot < 1020; slot++) {
      push(0, slot, slot)
      await clock.advance(1000)
    }
    expect(held(0)).toMatchObject({ slot: 1019, lamports: 1019n })
    expect(resets).toEqual([])
  })
})
