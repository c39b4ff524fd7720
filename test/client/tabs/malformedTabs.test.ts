import { QueryClient } from '@tanstack/query-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { laterError } from '../../../src/base/laterErrors.js'
import { optimisticUpdatesOf } from '../../../src/client/pending/optimisticUpdates.js'
import { newPendingTransaction } from '../../../src/client/pending/pendingTransaction.js'
import { sharePending } from '../../../src/client/tabs/pendingTabs.js'
import {
  type LeaderMessage,
  type LeaderPayload,
  sentError,
  sentState,
  sharedName,
} from '../../../src/client/tabs/tabChannel.js'
import { createSharedStream, type SharedUpdate } from '../../../src/client/tabs/tabs.js'
import type { SocketState } from '../../../src/socket/socket.js'
import type { SubscriptionRequest } from '../../../src/token/account.js'
import { keyOf } from '../../../src/token/accountKey.js'
import { createBrowser } from '../../support/browserTabs.js'
import { createVirtualClock } from '../../support/virtualTime.js'
import { pathsIn, replacedAt, spoiled } from '../../support/wrongFields.js'
import { createTabNode, request } from './tabNode.js'

const CHANNEL = sharedName('test')
const error = laterError('socket/closed', { endpoint: 'node.example', closeCode: 1006, why: 'it fell silent' })
const [paused, retryAtMs] = [{ attempt: 2, error }, 9000]
const states: readonly SocketState[] = [
  { name: 'idle' },
  { name: 'connecting', attempt: 0 },
  { name: 'open', sinceMs: 1 },
  { name: 'suspect', sinceMs: 1, heardAtMs: 2 },
  { name: 'waiting', ...paused, retryAtMs },
  { name: 'offline', ...paused, retryAtMs },
  { name: 'suspended', sinceMs: 1 },
  { name: 'failed', error, retryAtMs: null },
]

/** A page whose channel nobody else is on, as one that waits for the lock; or with the lock. */
function setUp({ isLeader = false } = {}) {
  const clock = createVirtualClock()
  const browser = createBrowser(clock)
  const node = createTabNode()
  const page = browser.tab()
  const locks = isLeader ? page.locks : { request: () => new Promise<never>(() => {}) }
  const stream = createSharedStream({
    ...{ name: 'test', own: node.connect(page.clock), clock: page.clock, proofMs: 20_000, id: 'me' },
    ...{ locks, openChannel: page.openChannel, holds: () => true },
  })
  const arrived: SharedUpdate[] = []
  stream.on('account', (update) => {
    arrived.push(update)
    stream.markLive([update.request])
  })
  stream.follow(request(1))
  stream.open()
  return {
    ...{ node, stream, arrived, clock },
    async hear(...messages: readonly unknown[]) {
      for (const each of messages) browser.say(CHANNEL, each)
      await clock.advance(5)
    },
  }
}

let seq = 0
const said = (messages: LeaderPayload): LeaderMessage => ({
  ...messages,
  // Said just now, by whatever clock.
  ...{ leader: 'other', term: 1, seq: ++seq, at: { ms: 1, wallMs: 1e15 } },
})
const told = (target: SubscriptionRequest, lamports: bigint) => ({
  account: { address: target.address, slot: 9, lamports, program: target.address, data: new Uint8Array([1]) },
  commitment: target.commitment,
})
const beat = (state: SocketState) =>
  said({
    type: 'beat',
    status: {
      ...{ state: sentState(state), latencyMs: 7, slot: 9, isSynced: true, silentMs: 0 },
      ...{ live: [keyOf(request(1))], heard: { me: 1 } },
    },
  })
const open: SocketState = { name: 'open', sinceMs: 1 }
const fromLeader = () => [
  said({ type: 'account', ...told(request(1), 5n), lagging: false }),
  ...states.map(beat),
  said({ type: 'error', error: sentError(error) }),
  said({ type: 'bye' }),
]
const fromTabs = () => [
  { type: 'requests', from: 'other', count: 1, requests: [request(2)], isVisible: true, isNew: true },
  { type: 'reads', from: 'other', accounts: [told(request(1), 5n)], at: { ms: 1, wallMs: 1 } },
  { type: 'leave', from: 'other' },
  { type: 'reconnect', from: 'other' },
]
/** Of the right type, and nothing that can be. */
const impossible: readonly (readonly [string, unknown])[] = [
  ['silentMs', -1],
  ['slot', -1],
  ['slot', 2 ** 53],
  ['slot', 1.5],
  ['lamports', -1n],
  ['lamports', 2n ** 64n],
  ['address', '1111'],
  ['address', 'x'.repeat(1_000_000)],
  ['commitment', 'max'],
  ['code', 'account/no-mint'],
  ['code', 'toString'],
  ['name', 'connected'],
  ['count', -1],
  ['type', 'greeting'],
]
const madeImpossible = (message: unknown) =>
  impossible.flatMap(([field, part]) =>
    pathsIn(message)
      .filter((path) => path.at(-1) === field)
      .map((path) => ({
        title: `${path.join('.')}: ${String(part).slice(0, 30)}`,
        value: replacedAt(message, path, part),
      })),
  )
