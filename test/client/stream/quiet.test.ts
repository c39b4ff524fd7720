import { expect, it } from 'vitest'
import { createAccountReader } from '../../../src/rpc/accountReader.js'
import { nodeAt } from '../../rpc/pools.js'
import { request, setUpConnection } from './pushNode.js'

it('a thousand live balances cost no more than 12 HTTP requests a minute, over ten minutes', async () => {
  const requestsAt: number[] = []
  const world = setUpConnection({}, (clock) => {
    const fetch = async (_url: unknown, init?: RequestInit) => {
      requestsAt.push(clock.now())
      const { id, params } = JSON.parse(String(init?.body))
      const account = { lamports: 1, data: ['', 'base64'], owner: '11111111111111111111111111111111' }
      const value = (params[0] as unknown[]).map(() => account)
      return Response.json({ jsonrpc: '2.0', id, result: { context: { slot: 100 }, value } })
    }
    return createAccountReader({ rpc: nodeAt('https://node.example', { fetch: fetch as never, clock }), clock })
  })
  await world.start(1000)
  await world.clock.advance(20_000)
  expect(world.connection.stream.isSynced).toBe(true)
  // Each fills up: nothing is read before a request is full, or nothing more is expected.
  expect(requestsAt).toHaveLength(10)
  const startMs = world.clock.now()
  requestsAt.length = 0
  for (let minute = 0; minute < 10; minute++) {
    world.push(minute, 200 + minute, 7)
    await world.clock.advance(60_000)
  }
  const perMinute = requestsAt.length / ((world.clock.now() - startMs) / 60_000)
  expect(perMinute).toBeGreaterThan(0)
  expect(perMinute).toBeLessThanOrEqual(12)
  expect(Array.from({ length: 1000 }, (_, n) => world.connection.stream.isLive(request(n)))).not.toContain(false)
}, 30_000)
