import { QueryClient } from '@tanstack/query-core'
import { expect, it } from 'vitest'
import { addressOfBytes, SYSTEM_PROGRAM } from '../../src/base/address.js'
import { gate } from '../../src/cache/order.js'
import { balanceKeys } from '../../src/cache/queries.js'
import { sharedHead } from '../../src/cache/rules.js'
import type { AccountRecord } from '../../src/token/balance.js'
import { recordOf } from '../../src/token/record.js'
import { createChainHead } from '../../src/token/slots.js'

const address = addressOfBytes(new Uint8Array(32).fill(9))
const key = balanceKeys.account('test', 'confirmed', address)
const at = { ms: 0, wallMs: 0 }
const recordAt = (slot: number, lamports: bigint): AccountRecord =>
  recordOf(
    { address, slot, lamports, program: SYSTEM_PROGRAM, data: new Uint8Array() },
    { commitment: 'confirmed', source: 'fetch', reason: 'poll', at },
  )

it('keeps the order by what any client of the query client has heard, not by one that hears little', () => {
  const queryClient = new QueryClient()
  const busy = sharedHead(
    queryClient,
    'test',
    createChainHead(() => 0),
  )
  const idle = sharedHead(
    queryClient,
    'test',
    createChainHead(() => 0),
  )
  idle.accepts(1000, 'idle node', true)
  for (const slot of [1200, 1400, 1600]) expect(busy.accepts(slot, 'busy node', true)).toBe(true)
  queryClient.setQueryData(key, recordAt(1600, 5n))
  queryClient.setQueryData(key, recordAt(1100, 3n))
  expect(queryClient.getQueryData(key)).toMatchObject({ slot: 1600, lamports: 5n })
})

it('keeps clusters apart', () => {
  const queryClient = new QueryClient()
  const made = () => createChainHead(() => 0)
  const heads = ['a', 'b', 'a'].map((cluster) => sharedHead(queryClient, cluster, made()))
  expect([heads[0] === heads[2], heads[0] === heads[1]]).toEqual([true, false])
})

it('leaves a pending transaction on top of what replaces a slot that the chain cannot have', () => {
  const pending = { lamports: -2n, tokens: 0n }
  const lay = (record: AccountRecord) => ({ ...record, pending: { ...pending, take: () => record, lay } })
  const head = createChainHead(() => 0)
  head.accepts(1000, 'node', true)
  const next = gate(lay(recordAt(1e9, 9n)), recordAt(1001, 5n), head)
  expect(next).toMatchObject({ slot: 1001, lamports: 5n, pending })
})
