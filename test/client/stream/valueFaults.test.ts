import { QueryObserver } from '@tanstack/query-core'
import { describe, expect, it } from 'vitest'
import { tokenAccountBytes } from '../../../localnet/src/ledger/tokenBytes.js'
import { SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../src/base/address.js'
import { laterError } from '../../../src/base/laterErrors.js'
import { balanceKeys } from '../../../src/cache/queries.js'
import { createAccountReader } from '../../../src/rpc/accountReader.js'
import { solBalanceOf } from '../../../src/token/balance.js'
import { request, setUpConnection } from './pushNode.js'

/** A connection whose first read of account 0 left at slot 100 with 1 lamport, and is answered when the test says so. */
async function setUpCrossing(slot: number, lamports: bigint) {
  const own = setUpConnection({ auditMs: 0 })
  let answer = () => {}
  own.chain.gate = new Promise((resolve) => {
    answer = resolve
  })
  own.chain.slot = slot
  own.chain.lamports.set(request(0).address, lamports)
  await own.start(1)
  return { ...own, answer }
}

describe('a value', () => {
  it('fault 17: pushed while an older snapshot is on its way is not taken back by it', async () => {
    const { clock, push, held, answer } = await setUpCrossing(110, 1n)
    push(0, 120, 5)
    await clock.advance(100)
    answer()
    await clock.advance(100)
    expect(held(0)).toMatchObject({ slot: 120, lamports: 5n })
  })

  it('fault 17: pushed late, after a newer snapshot, changes nothing', async () => {
    const { clock, push, held, answer } = await setUpCrossing(130, 1n)
    answer()
    await clock.advance(100)
    push(0, 120, 5)
    await clock.advance(100)
    expect(held(0)).toMatchObject({ slot: 130, lamports: 1n })
  })

  it.each([true, false])(
    'fault 17: of the same slot is the one that was pushed (pushed first: %s)',
    async (isFirst) => {
      const { clock, push, held, answer } = await setUpCrossing(120, 1n)
      if (isFirst) push(0, 120, 5)
      answer()
      await clock.advance(100)
      if (!isFirst) push(0, 120, 5)
      await clock.advance(100)
      expect(held(0)).toMatchObject({ slot: 120, lamports: 5n, source: 'stream' })
    },
  )

  it('fault 17: of the same slot and frame is the one that was pushed, whichever came first', async () => {
    for (const isFirst of [true, false]) {
      const { clock, push, held, answer } = await setUpCrossing(120, 1n)
      if (isFirst) push(0, 120, 5)
      answer()
      for (let i = 0; i < 10; i++) await Promise.resolve()
      if (!isFirst) push(0, 120, 5)
      await clock.advance(100)
      expect(held(0)).toMatchObject({ slot: 120, lamports: 5n })
    }
  })

  it('fault 18: of a node that lags behind the slot of another account is taken after 8 more tries, and marked', async () => {
    let asked = 0
    const { clock, chain, push, held, connection, start } = setUpConnection({ auditMs: 0 }, (clock) =>
      createAccountReader({
        clock,
        rpc: {
          endpoint: 'node.example',
          async call(_, [addresses, options]) {
            const minSlot = (options as { minContextSlot?: number }).minContextSlot ?? 0
            if (minSlot <= 90) return { context: { slot: 90 }, value: (addresses as unknown[]).map(() => accountJson) }
            asked++
            throw laterError('rpc/behind', { endpoint: 'node.example', minSlot })
          },
        },
      }),
    )
    chain.slot = 90
    await start(1)
    push(0, 200, 5)
    connection.stream.follow(request(1))
    await clock.advance(9 * 400 - 100)
    expect(held(1)).toBeUndefined()
    await clock.advance(200)
    expect(asked).toBe(9)
    await clock.advance(100)
    expect(held(1)).toMatchObject({ slot: 90, lagging: true })
    expect(held(0)).toMatchObject({ slot: 200, lamports: 5n, lagging: false })
    // Shown, and not called live: what happened between its slot and the newest one seen is not known.
    expect(connection.stream.isLive(request(1))).toBe(false)
    expect(connection.stream.isLive(request(0))).toBe(true)
    await clock.advance(5000)
    expect(asked).toBeGreaterThan(9)
  })

  it('goes back with a fork that the node switches to, told under a higher slot', async () => {
    const { clock, push, held, start } = setUpConnection()
    await start(1)
    push(0, 205, 9)
    await clock.advance(100)
    push(0, 206, 1)
    await clock.advance(100)
    expect(held(0)).toMatchObject({ slot: 206, lamports: 1n })
  })
})

const accountJson = {
  lamports: 3,
  data: ['', 'base64'],
  owner: SYSTEM_PROGRAM,
  executable: false,
  rentEpoch: 0,
  space: 0,
}
const base64 = (bytes: Uint8Array) => [btoa(String.fromCharCode(...bytes)), 'base64']

describe('a change that makes no sense', () => {
  it.each([
    ['lamports', { lamports: 'much' }],
    ['bytes', { data: ['***', 'base64'] }],
    ['shape', { data: undefined }],
  ])('in its %s is no value, and has the account read again', async (_, broken) => {
    const { clock, chain, push, held, start } = setUpConnection({ auditMs: 0 })
    await start(2)
    push(0, 200, 5)
    // Of one flush: nobody has looked at the one before.
    push(0, 201, 6, broken)
    push(1, 201, 7)
    await clock.advance(100)
    expect([held(0), held(1)]).toMatchObject([{ lamports: 1n }, { slot: 201, lamports: 7n }])
    chain.slot = 202
    chain.lamports.set(request(0).address, 6n)
    const reads = chain.reads.length
    await clock.advance(2000)
    expect(held(0)).toMatchObject({ slot: 202, lamports: 6n })
    expect(chain.reads.slice(reads)).toEqual([[request(0).address]])
    push(0, 203, 8)
    await clock.advance(100)
    expect(held(0)).toMatchObject({ slot: 203, lamports: 8n })
  })
})

describe('an account that changes its nature', () => {
  it('fault 29: closed is missing, and created is there, without a gap in being live', async () => {
    const { clock, push, held, connection, start } = setUpConnection()
    await start(1)
    push(0, 200, 0, { data: ['', 'base64'], owner: SYSTEM_PROGRAM })
    await clock.advance(100)
    expect(held(0)).toMatchObject({ exists: false, lamports: 0n, token: null, decodeError: null })
    const fields = {
      mint: request(5).address,
      owner: request(6).address,
      amount: 2n ** 64n - 1n,
      program: TOKEN_PROGRAM,
    }
    push(0, 201, 2_039_280, { data: base64(tokenAccountBytes(fields)), owner: TOKEN_PROGRAM })
    await clock.advance(100)
    expect(held(0)).toMatchObject({ exists: true, token: { amount: 18_446_744_073_709_551_615n, program: 'token' } })
    expect(connection.stream.isLive(request(0))).toBe(true)
  })

  it('fault 29: given to Token-2022 is read by that program’s rules', async () => {
    const { clock, push, held, start } = setUpConnection()
    await start(1)
    const fields = { mint: request(5).address, owner: request(6).address, amount: 7n, program: TOKEN_2022_PROGRAM }
    push(0, 200, 2_074_080, { data: base64(tokenAccountBytes(fields)), owner: TOKEN_2022_PROGRAM })
    await clock.advance(100)
    expect(held(0)).toMatchObject({
      token: { amount: 7n, program: 'token-2022', extensions: ['immutableOwner'] },
    })
  })

  it.each([TOKEN_PROGRAM, TOKEN_2022_PROGRAM])(
    'fault 29: of any length is a value or a reason, never a wrong number (%s)',
    async (owner) => {
      const { clock, push, held, start } = setUpConnection()
      await start(1)
      let slot = 200
      for (const length of [0, 1, 82, 164, 165, 166, 170, 355]) {
        push(0, ++slot, 1, { data: base64(new Uint8Array(length)), owner })
        await clock.advance(100)
        const record = held(0)
        expect(record?.slot).toBe(slot)
        expect(record?.token === null ? record.decodeError : record?.token.amount).not.toBeNull()
        if (record) expect(solBalanceOf(record).text).toBe('0.000000001')
      }
    },
  )

  it('is one write for each that is different, and none for one that says the same', async () => {
    const { clock, queryClient, push, start } = setUpConnection()
    await start(1)
    const queryKey = balanceKeys.account('test', 'confirmed', request(0).address)
    let renders = 0
    new QueryObserver(queryClient, { queryKey, enabled: false, notifyOnChangeProps: ['data'] }).subscribe(() => {
      renders++
    })
    for (const slot of [200, 201, 202]) {
      push(0, slot, 5)
      await clock.advance(100)
    }
    expect(renders).toBe(1)
  })
})
