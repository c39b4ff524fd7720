import { expect, it } from 'vitest'
import { addressOfBytes } from '../../src/base/address.js'
import { createAccountReader } from '../../src/rpc/accountReader.js'
import { createBudget } from '../../src/rpc/budget.js'
import { openGateway } from '../support/gateway.js'
import { localnet } from '../support/localnet.js'
import { nodeAt } from './pools.js'

const addresses = Array.from({ length: 1000 }, (_, i) => {
  const bytes = new Uint8Array(32).fill(9)
  new DataView(bytes.buffer).setUint32(0, i)
  return addressOfBytes(bytes)
})

it.each([10, 8])('reads 1,000 accounts through a limit of %i requests a second with few requests', async (limit) => {
  const net = await localnet()
  const { seen, url } = await openGateway(net.rpcUrl, limit)
  const reader = createAccountReader({ rpc: nodeAt(url, { budget: createBudget() }) })
  const read = await Promise.all(addresses.map((each) => reader.read([each], { commitment: 'confirmed' })))
  expect(read).toHaveLength(1000)
  expect(seen.refused).toBe(10 - limit)
  expect(seen.requests).toBeLessThanOrEqual(13)
  expect(seen.insideRetryAfter).toBe(0)
})

it('gives up a node that refuses every time, with what it said', async () => {
  const net = await localnet()
  const { seen, url } = await openGateway(net.rpcUrl, 0)
  const rpc = nodeAt(url, { budget: createBudget(), random: () => 0 })
  await expect(rpc.call('getSlot', [])).rejects.toMatchObject({
    code: 'rpc/rate-limited',
    context: { retryAfterMs: 1000 },
  })
  expect([seen.requests, seen.insideRetryAfter]).toEqual([3, 0])
})

it('does not send a transaction again that was refused', async () => {
  const net = await localnet()
  const { seen, url } = await openGateway(net.rpcUrl, 0)
  await expect(nodeAt(url).call('sendTransaction', ['AA=='])).rejects.toMatchObject({
    code: 'rpc/rate-limited',
  })
  expect(seen.requests).toBe(1)
})
