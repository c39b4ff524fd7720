import { QueryClient, QueryObserver } from '@tanstack/query-core'
import { createBalanceClient } from 'lamplight/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { addressOfBytes } from '../../../src/base/address.js'
import { laterError } from '../../../src/base/laterErrors.js'
import { balanceKeys } from '../../../src/cache/queries.js'
import { pollMsOf } from '../../../src/client/balances/pollInterval.js'
import { createPolling } from '../../../src/client/reads/polling.js'
import { repoll } from '../../../src/client/reads/repoll.js'
import type { SubscriptionRequest } from '../../../src/token/account.js'
import { createVirtualClock } from '../../support/virtualTime.js'

const owner = addressOfBytes(new Uint8Array(32).fill(1))
const failure = laterError('rpc/unreachable', { endpoint: 'node.example' })

/** A pace over some shown accounts, whose reads the test counts. */
function setUp(accounts = 1) {
  const clock = createVirtualClock()
  const queryClient = new QueryClient()
  const told: string[] = []
  const live = new Set<string>()
  let reads = 0
  let lets = 0
  const polled = {
    queryClient,
    cluster: 'test',
    isLive: ({ address }: SubscriptionRequest) => live.has(address),
    isPolled: () => false,
  }
  const polling = createPolling({
    clock,
    repoll: (which) => repoll(polled, which),
    letThrough: () => void lets++,
    standBack: () => 1,
    tell: (running, error) => told.push(running ? 'started' : `stopped: ${error?.code}`),
  })
  for (let n = 0; n < accounts; n++) {
    const address = addressOfBytes(new Uint8Array(32).fill(n + 1))
    const observer = new QueryObserver(queryClient, {
      queryKey: balanceKeys.account('test', 'confirmed', address),
      queryFn: async () => ++reads,
      initialData: 0,
      staleTime: Infinity,
      refetchInterval: () => false as const,
    })
    onTestFinished(observer.subscribe(() => {}))
  }
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) {
      polling.failed(failure)
      await clock.advance(1000)
    }
  }
  return { clock, polling, told, live, fail, reads: () => reads, lets: () => lets }
}

describe('the pace of polling', () => {
  it("takes the hook's interval, or the wallet's activity where it was left to it", () => {
    const { polling } = setUp()
    expect(polling.delayMs(7000)).toBe(7000)
    expect(polling.delayMs(5000, owner)).toBe(5000)
    polling.setActivity(owner, 'active')
    expect(polling.delayMs(5000, owner)).toBe(2000)
    polling.setActivity(owner, 'background')
    expect(polling.delayMs(5000, owner)).toBe(15_000)
  })

  it.each([
    ['fast', 2000],
    ['normal', 5000],
    ['slow', 15_000],
    ['auto', 5000],
    [1234, 1234],
  ] as const)('asks for %s each %i ms', (interval, expected) => {
    expect(setUp().polling.delayMs(pollMsOf(interval))).toBe(expected)
  })

  it.each([
    ['low', 2],
    ['normal', 1],
    ['high', 1],
  ] as const)('with bandwidth %s waits %i times each tier, and what each activity asks for', (bandwidth, times) => {
    const queryClient = new QueryClient()
    const client = createBalanceClient({ queryClient, rpcUrl: 'http://node.example', url: false, bandwidth })
    for (const tier of ['fast', 'normal', 'slow'] as const)
      expect(client.pollDelayMs(pollMsOf(tier))).toBe(pollMsOf(tier) * times)
    expect(client.pollDelayMs(5000, owner)).toBe(5000 * times)
    client.setActivity(owner, 'active')
    expect(client.pollDelayMs(5000, owner)).toBe(2000 * times)
    expect(client.pollDelayMs(pollMsOf(false))).toBe(Infinity)
  })

  it.each(['medium', '', 'low|normal', null, 1])('refuses bandwidth %o by name', (bandwidth) => {
    const options = { queryClient: new QueryClient(), rpcUrl: 'http://node.example', bandwidth: bandwidth as never }
    const expected = expect.objectContaining({ context: expect.objectContaining({ argument: 'bandwidth' }) })
    expect(() => createBalanceClient(options)).toThrow(expected)
  })

  it('slows down with each failure in a row, counting one request with many accounts once', async () => {
    const { polling, fail } = setUp()
    for (let i = 0; i < 100; i++) polling.failed(failure)
    expect(polling.delayMs(1000)).toBe(2000)
    await fail(2)
    expect(polling.delayMs(1000)).toBe(4000)
    polling.succeeded()
    expect(polling.delayMs(1000)).toBe(1000)
  })

  it('gives up after five failures in a row and says so once', async () => {
    const { polling, told, fail } = setUp()
    await fail(4)
    expect(told).toEqual([])
    await fail(3)
    expect(told).toEqual(['stopped: rpc/unreachable'])
    expect(polling.delayMs(1000)).toBe(Infinity)
  })

  it('tries with one account each 30 s, and with all of them once one was read', async () => {
    const { clock, polling, told, fail, reads } = setUp(5)
    await fail(5)
    await clock.advance(30_000)
    expect(reads()).toBe(1)
    polling.failed(failure)
    await clock.advance(30_000)
    expect(reads()).toBe(2)
    polling.succeeded()
    await clock.advance(0)
    expect(reads()).toBe(7)
    expect(told).toEqual(['stopped: rpc/unreachable', 'started'])
    await clock.advance(120_000)
    expect(reads()).toBe(7)
  })

  it('keeps no trial waiting for a pause that a node asked for', async () => {
    const { clock, fail, lets } = setUp()
    await fail(5)
    expect(lets()).toBe(0)
    await clock.advance(30_000)
    expect(lets()).toBe(1)
  })

  it('reads at once what the stream has let go of, and nothing that it still vouches for', async () => {
    const { clock, polling, live, reads } = setUp(3)
    live.add(owner)
    polling.now()
    await clock.advance(0)
    expect(reads()).toBe(2)
  })
})
