// @vitest-environment happy-dom
import { type AccountRecord, createBalanceClient } from 'lamplight/core'
import { persistBalances } from 'lamplight/persist'
import { expect, it, onTestFinished } from 'vitest'
import { streamTargets } from '../../../src/client/balances/streams.js'
import { newAddress } from '../../support/localnet.js'
import { uncaught } from '../../support/uncaught.js'
import { balanceApp, liveApp } from './balanceApp.js'

const WAIT = { timeout: 15_000 }
const fault = (name: string) => new Error(`the app's ${name}`)

/** A listener that throws, or fails later, each time it is told. */
const failing = {
  'throws at once': (error: Error, seen: unknown[]) => (news: unknown) => {
    seen.push(news)
    throw error
  },
  'fails later': (error: Error, seen: unknown[]) => async (news: unknown) => {
    seen.push(news)
    throw error
  },
}

it.each(Object.entries(failing))('goes on when a listener %s: values change, all others are told', async (_, make) => {
  const reported = uncaught()
  const { client, net, owner, queryClient } = await liveApp()
  const seen: unknown[] = []
  const errors = ['on', 'follow', 'status', 'stream', 'freshness'].map(fault)
  const [on, follow, status, stream, freshness] = errors.map((error) => make(error, seen))
  const told = { on: [] as bigint[], follow: [] as unknown[], states: [] as string[], stream: [] as bigint[] }
  const stops = [
    client.on('balance:updated', on as never),
    client.on('balance:updated', ({ next }) => void told.on.push(next.lamports)),
    client.status.subscribe(status as never),
    client.status.subscribe(({ state }) => void told.states.push(state)),
    client.onFreshness(freshness as never),
    client.follow({ owner }, follow as never),
    client.follow({ owner }, ({ data, freshness: now }) => void told.follow.push([data?.lamports, now])),
    streamTargets(client, [{ owner: owner as never }], 'confirmed', stream as never),
    streamTargets(client, [{ owner: owner as never }], 'confirmed', ({ next }) => void told.stream.push(next)),
  ]
  onTestFinished(() => stops.forEach((stop) => void stop()))
  await expect.poll(() => told.follow.at(-1), WAIT).toEqual([0n, 'live'])
  for (const lamports of [5n, 10n]) {
    net.fund(owner, 5n)
    await expect.poll(() => told.follow.at(-1), WAIT).toEqual([lamports, 'live'])
  }
  expect(told.on.slice(-2)).toEqual([5n, 10n])
  expect(told.stream.slice(-2)).toEqual([5n, 10n])
  expect(told.states).toContain('live')
  const key = ['lamplight', client.cluster, 'confirmed', 'account', owner]
  expect(queryClient.getQueryData<AccountRecord>(key)?.lamports).toBe(10n)
  // The very errors, each as often as its listener was told, and nothing else.
  await expect.poll(() => reported.length, WAIT).toBe(seen.length)
  expect(new Set(reported)).toEqual(new Set(errors))
})

it('writes all that was pushed when the app’s own listener on its cache throws', async () => {
  const reported = uncaught()
  const { client, net, queryClient } = await liveApp()
  const owners = [newAddress(), newAddress(), newAddress()]
  const seen = new Map<string, unknown>()
  const stops = owners.map((owner) =>
    client.follow({ owner }, ({ data, freshness }) => void seen.set(owner, `${data?.lamports} ${freshness}`)),
  )
  onTestFinished(() => stops.forEach((stop) => void stop()))
  await expect.poll(() => [...seen.values()], WAIT).toEqual(owners.map(() => '0 live'))
  const off = queryClient.getQueryCache().subscribe(({ type }) => {
    if (type === 'updated') throw fault('cache listener')
  })
  onTestFinished(off)
  for (const owner of owners) net.fund(owner, 7n)
  await expect.poll(() => [...seen.values()], WAIT).toEqual(owners.map(() => '7 live'))
  expect(reported.length).toBeGreaterThan(0)
})

it('takes the platform’s chance where the app’s own throws or gives no number, and says so once', async () => {
  for (const random of [() => Number.NaN, () => -1, () => Promise.reject, () => fault('random') && (() => {})]) {
    const reported = uncaught()
    const { client, owner, net } = await liveApp({ random: random as never })
    net.fund(owner, 3n)
    const seen: unknown[] = []
    const stop = client.follow({ owner }, ({ data, freshness }) => void seen.push(`${data?.lamports} ${freshness}`))
    await expect.poll(() => seen.at(-1), WAIT).toBe('3 live')
    net.dropSockets()
    await expect.poll(() => client.status.getState().state, WAIT).not.toBe('live')
    await expect.poll(() => client.status.getState().state, WAIT).toBe('live')
    stop()
    expect(reported).toHaveLength(1)
  }
})

it.each([
  [
    'throws at once',
    () => {
      throw fault('fetch')
    },
    'rpc/unreachable',
  ],
  ['throws a text', () => Promise.reject('no network'), 'rpc/unreachable'],
  ['throws what cannot be read', () => Promise.reject(Object.create(null)), 'rpc/unreachable'],
  ['gives nothing', () => Promise.resolve(undefined), 'rpc/unreachable'],
  ['never answers, whatever its signal says', () => new Promise(() => {}), 'rpc/timeout'],
])('says what happened when the app’s fetch %s', async (_, fetch, code) => {
  const { queryClient } = await balanceApp()
  const options = {
    queryClient,
    rpcUrl: 'http://nodes.invalid',
    url: false,
    limits: { requestTimeoutMs: 200 },
  } as const
  const client = createBalanceClient({ ...options, fetch: fetch as never })
  await expect(client.request('getSlot', [], { over: 'http' })).rejects.toMatchObject({ code })
})

it('goes on when the listener of storage errors throws', async () => {
  const reported = uncaught()
  const { client, owner } = await balanceApp()
  const error = fault('onError')
  const broken = async () => {
    throw Object.create(null)
  }
  const storage = { get: broken, set: broken, remove: broken, keys: broken }
  const onError = () => {
    throw error
  }
  const kept = persistBalances(client, { owner, storage, onError })
  await kept.restored
  await kept.clear()
  expect(reported).toEqual([error])
})
