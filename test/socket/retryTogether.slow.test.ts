import { expect, it } from 'vitest'
import { coreClient } from '../faults/coreClient.js'
import { localnet, newAddress } from '../support/localnet.js'

it('what failed together after a reconnect is asked for together again', async () => {
  const net = await localnet()
  const owners = Array.from({ length: 80 }, newAddress)
  for (const owner of owners) net.fund(owner, 1n)
  net.resetStats()
  net.faults.add({ on: 'http', times: 3, do: { status: 503 } })
  const page = coreClient(net)
  page.follow(owners)
  await expect.poll(() => owners.every((owner) => page.isLive(owner)), { timeout: 20_000 }).toBe(true)
  expect(net.stats().httpRequests).toBeLessThanOrEqual(6)
}, 30_000)
