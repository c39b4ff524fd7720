import { type Address, balanceKeys } from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newAddress } from '../../support/localnet.js'
import { type BalanceApp, balanceApp, liveApp } from './balanceApp.js'

const addresses = (count: number) => Array.from({ length: count }, newAddress)
const held = ({ queryClient }: BalanceApp) =>
  queryClient
    .getQueryCache()
    .findAll({ queryKey: balanceKeys.all })
    .map(({ queryKey }) => queryKey[4] as string)
const read = (app: BalanceApp, owners: readonly string[]) => app.client.getMany(owners.map((owner) => ({ owner })))
const PATIENCE = { timeout: 10_000 }

describe('the cache', () => {
  it('keeps as many unobserved accounts as it is told to: the least recently used leave first', async () => {
    const app = await balanceApp({ maxInactive: 5 })
    const [a, b, c, d, e, ...more] = addresses(9) as [string, string, string, string, string, ...string[]]
    for (const owner of [a, b, c, d, e]) await read(app, [owner])
    // Used again, though not read again.
    app.requests()
    await read(app, [a])
    expect(app.requests()).toBe(0)
    await read(app, more)
    await expect.poll(() => held(app).length, PATIENCE).toBe(5)
    expect(held(app).sort()).toEqual([a, ...more].sort())
  })

  it('keeps a thousand when it is told nothing', async () => {
    const app = await balanceApp()
    const owners = addresses(1100)
    await read(app, owners)
    await expect.poll(() => held(app).length, PATIENCE).toBe(1000)
    expect(held(app).sort()).toEqual(owners.slice(100).sort())
  }, 30_000)

  it('never lets go of what is observed or followed', async () => {
    const app = await liveApp({ maxInactive: 2 })
    const [shown, followed] = addresses(2) as [string, string]
    onTestFinished(app.client.open())
    onTestFinished(app.client.follow({ owner: shown }))
    const request = { address: followed as Address, commitment: 'confirmed' } as const
    const unfollow = app.client.followAccount(request)
    await expect.poll(() => app.client.isLive(request)).toBe(true)
    const more = addresses(6)
    await read(app, more)
    await expect.poll(() => held(app).length, PATIENCE).toBe(4)
    expect(held(app).sort()).toEqual([shown, followed, ...more.slice(4)].sort())
    unfollow()
    await read(app, addresses(2))
    await expect.poll(() => held(app).includes(followed), PATIENCE).toBe(false)
    expect(held(app)).toContain(shown)
  })

  it('leaves what is not its own alone', async () => {
    const app = await balanceApp({ maxInactive: 0 })
    app.queryClient.setQueryData(['app'], 1)
    await read(app, addresses(3))
    await expect.poll(() => held(app).length, PATIENCE).toBe(0)
    expect(app.queryClient.getQueryData(['app'])).toBe(1)
  })

  it.each([-1, 1.5, Number.NaN])('is not bounded by %s', async (maxInactive) => {
    await expect(balanceApp({ maxInactive })).rejects.toThrow(/^maxInactive: .*whole number/)
  })
})
