// @vitest-environment happy-dom
// TanStack Query polls in pages only.
import type { BalanceResult, SolBalance } from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newAddress } from '../../support/localnet.js'
import { balanceApp, liveApp } from './balanceApp.js'

const PATIENCE = { timeout: 10_000 }

describe('follow', () => {
  it.each(['token', 'token-2022'] as const)(
    'gives a balance of the program %s, and each change of it once',
    async (program) => {
      const { net, client, owner } = await liveApp()
      const mint = net.createMint({ decimals: 1, program })
      net.setTokenBalance({ owner, mint, amount: 10n })
      const seen: string[] = []
      const stop = client.follow({ owner, mint }, ({ data, freshness }) => void seen.push(`${data?.text} ${freshness}`))
      onTestFinished(stop)
      expect(seen).toEqual([])
      await expect.poll(() => seen.at(-1), PATIENCE).toBe('1 live')
      expect(seen[0]).toBe('undefined stale')
      const before = seen.length
      net.resetStats()
      for (const amount of [20n, 30n]) {
        net.setTokenBalance({ owner, mint, amount })
        await expect.poll(() => seen.at(-1), PATIENCE).toBe(`${amount / 10n} live`)
      }
      expect(seen.slice(before)).toEqual(['2 live', '3 live'])
      expect(net.stats().httpRequests).toBe(0)
    },
  )

  it('opens the connection, and lets go of it with the last one', async () => {
    const { net, client, owner } = await liveApp()
    const stops = [client.follow({ owner }), client.follow({ owner })]
    await expect.poll(() => net.stats().sockets, PATIENCE).toBe(1)
    expect(net.stats().socketsOpened).toBe(1)
    stops[0]?.()
    stops[0]?.()
    await new Promise((resume) => setTimeout(resume, 100))
    expect(client.status.getState().state).not.toBe('closed')
    stops[1]?.()
    await expect.poll(() => client.status.getState().state, PATIENCE).toBe('closed')
    await expect.poll(() => net.stats().sockets, PATIENCE).toBe(0)
  })

  it('polls where there is no stream, and says so', async () => {
    const { net, client, owner } = await balanceApp()
    net.fund(owner, 1n)
    const seen: BalanceResult[] = []
    onTestFinished(client.follow({ owner }, (result) => void seen.push(result), { pollInterval: 300 }))
    const shown = () => `${(seen.at(-1)?.data as SolBalance | undefined)?.lamports} ${seen.at(-1)?.freshness}`
    await expect.poll(shown, PATIENCE).toBe('1 polling')
    net.fund(owner, 1n)
    await expect.poll(shown, PATIENCE).toBe('2 polling')
  })

  it('polls no more once it was stopped', async () => {
    const { net, client, owner, requests } = await balanceApp()
    net.fund(owner, 1n)
    const stop = client.follow({ owner }, () => {}, { pollInterval: 250 })
    await expect.poll(() => net.stats().httpRequests, PATIENCE).toBeGreaterThan(2)
    stop()
    // The request that was on its way may still come in.
    await new Promise((resume) => setTimeout(resume, 200))
    requests()
    await new Promise((resume) => setTimeout(resume, 1000))
    expect(requests()).toBe(0)
  })

  it('keeps the last value and gives the error when reads fail, and goes on', async () => {
    const { net, client, owner } = await balanceApp()
    net.fund(owner, 1n)
    const errors: string[] = []
    let text: string | undefined
    const stop = client.follow(
      { owner },
      ({ data, error }) => {
        text = data?.text
        if (error) errors.push(error.code)
      },
      { pollInterval: 250 },
    )
    onTestFinished(stop)
    await expect.poll(() => text, PATIENCE).toBe('0.000000001')
    const accept = net.faults.add({ on: 'http', do: { status: 400 } })
    // After three retries: 1, 2 and 4 s.
    await expect.poll(() => errors.length, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(text).toBe('0.000000001')
    accept()
    net.fund(owner, 1n)
    await expect.poll(() => text, { timeout: 20_000 }).toBe('0.000000002')
  }, 45_000)

  it('tells nothing any more once it was stopped, also before its code is there', async () => {
    const { net, client, owner } = await liveApp()
    net.fund(owner, 1n)
    let calls = 0
    client.follow({ owner }, () => void calls++)()
    await client.get({ owner })
    await new Promise((resume) => setTimeout(resume, 50))
    expect(calls).toBe(0)
    expect(net.stats().subscriptions.account).toBe(0)
  })

  it('lets interest grow with the chain’s time, and asks for nothing meanwhile', async () => {
    const { net, client, owner } = await liveApp()
    const mint = net.createMint({ decimals: 9, interestBps: 10_000 })
    net.setTokenBalance({ owner, mint, amount: 10n ** 15n })
    const texts = new Set<string>()
    let last = ''
    onTestFinished(
      client.follow({ owner, mint }, ({ data, freshness }) => {
        if (data) texts.add(data.text)
        last = freshness
      }),
    )
    await expect.poll(() => last, PATIENCE).toBe('live')
    net.resetStats()
    const before = texts.size
    await expect.poll(() => texts.size, PATIENCE).toBeGreaterThan(before + 1)
    expect(last).toBe('live')
    expect(net.stats().httpRequests).toBe(0)
    const amounts = [...texts].map(Number)
    expect(amounts).toEqual([...amounts].sort((a, b) => a - b))
  }, 30_000)

  it('refuses a wrong target or interval at once', async () => {
    const { client, owner } = await balanceApp()
    expect(() => client.follow({ owner: 'x' })).toThrow(/^target\.owner: "x"/)
    expect(() => client.follow({ owner }, () => {}, { pollInterval: -1 })).toThrow(/^pollInterval: -1/)
    expect(client.status.getState().state).toBe('idle')
  })

  it('tells a mint that is none', async () => {
    const { client, owner } = await balanceApp()
    const seen: BalanceResult[] = []
    onTestFinished(client.follow({ owner, mint: newAddress() }, (result) => void seen.push(result)))
    await expect.poll(() => seen.at(-1)?.error?.code, PATIENCE).toBe('account/no-mint')
    expect(seen.map(({ data }) => data).filter(Boolean)).toEqual([])
  })
})
