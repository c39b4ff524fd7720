import { expect, it } from 'vitest'
import { balanceKeys } from '../../../src/cache/queries.js'
import { request, setUpConnection } from './pushNode.js'

it('reads an account anew that the cache has lost, and vouches for it when it is written', async () => {
  const { chain, connection, queryClient, held, start, clock, push } = setUpConnection()
  await start(3)
  const reads = chain.reads.flat().length
  expect(connection.stream.isLive(request(0))).toBe(true)
  chain.lamports.set(request(0).address, 7n)
  chain.slot = 200
  for (const n of [0, 1]) {
    queryClient.removeQueries({ queryKey: balanceKeys.account('test', 'confirmed', request(n).address) })
    connection.stream.lost(request(n))
  }
  expect([0, 1, 2].map((n) => connection.stream.isLive(request(n)))).toEqual([false, false, true])
  expect(connection.stream.isSynced).toBe(false)
  await clock.advance(100)
  expect(held(0)?.lamports).toBe(7n)
  expect([0, 1, 2].map((n) => connection.stream.isLive(request(n)))).toEqual([true, true, true])
  expect(chain.reads.flat().length).toBe(reads + 2)
  push(0, 201, 8)
  await clock.advance(100)
  expect(held(0)?.lamports).toBe(8n)
})

it('a change that makes the entry again does not make it live before the read', async () => {
  const { chain, connection, queryClient, held, start, clock, push } = setUpConnection()
  await start(1)
  let open = () => {}
  chain.gate = new Promise((resume) => {
    open = () => resume(undefined)
  })
  queryClient.clear()
  connection.stream.lost(request(0))
  push(0, 201, 8)
  await clock.advance(100)
  expect(held(0)?.lamports).toBe(8n)
  expect(connection.stream.isLive(request(0))).toBe(false)
  open()
  await clock.advance(100)
  expect(connection.stream.isLive(request(0))).toBe(true)
})

it('reads nothing of an account that nobody follows any more', async () => {
  const { chain, connection, start, clock } = setUpConnection()
  const stops = await start(1)
  const reads = chain.reads.length
  stops[1]?.()
  connection.stream.lost(request(0))
  await clock.advance(1000)
  expect(connection.stream.isLive(request(0))).toBe(false)
  expect(chain.reads).toHaveLength(reads)
})
