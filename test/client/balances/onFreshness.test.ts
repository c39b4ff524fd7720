import { address } from 'lamplight/core'
import { expect, it } from 'vitest'
import { coreClient } from '../../faults/coreClient.js'
import { localnet, newAddress } from '../../support/localnet.js'

it('calls who leaves and comes back while it is told once for each news', async () => {
  const net = await localnet()
  const request = { address: address(newAddress()), commitment: 'confirmed' } as const
  const { client, follow, isLive } = coreClient(net)
  follow([request.address])
  await expect.poll(() => isLive(request.address)).toBe(true)
  const calls: string[] = []
  let stop = listen()
  function listen() {
    return client.onFreshness(() => {
      calls.push(client.status.getState().state)
      stop()
      // Without an end to it the test would never come to say that it failed.
      if (calls.length < 50) stop = listen()
    }, request)
  }
  net.dropSockets()
  await expect.poll(() => calls.length).toBeGreaterThan(0)
  expect(calls.filter((state) => state === calls[0]).length).toBeLessThan(5)
  stop()
})
