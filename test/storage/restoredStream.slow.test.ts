import { dehydrate, hydrate, QueryClient } from '@tanstack/query-core'
import { type AccountRecord, allowHydration, balanceKeys } from 'lamplight/core'
import { expect, it } from 'vitest'
import { coreClient } from '../faults/coreClient.js'
import { localnet } from '../support/localnet.js'
import { OWNER, solRecord } from './recordOf.js'

const KEY = balanceKeys.account('test', 'confirmed', OWNER)
const request = { address: OWNER, commitment: 'confirmed' } as const

/** A page that was sent 7 lamports at a slot this far from the node's, which says 5. */
async function openPage(aheadSlots: number) {
  const net = await localnet()
  net.fund(OWNER, 5n)
  const nodeSlot = net.tick()
  const server = allowHydration(new QueryClient())
  server.setQueryData(KEY, solRecord(nodeSlot + aheadSlots, 7n))
  const queryClient = allowHydration(new QueryClient())
  hydrate(queryClient, JSON.parse(JSON.stringify(dehydrate(server))))
  const { client, follow } = coreClient(net, { queryClient, cluster: 'test' })
  const look = () => {
    const { lamports, source } = queryClient.getQueryData<AccountRecord>(KEY) ?? {}
    return `${lamports} ${source} ${client.freshness(request, 5000)}`
  }
  return { net, look, follow: () => follow([OWNER]) }
}

it('a value that was sent is live when the stream has read it itself', async () => {
  const { look, follow } = await openPage(-1)
  expect(look()).toBe('7 restored stale')
  follow()
  await expect.poll(look).toBe('5 fetch live')
})

it('a value that is ahead of the node stays, stale, until the node has come so far', async () => {
  const { net, look, follow } = await openPage(20)
  follow()
  await expect.poll(() => net.stats().httpRequests, { timeout: 10_000 }).toBeGreaterThan(1)
  expect(look()).toBe('7 restored stale')
  net.tick(30)
  await expect.poll(look, { timeout: 10_000 }).toBe('5 fetch live')
}, 30_000)

it('a value of another chain, or one that was made up, does not keep the stream from being live', async () => {
  const { look, follow } = await openPage(1_000_000_000)
  follow()
  await expect.poll(look).toBe('5 fetch live')
})
