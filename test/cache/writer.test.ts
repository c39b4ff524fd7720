import { QueryClient } from '@tanstack/query-core'
import { expect, it } from 'vitest'
import { addressOfBytes, SYSTEM_PROGRAM } from '../../src/base/address.js'
import { instantOf } from '../../src/base/clock.js'
import type { Bandwidth } from '../../src/cache/flushPace.js'
import { balanceKeys } from '../../src/cache/queries.js'
import { installRules } from '../../src/cache/rules.js'
import { createWriter } from '../../src/cache/writer.js'
import type { AccountRecord } from '../../src/token/balance.js'
import { createVirtualClock } from '../support/virtualTime.js'

const address = addressOfBytes(new Uint8Array(32).fill(9))
const key = balanceKeys.account('test', 'confirmed', address)

/** A writer whose page is busy for `page.costMs` with each flush. */
function setUp(bandwidth?: Bandwidth) {
  const clock = createVirtualClock()
  const queryClient = new QueryClient()
  installRules(queryClient)
  const page = { costMs: 0 }
  const onFlush = () => clock.sleep(page.costMs)
  const writer = createWriter({ queryClient, cluster: 'test', clock, bandwidth, onFlush, onDecodeError: () => {} })
  let slot = 0
  const take = (at = ++slot, lamports = BigInt(at), source: 'stream' | 'fetch' = 'stream') =>
    writer.take(
      { address, slot: at, lamports, program: SYSTEM_PROGRAM, data: new Uint8Array() },
      { commitment: 'confirmed', source, reason: 'stream', at: instantOf(clock) },
    )
  /** A change each millisecond, for a second; how often that was written. */
  const second = async () => {
    const before = writer.stats.flushes
    const end = clock.now() + 1000
    while (clock.now() < end) {
      take()
      await clock.advance(1)
    }
    return writer.stats.flushes - before
  }
  return { clock, page, writer, take, second, held: () => queryClient.getQueryData<AccountRecord>(key) }
}

it('writes less often while each flush keeps the page busy, and each frame again when it does not', async () => {
  const { page, writer, second } = setUp()
  // Without animation frames a frame is 50 ms.
  expect(await second()).toBeGreaterThanOrEqual(19)
  expect(writer.stats.flushMs).toBe(16)
  page.costMs = 40
  await second()
  expect(writer.stats.flushMs).toBe(250)
  expect(await second()).toBeLessThanOrEqual(4)
  page.costMs = 10
  await second()
  await second()
  expect(writer.stats.flushMs).toBe(50)
  page.costMs = 0
  await second()
  expect(writer.stats.flushMs).toBe(16)
})

it('stays where a flush fits a third of its interval', async () => {
  const { page, writer, second } = setUp()
  page.costMs = 30
  for (let i = 0; i < 3; i++) await second()
  expect(writer.stats.flushMs).toBe(100)
  expect(writer.stats.lagMs).toBeGreaterThanOrEqual(100)
})

it('ends with the last value, however slow the page is', async () => {
  const { clock, page, second, take, held } = setUp()
  page.costMs = 500
  await second()
  take(1_000_000, 42n)
  await clock.advance(2000)
  expect(held()).toMatchObject({ slot: 1_000_000, lamports: 42n })
})

it.each([
  ['low', 250],
  ['high', 16],
] as const)('with bandwidth %s writes each %i ms, whatever that costs', async (bandwidth, flushMs) => {
  const { page, writer, second } = setUp(bandwidth)
  const light = await second()
  page.costMs = 40
  await second()
  expect(writer.stats.flushMs).toBe(flushMs)
  expect(light).toBe(bandwidth === 'low' ? 4 : 20)
})

it('keeps the newest of what came for one flush: by slot, and at the same slot the stream', async () => {
  const { clock, take, held } = setUp()
  take(7, 70n)
  take(5, 50n)
  take(7, 71n, 'fetch')
  await clock.advance(50)
  expect(held()).toMatchObject({ slot: 7, lamports: 70n, source: 'stream' })
  take(8, 80n, 'fetch')
  take(8, 81n)
  await clock.advance(50)
  expect(held()).toMatchObject({ slot: 8, lamports: 81n, source: 'stream' })
})

it('has no timer when there is nothing to write', async () => {
  const { clock, take } = setUp()
  take()
  await clock.advance(1000)
  expect(clock.timers).toBe(0)
})
