import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createAccountReader } from '../../src/rpc/accountReader.js'
import { createBudget } from '../../src/rpc/budget.js'
import { addressOfBytes } from '../../src/token/address.js'
import { localnet } from '../support/localnet.js'
import { nodeAt } from './pools.js'

/** A gateway in front of a node: this many requests in one second, then 429 with `Retry-After` and a second's ban. */
async function openGateway(url: string, perSecond: number) {
  const seen = { requests: 0, refused: 0, insideRetryAfter: 0 }
  let windowEndsAt = 0
  let inWindow = 0
  let bannedSince = Infinity
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    const arrivedAt = Date.now()
    seen.requests++
    if (arrivedAt >= windowEndsAt) {
      windowEndsAt = arrivedAt + 1000
      inWindow = 0
    }
    const isRefused = ++inWindow > perSecond
    // What was on its way when the first refusal left does not count against the client.
    if (arrivedAt - bannedSince > 300 && arrivedAt - bannedSince < 1000) seen.insideRetryAfter++
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (isRefused) {
      seen.refused++
      bannedSince = arrivedAt
      response.writeHead(429, { 'retry-after': '1' }).end()
      return
    }
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat(chunks),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

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
