import { type Address, balanceKeys, isLamplightError } from 'lamplight/core'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { newAddress } from '../../support/localnet.js'
import { balanceApp, liveApp } from './balanceApp.js'

const SOL = 1_000_000_000n

describe('get', () => {
  it('answers from the cache within the stale time, for both programs and SOL', async () => {
    const { net, client, owner, requests } = await balanceApp()
    net.fund(owner, 2n * SOL)
    const mints = [net.createMint({ decimals: 2 }), net.createMint({ decimals: 2, program: 'token-2022' })] as const
    for (const mint of mints) net.setTokenBalance({ owner, mint, amount: 1234n })
    requests()
    expect(await client.get({ owner })).toMatchObject({ kind: 'sol', text: '2', source: 'fetch' })
    expect(await client.get({ owner, mint: mints[0] })).toMatchObject({ kind: 'token', text: '12.34' })
    expect(requests()).toBe(2)
    expect(await client.get({ owner, mint: mints[1] })).toMatchObject({ program: 'token-2022', amount: 1234n })
    expect(requests()).toBe(2)
    for (const target of [{ owner }, ...mints.map((mint) => ({ owner, mint }))]) await client.get(target)
    expect(requests()).toBe(0)
  })

  it('takes a value for fresh for 3 s', async () => {
    const startedAt = systemClock.now()
    let passedMs = 0
    // Timers run as ever; only the time that is told stands still between the steps.
    const { client, owner, requests } = await balanceApp({
      clock: { ...systemClock, now: () => startedAt + passedMs },
    })
    await client.get({ owner })
    requests()
    passedMs = 2999
    await client.get({ owner })
    expect(requests()).toBe(0)
    passedMs = 3000
    await client.get({ owner })
    expect(requests()).toBe(1)
  })

  it('answers from the cache in less than a millisecond', async () => {
    const { client, owner } = await balanceApp()
    await client.get({ owner })
    const tookMs: number[] = []
    for (let i = 0; i < 1000; i++) {
      const startedAt = performance.now()
      await client.get({ owner })
      tookMs.push(performance.now() - startedAt)
    }
    expect(tookMs.sort((a, b) => a - b)[500]).toBeLessThan(1)
  })

  it('asks once for what many ask for at the same time', async () => {
    const { client, owner, requests } = await balanceApp()
    requests()
    await Promise.all(Array.from({ length: 20 }, () => client.get({ owner })))
    expect(requests()).toBe(1)
  })

  it('names what is wrong with a target, and asks nothing', async () => {
    const { client, owner, requests } = await balanceApp()
    requests()
    await expect(client.get({ owner: 'x' })).rejects.toThrow(/^target\.owner: "x" is not a Solana address/)
    await expect(client.get({ owner, mint: '' })).rejects.toThrow(/^target\.mint: "" .*empty/)
    await expect(client.get(undefined as never)).rejects.toThrow(/^target\.owner: "undefined" .*neither/)
    expect(requests()).toBe(0)
  })

  it('keeps the newest, whatever an older node answers meanwhile', async () => {
    const { net, client, owner, queryClient } = await balanceApp()
    net.fund(owner, SOL)
    const { slot } = await client.get({ owner })
    const key = balanceKeys.account('test', 'confirmed', owner as Address)
    const held = queryClient.getQueryData<{ lamports: bigint; slot: number }>(key)
    queryClient.setQueryData(key, { ...held, slot: slot + 50, lamports: 9n * SOL })
    await queryClient.invalidateQueries({ queryKey: key })
    expect(await client.get({ owner })).toMatchObject({ text: '9', slot: slot + 50 })
  })
})

describe('getMany', () => {
  it.each([
    [99, 1],
    [100, 1],
    [101, 2],
    [250, 3],
  ])('reads the SOL of %i owners in %i requests', async (count, expected) => {
    const { net, client, requests } = await balanceApp()
    const targets = Array.from({ length: count }, (_, i) => {
      const owner = newAddress()
      net.fund(owner, BigInt(i + 1))
      return { owner }
    })
    requests()
    const balances = await client.getMany(targets)
    expect(requests()).toBe(expected)
    expect(targets.map((target) => balances.get(target))).toMatchObject(
      targets.map((_, i) => ({ lamports: BigInt(i + 1) })),
    )
  })

  it('counts the mints of a batch, and asks once more where a mint is of Token-2022', async () => {
    const { net, client, requests } = await balanceApp()
    const owners = Array.from({ length: 30 }, newAddress)
    const mints = [net.createMint({ decimals: 0 }), net.createMint({ decimals: 0, program: 'token-2022' })] as const
    const targets = owners.flatMap((owner, i) =>
      mints.map((mint) => {
        net.setTokenBalance({ owner, mint, amount: BigInt(i) })
        return { owner, mint }
      }),
    )
    requests()
    // 60 accounts and 2 mints; then the 30 accounts that are elsewhere.
    const balances = await client.getMany(targets)
    expect(requests()).toBe(2)
    expect([...balances.values()]).toMatchObject(targets.map((_, i) => ({ amount: BigInt(Math.floor(i / 2)) })))
  })

  it('gives each target its own result or error: a bad address does not spoil the rest', async () => {
    const { net, client, owner, requests } = await balanceApp()
    net.fund(owner, SOL)
    const mint = net.createMint({ decimals: 0 })
    const [good, bad, noMint, none] = [{ owner }, { owner: 'bad' }, { owner, mint: newAddress() }, { owner, mint }]
    requests()
    const balances = await client.getMany([good, bad, noMint, none])
    expect(requests()).toBe(1)
    expect(balances.get(good)).toMatchObject({ text: '1' })
    expect(balances.get(none)).toMatchObject({ exists: false, amount: 0n })
    const errors = [bad, noMint].map((target) => balances.get(target))
    expect(errors.map((error) => isLamplightError(error) && error.code)).toEqual([
      'input/invalid-address',
      'account/no-mint',
    ])
    expect(String(errors[0])).toContain('targets[1].owner: "bad"')
    expect((await client.getMany([])).size).toBe(0)
  })
})