const isOptional = (path: string) => path.endsWith('lagging') || path.includes('heard.')

/** What anything that is not a tab may say: any value, and a real message with anything in one of its places. */
const anyValue = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true })
const anyMessage = fc.oneof(
  anyValue,
  fc.jsonValue(),
  fc.record({
    type: fc.constantFrom('beat', 'account', 'error', 'requests', 'reads', 'transactions', 'ask'),
    from: anyValue,
  }),
  fc.record({
    leader: anyValue,
    term: anyValue,
    seq: fc.nat(),
    type: fc.constantFrom('beat', 'account'),
    at: anyValue,
  }),
  fc
    .tuple(fc.constantFrom(...fromLeader(), ...fromTabs()), fc.nat(), anyValue)
    .map(([message, at, part]) => replacedAt(message, pathsIn(message)[at % pathsIn(message).length] ?? [], part)),
)

describe('what another tab says', () => {
  it('counts when it is whole', async () => {
    const { hear, stream, arrived } = setUp()
    const account = said({ type: 'account', ...told(request(1), 5n), lagging: false })
    await hear(account, beat(open), beat(open))
    expect([stream.isLive(request(1)), arrived.at(-1)?.account.lamports, stream.state.name]).toEqual([true, 5n, 'open'])
    const leader = setUp({ isLeader: true })
    await leader.clock.advance(100)
    await leader.hear(...fromTabs().slice(0, 2), ...fromTabs().slice(3))
    expect([leader.node.subscriptions, leader.stream.tabs, leader.node.reconnects]).toEqual([1, 1, 1])
    await leader.clock.advance(100)
    expect(leader.node.subscriptions).toBe(2)
  })

  it('is left out as a whole with anything wrong in any of its fields, and makes nothing live', async () => {
    const follower = setUp()
    const leader = setUp({ isLeader: true })
    await leader.clock.advance(100)
    const wrong = [...fromLeader(), ...fromTabs()].flatMap((each) => [
      ...spoiled(each, isOptional),
      ...madeImpossible(each),
    ])
    expect(wrong.length).toBeGreaterThan(500)
    const before = leader.arrived.length
    for (const { title, value } of wrong) {
      await follower.hear(value)
      await leader.hear(value)
      const { stream, arrived } = follower
      expect([stream.isLive(request(1)), arrived.length, stream.state.name, stream.tabs], title).toEqual([
        ...[false, 0, 'connecting', 0],
      ])
      const heard = [leader.arrived.length - before, leader.node.subscriptions, leader.stream.tabs]
      expect([...heard, leader.node.reconnects], title).toEqual([0, 1, 0, 0])
    }
  })

  it('never throws and never brings an account of another shape, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMessage, { minLength: 1, maxLength: 8 }), async (messages) => {
        for (const { hear, arrived } of [setUp(), setUp({ isLeader: true })]) {
          await hear(...messages)
          for (const { account, lagging } of arrived) {
            expect([account.address, typeof account.lamports, typeof lagging]).toEqual([
              ...[request(1).address, 'bigint', 'boolean'],
            ])
            expect(account.lamports >= 0n && Number.isSafeInteger(account.slot) && account.slot >= 0).toBe(true)
            expect(account.data === null || account.data instanceof Uint8Array).toBe(true)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('what another tab says of transactions on their way', () => {
  const pendingTransaction = newPendingTransaction(
    'signature',
    [{ address: request(1).address, lamports: -5n, tokens: 0n }],
    [],
  )
  const pendingTransactions = {
    type: 'transactions',
    from: 'other',
    pendingTransactions: [{ ...pendingTransaction, costs: pendingTransaction.deltas }],
  }

  function listening() {
    const clock = createVirtualClock()
    const browser = createBrowser(clock)
    const { openChannel } = browser.tab()
    const place = { queryClient: new QueryClient(), cluster: 'test' }
    sharePending({ ...place, clock, name: 'test', id: 'me', openChannel })
    return {
      optimisticUpdates: optimisticUpdatesOf(place),
      async hear(message: unknown) {
        browser.say('test/pending', message)
        await clock.advance(5)
      },
    }
  }

  it('counts when it is whole, and is left out with anything wrong in any of its fields', async () => {
    const { hear, optimisticUpdates } = listening()
    const asked: string[] = []
    optimisticUpdates.onAsked((id) => asked.push(id))
    for (const { title, value } of [pendingTransactions, { type: 'ask', id: 'signature' }, { type: 'hello' }].flatMap(
      (each) => spoiled(each),
    )) {
      await hear(value)
      expect([optimisticUpdates.of('other'), asked], title).toEqual([[], []])
    }
    await hear(pendingTransactions)
    await hear({ type: 'ask', id: 'signature' })
    expect([optimisticUpdates.of('other'), asked]).toEqual([['signature'], ['signature']])
  })

  it('never throws, whatever it is', async () => {
    const { hear } = listening()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anyMessage,
          fc.tuple(fc.nat(), anyValue).map(([at, part]) => {
            const paths = pathsIn(pendingTransactions)
            return replacedAt(pendingTransactions, paths[at % paths.length] ?? [], part)
          }),
        ),
        hear,
      ),
      { numRuns: 500 },
    )
  })
})
