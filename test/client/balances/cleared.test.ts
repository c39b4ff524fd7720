// @vitest-environment happy-dom
// TanStack Query polls in pages only.
import { type AccountRecord, address, type BalanceResult, balanceKeys, streamTargets } from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { balanceApp, liveApp } from './balanceApp.js'

const PATIENCE = { timeout: 10_000 }

describe('after a clear of the app’s query client', () => {
  it('client.follow tells the value anew, and nothing as live before it was read', async () => {
    const { net, client, owner, queryClient } = await liveApp()
    net.fund(owner, 1n)
    const seen: string[] = []
    onTestFinished(client.follow({ owner }, ({ data, freshness }) => void seen.push(`${data?.text} ${freshness}`)))
    await expect.poll(() => seen.at(-1), PATIENCE).toBe('0.000000001 live')
    net.faults.add({ on: 'notification', do: { lose: true } })
    net.fund(owner, 1n)
    seen.length = 0
    queryClient.clear()
    await expect.poll(() => seen.at(-1), PATIENCE).toBe('0.000000002 live')
    expect(seen).not.toContain('0.000000001 live')
    expect(seen).not.toContain('undefined live')
  })

  it('client.follow without a socket polls on, and shows no old value', async () => {
    const { net, client, owner, queryClient } = await balanceApp()
    net.fund(owner, 1n)
    let last: BalanceResult | undefined
    onTestFinished(client.follow({ owner }, (result) => (last = result), { pollInterval: 300 }))
    await expect.poll(() => last?.data?.text, PATIENCE).toBe('0.000000001')
    queryClient.removeQueries()
    net.fund(owner, 1n)
    await expect.poll(() => `${last?.data?.text} ${last?.freshness}`, PATIENCE).toBe('0.000000002 polling')
    net.fund(owner, 1n)
    await expect.poll(() => `${last?.data?.text} ${last?.freshness}`, PATIENCE).toBe('0.000000003 polling')
  })

  it('an account that is followed and shown by nobody is read anew, and live only then', async () => {
    const { net, client, owner, queryClient } = await liveApp()
    net.fund(owner, 1n)
    const request = { address: address(owner), commitment: 'confirmed' } as const
    onTestFinished(client.open())
    onTestFinished(client.followAccount(request))
    const held = () =>
      queryClient.getQueryData<AccountRecord>(balanceKeys.account(client.cluster, 'confirmed', request.address))
        ?.lamports
    await expect.poll(() => client.isLive(request), PATIENCE).toBe(true)
    net.faults.add({ on: 'notification', do: { lose: true } })
    net.fund(owner, 1n)
    queryClient.clear()
    expect(client.isLive(request)).toBe(false)
    expect(client.freshness(request, 5000)).toBe('stale')
    await expect.poll(() => client.isLive(request), PATIENCE).toBe(true)
    expect(held()).toBe(2n)
  })

  it('get and fetchFresh give what the chain says, not what was there', async () => {
    const { net, client, owner, queryClient } = await liveApp()
    net.fund(owner, 1n)
    onTestFinished(client.open())
    onTestFinished(client.followAccount({ address: address(owner), commitment: 'confirmed' }))
    await expect.poll(() => client.isLive({ address: address(owner), commitment: 'confirmed' }), PATIENCE).toBe(true)
    net.faults.add({ on: 'notification', do: { lose: true } })
    net.fund(owner, 1n)
    queryClient.clear()
    const fresh = client.fetchFresh({ owner }, { maxAgeMs: 60_000 })
    const got = client.get({ owner })
    expect((await fresh).lamports).toBe(2n)
    expect((await got).lamports).toBe(2n)
    queryClient.removeQueries()
    expect((await client.get({ owner })).lamports).toBe(2n)
  })

  it('streamTargets goes on with the changes that come after it', async () => {
    const { net, client, owner, queryClient } = await liveApp()
    net.fund(owner, 1n)
    onTestFinished(client.open())
    const deltas: bigint[] = []
    const target = { owner: address(owner) }
    onTestFinished(streamTargets(client, [target], 'confirmed', ({ delta }) => void deltas.push(delta)))
    const request = { address: target.owner, commitment: 'confirmed' } as const
    await expect.poll(() => client.isLive(request), PATIENCE).toBe(true)
    queryClient.clear()
    await expect.poll(() => client.isLive(request), PATIENCE).toBe(true)
    net.fund(owner, 5n)
    await expect.poll(() => deltas, PATIENCE).toEqual([5n])
  })
})