describe('fetchFresh', () => {
  it('takes what was confirmed recently enough, and reads otherwise', async () => {
    const { net, client, owner, requests } = await balanceApp()
    net.fund(owner, SOL)
    await client.get({ owner })
    requests()
    expect(await client.fetchFresh({ owner }, { maxAgeMs: 60_000 })).toMatchObject({ text: '1' })
    expect(requests()).toBe(0)
    net.fund(owner, SOL)
    await new Promise((resume) => setTimeout(resume, 5))
    expect(await client.get({ owner })).toMatchObject({ text: '1' })
    expect(await client.fetchFresh({ owner }, { maxAgeMs: 0 })).toMatchObject({ text: '2' })
    expect(requests()).toBe(1)
  })

  it('joins a read that is under way', async () => {
    const { client, owner, requests } = await balanceApp()
    requests()
    await Promise.all([client.get({ owner }), client.fetchFresh({ owner }, { maxAgeMs: 0 }), client.get({ owner })])
    expect(requests()).toBe(1)
  })

  it('never gives a stored value, nor reads again a mint that nobody can change', async () => {
    const { net, client, owner, queryClient, requests } = await balanceApp()
    const mint = net.createMint({ decimals: 0 })
    net.setTokenBalance({ owner, mint, amount: 5n })
    const account = client.associatedAddress(owner as Address, mint as Address, 'token')
    await client.get({ owner, mint })
    const key = balanceKeys.account('test', 'confirmed', account)
    const record = queryClient.getQueryData<object>(key)
    queryClient.removeQueries({ queryKey: key })
    queryClient.setQueryData(key, { ...record, source: 'restored', verifiedAt: Date.now() })
    requests()
    const balance = await client.fetchFresh({ owner, mint }, { maxAgeMs: 60_000 })
    expect(balance).toMatchObject({ source: 'fetch', amount: 5n })
    expect(requests()).toBe(1)
  })

  it('takes for fresh what the stream vouches for', async () => {
    const { net, client, owner, requests } = await liveApp()
    net.fund(owner, SOL)
    const stop = client.follow({ owner })
    const request = { address: owner as Address, commitment: 'confirmed' } as const
    await expect.poll(() => client.isLive(request)).toBe(true)
    requests()
    expect(await client.fetchFresh({ owner }, { maxAgeMs: 0 })).toMatchObject({ text: '1' })
    expect(requests()).toBe(0)
    stop()
  })

  it('says so when no node gives anything as new as what is known', async () => {
    const { net, client, owner, queryClient } = await balanceApp()
    net.fund(owner, SOL)
    const { slot } = await client.get({ owner })
    const key = balanceKeys.account('test', 'confirmed', owner as Address)
    const held = queryClient.getQueryData<object>(key)
    queryClient.setQueryData(key, { ...held, slot: slot + 50, verifiedAt: 0, lamports: 7n })
    const error = await client.fetchFresh({ owner }, { maxAgeMs: 1000 }).catch((reason) => reason)
    expect(isLamplightError(error, 'rpc/behind') && error.context.minSlot).toBe(slot + 50)
  })

  it.each([-1, Number.NaN, undefined, '5'])('refuses %s as an age', async (maxAgeMs) => {
    const { client, owner } = await balanceApp()
    await expect(client.fetchFresh({ owner }, { maxAgeMs } as never)).rejects.toThrow(/^maxAgeMs: .*milliseconds/)
  })
})

describe('preload', () => {
  it('reads a wallet ahead: SOL, every token of both programs, and their mints', async () => {
    const { net, client, owner, requests } = await balanceApp()
    net.fund(owner, SOL)
    const targets = (['token', 'token-2022'] as const).flatMap((program) =>
      [1, 2].map((amount) => {
        const mint = net.createMint({ decimals: 0, program })
        net.setTokenBalance({ owner, mint, amount })
        return { owner, mint }
      }),
    )
    requests()
    await client.preload(owner)
    // SOL, a list for each program, and the mints.
    expect(requests()).toBe(4)
    expect(await client.get({ owner })).toMatchObject({ text: '1' })
    const balances = await client.getMany(targets)
    expect(targets.map((target) => balances.get(target))).toMatchObject([1n, 2n, 1n, 2n].map((amount) => ({ amount })))
    expect(requests()).toBe(0)
  })

  it('is quiet about a failure, and names what is no address', async () => {
    const { net, client, owner } = await balanceApp()
    net.faults.add({ on: 'http', do: { status: 429 } })
    await client.preload(owner)
    await expect(client.preload('nobody')).rejects.toThrow(/^owner: "nobody"/)
  })
})
