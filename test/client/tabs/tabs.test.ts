import { describe, expect, it } from 'vitest'
import type { LamplightError } from '../../../src/base/errors.js'
import type { Channel } from '../../../src/client/tabs/tabChannel.js'
import { createSharedStream, type SharedUpdate } from '../../../src/client/tabs/tabs.js'
import type { SubscriptionRequest } from '../../../src/token/account.js'
import { type BrowserTab, createBrowser } from '../../support/browserTabs.js'
import { createVirtualClock } from '../../support/virtualTime.js'
import { createTabNode, request } from './tabNode.js'

const FRAME_MS = 16
/** Long enough for messages, acknowledgements and reads, and shorter than a beat. */
const SOON_MS = 500
/** How long a node's silence is believed. */
const PROOF_MS = 20_000

/** A browser, and one node that its pages talk to. */
function setUp() {
  const clock = createVirtualClock()
  const browser = createBrowser(clock)
  const node = createTabNode()
  let tabs = 0

  /** A page that writes what arrives into its cache a frame later, as the real one does. */
  function open(...requests: readonly SubscriptionRequest[]) {
    const page: BrowserTab = browser.tab()
    const { locks, openChannel, wake } = page
    const own = node.connect(page.clock)
    const stream = createSharedStream({
      ...{ name: 'test', own, clock: page.clock, proofMs: PROOF_MS, locks, openChannel, page: wake },
      id: `t${tabs++}`,
      holds({ address, slot, lamports }) {
        const held = shown.get(address)
        return held !== undefined && held.slot >= slot && held.lamports === lamports
      },
    })
    const shown = new Map<string, { slot: number; lamports: bigint; source: SharedUpdate['source'] }>()
    const roles: string[] = []
    const refused: number[] = []
    stream.on('refused', ({ account }) => void refused.push(account.slot))
    stream.on('account', ({ account: { address, slot, lamports }, request: of, source }) => {
      page.clock.schedule(() => {
        if ((shown.get(address)?.slot ?? 0) < slot) shown.set(address, { slot, lamports, source })
        stream.markLive([of])
      }, FRAME_MS)
    })
    stream.on('changed', () => void (roles.at(-1) === stream.role || roles.push(stream.role)))
    const stops = requests.map((each) => stream.follow(each))
    const close = stream.open()
    return {
      ...{ page, stream, shown, roles, close },
      unfollow: () => stops.map((stop) => stop()),
      isLive: () => requests.every(stream.isLive),
      lamports: (n = 1) => shown.get(request(n).address)?.lamports,
      /** The page's own cache has it from elsewhere. */
      hold: (slot: number, lamports: bigint) =>
        void shown.set(request(1).address, { slot, lamports, source: 'fetch' as const }),
      refused,
    }
  }
  return { clock, browser, node, open, soon: () => clock.advance(SOON_MS) }
}

/** Five pages that want the same, one after the other. */
async function fiveTabs() {
  const world = setUp()
  const tabs: ReturnType<typeof world.open>[] = []
  for (let i = 0; i < 5; i++) {
    tabs.push(world.open(request(1)))
    await world.soon()
  }
  return { ...world, tabs, roles: () => tabs.map(({ stream }) => stream.role) }
}

describe('tabs that share a stream', () => {
  it('have one leader, one connection and one subscription for five of them', async () => {
    const { tabs, node, roles } = await fiveTabs()
    expect(roles()).toEqual(['leader', 'follower', 'follower', 'follower', 'follower'])
    expect(tabs.every((tab) => tab.isLive())).toBe(true)
    expect([node.sockets, node.subscriptions]).toEqual([1, 1])
  })

  it('know how many others there are', async () => {
    const { tabs, clock } = await fiveTabs()
    const others = () => tabs.map(({ stream }) => stream.tabs)
    expect(others()).toEqual([4, 4, 4, 4, 4])
    tabs[4]?.close()
    // They hear of it with the leader's next word.
    await clock.advance(2000)
    expect(others().slice(0, 4)).toEqual([3, 3, 3, 3])
    const { open } = setUp()
    expect(open().stream.tabs).toBe(0)
  })

  it('all learn of a change, and say where they have it from', async () => {
    const { tabs, node, soon } = await fiveTabs()
    node.change(request(1), 20, 2n ** 60n)
    await soon()
    expect(tabs.map((tab) => tab.lamports())).toEqual(Array(5).fill(2n ** 60n))
    expect(tabs.map((tab) => tab.shown.get(request(1).address)?.source)).toEqual(['stream', 'tab', 'tab', 'tab', 'tab'])
    expect(tabs.map(({ stream }) => stream.slot)).toEqual(Array(5).fill(20))
  })

  it('are told of no account that none of them wants, and of each change of one that is wanted', async () => {
    const { browser, node, open, soon } = setUp()
    const told = () => browser.said.filter((each) => (each as { type: string }).type === 'account').length
    open(request(1))
    await soon()
    open(request(2))
    await soon()
    const before = told()
    node.change(request(1), 20, 5n)
    await soon()
    expect(told()).toBe(before)
    node.change(request(2), 21, 6n)
    await soon()
    expect(told()).toBe(before + 1)
  })

  it('have the newest value from the leader at once when they join', async () => {
    const { node, open, clock, soon } = setUp()
    open(request(1))
    await soon()
    node.change(request(1), 20, 5n)
    await soon()
    const second = open(request(1))
    await clock.advance(50)
    expect(second.lamports()).toBe(5n)
    expect(second.isLive()).toBe(true)
    expect(second.stream.isSynced).toBe(true)
  })

  it('show the state and the round-trip time of the connection that serves them', async () => {
    const { tabs, node, soon } = await fiveTabs()
    expect(tabs.map(({ stream }) => stream.state.name)).toEqual(Array(5).fill('open'))
    expect(tabs.map(({ stream }) => stream.latencyMs)).toEqual(Array(5).fill(7))
    node.cut()
    await soon()
    expect(tabs.map(({ stream }) => stream.state.name)).toEqual(Array(5).fill('idle'))
    expect(tabs.some((tab) => tab.isLive())).toBe(false)
    node.heal()
    await soon()
    expect(tabs.every((tab) => tab.isLive())).toBe(true)
  })

  it('call an account live in no tab before the leader has read it again', async () => {
    const { tabs, node, clock } = await fiveTabs()
    node.cut()
    await clock.advance(10)
    node.heal()
    // Connected, and not yet acknowledged.
    await clock.advance(30)
    expect(node.sockets).toBe(1)
    expect(tabs.map((tab) => tab.isLive())).toEqual(Array(5).fill(false))
    await clock.advance(100)
    expect(tabs.map((tab) => tab.isLive())).toEqual(Array(5).fill(true))
  })

  it('follow what any of them wants, each account once', async () => {
    const { open, node, soon } = setUp()
    const [a, b] = [open(request(1), request(2)), open(request(2), request(3))]
    await soon()
    expect(node.subscriptions).toBe(3)
    expect(a.isLive() && b.isLive()).toBe(true)
    b.unfollow()
    await soon()
    expect(node.subscriptions).toBe(2)
  })

  it('ask the leader to reconnect, whichever of them is told to', async () => {
    const { tabs, node, soon } = await fiveTabs()
    tabs[3]?.stream.reconnect()
    await soon()
    // Its own connection, of which there is none, and the leader's.
    expect(node.reconnects).toBe(2)
  })

  it('wait for the leader as long as they are patient, and no longer than it takes', async () => {
    const { open, clock, soon } = setUp()
    const first = open(request(1))
    await soon()
    const second = open(request(1))
    let settledAt = 0
    const startMs = clock.now()
    void second.stream.settled(300).then(() => {
      settledAt = clock.now() - startMs
    })
    await soon()
    expect(settledAt).toBeLessThan(50)
    first.page.freeze()
    const third = open(request(2))
    let isSettled = false
    void third.stream.settled(300).then(() => {
      isSettled = true
    })
    await clock.advance(299)
    expect(isSettled).toBe(false)
    await clock.advance(1)
    expect(isSettled).toBe(true)
  })
})

describe("a tab whose own cache refuses the leader's word", () => {
  it('is not live on what it kept, and is once both say the same', async () => {
    const { open, node, soon, clock } = setUp()
    node.change(request(1), 10, 5n)
    const first = open(request(1))
    await soon()
    const second = open(request(1))
    second.hold(1000, 777n)
    await soon()
    expect([first.lamports(), first.isLive()]).toEqual([5n, true])
    expect([second.lamports(), second.isLive()]).toEqual([777n, false])
    await clock.advance(6000)
    expect(second.isLive()).toBe(false)
    expect(second.refused).toContain(10)
    // As when the chain that started over was noticed.
    second.hold(0, 0n)
    await clock.advance(3000)
    expect([second.lamports(), second.isLive()]).toEqual([5n, true])
  })

  it('is live no longer when that happens later', async () => {
    const { tabs, node, soon } = await fiveTabs()
    tabs[3]?.hold(1000, 777n)
    node.change(request(1), 20, 5n)
    await soon()
    expect(tabs.map((tab) => tab.isLive())).toEqual([true, true, true, false, true])
  })

  it('is live on the same value that it has read at a later slot', async () => {
    const { open, node, soon } = setUp()
    node.change(request(1), 10, 5n)
    open(request(1))
    await soon()
    const second = open(request(1))
    second.hold(12, 5n)
    await soon()
    expect([second.isLive(), second.refused]).toEqual([true, []])
  })
})

describe('what one tab reads', () => {
  const read = (n: number, slot: number, lamports: bigint) => ({
    ...{ address: request(n).address, slot, lamports },
    ...{ program: request(n).address, data: new Uint8Array() },
  })

  it.each([0, 2])("is every tab's that wants it, whichever read it (%i), and makes nothing live", async (reader) => {
    const { tabs, node, soon } = await fiveTabs()
    node.cut()
    await soon()
    tabs[reader]?.stream.announceRead(read(1, 30, 4n), 'confirmed')
    await soon()
    const others = tabs.filter((_, i) => i !== reader)
    expect(others.map((tab) => tab.shown.get(request(1).address))).toEqual(
      Array(4).fill({ slot: 30, lamports: 4n, source: 'tab' }),
    )
    expect(tabs.some((tab) => tab.isLive())).toBe(false)
  })

  it('reaches no tab that does not want it, and is one message for all of a turn', async () => {
    const { open, node, soon, browser } = setUp()
    const [a, b] = [open(request(1)), open(request(2))]
    await soon()
    node.cut()
    await soon()
    for (let slot = 30; slot < 40; slot++) a.stream.announceRead(read(1, slot, 4n), 'confirmed')
    a.stream.announceRead(read(2, 40, 5n), 'confirmed')
    await soon()
    expect(browser.said.filter((each) => (each as { type: string }).type === 'reads')).toHaveLength(1)
    expect([b.lamports(1), b.lamports(2)]).toEqual([undefined, 5n])
  })
})

describe('a leader that goes', () => {
  it.each(['close', 'crash'] as const)(
    'by a %s is followed by another, and only one connection is left',
    async (how) => {
      const { tabs, node, soon, clock } = await fiveTabs()
      const [first, ...rest] = tabs
      if (how === 'close') first?.close()
      else {
        first?.page.crash()
        node.drop(0)
      }
      await soon()
      expect(rest.map(({ stream }) => stream.role)).toEqual(['leader', 'follower', 'follower', 'follower'])
      node.change(request(1), 30, 9n)
      await soon()
      expect(rest.every((tab) => tab.isLive() && tab.lamports() === 9n)).toBe(true)
      expect([node.sockets, node.subscriptions]).toEqual([1, 1])
      await clock.advance(60_000)
      expect([node.sockets, node.subscriptions]).toEqual([1, 1])
    },
  )

  it('by freezing is believed for less than 6 s, then replaced at 15 s by a connection in each tab', async () => {
    const { tabs, node, clock } = await fiveTabs()
    const rest = tabs.slice(1)
    await clock.advance(2000)
    tabs[0]?.page.freeze()
    await clock.advance(6000)
    expect(rest.some((tab) => tab.isLive())).toBe(false)
    expect(rest.map(({ stream }) => stream.state.name)).toEqual(Array(4).fill('suspect'))
    expect(node.sockets).toBe(1)
    await clock.advance(8000)
    expect(node.sockets).toBe(1)
    await clock.advance(1500)
    expect(rest.map(({ stream }) => stream.role)).toEqual(Array(4).fill('alone'))
    expect(node.sockets).toBe(5)
    expect(rest.every((tab) => tab.isLive())).toBe(true)
    node.change(request(1), 40, 3n)
    await clock.advance(100)
    expect(rest.map((tab) => tab.shown.get(request(1).address))).toEqual(
      Array(4).fill({ slot: 40, lamports: 3n, source: 'stream' }),
    )
  })

  it('by freezing, and thaws, has all tabs back, which were live all the time', async () => {
    const { tabs, node, clock } = await fiveTabs()
    const rest = tabs.slice(1)
    tabs[0]?.page.freeze()
    await clock.advance(60_000)
    tabs[0]?.page.thaw()
    for (let ms = 0; ms < 12_000; ms += 100) {
      await clock.advance(100)
      expect(rest.every((tab) => tab.isLive())).toBe(true)
    }
    expect(rest.map(({ stream }) => stream.role)).toEqual(Array(4).fill('follower'))
    expect(rest.every(({ roles }) => roles.join() === 'follower,alone,follower')).toBe(true)
    expect([node.sockets, node.subscriptions]).toEqual([1, 1])
  })

  it('leaves a tab that opened a connection of its own as the leader, without a gap', async () => {
    const { tabs, node, clock } = await fiveTabs()
    const rest = tabs.slice(1)
    tabs[0]?.page.freeze()
    await clock.advance(20_000)
    tabs[0]?.page.crash()
    node.drop(0)
    await clock.advance(10)
    expect(rest[0]?.stream.role).toBe('leader')
    expect(rest.every((tab) => tab.isLive())).toBe(true)
    await clock.advance(20_000)
    expect(node.sockets).toBe(1)
    expect(rest.every((tab) => tab.isLive())).toBe(true)
  })
})

describe('a tab that slept', () => {
  it('is not live on what was said to it meanwhile, and is live again with the next word', async () => {
    const { tabs, clock, node } = await fiveTabs()
    const last = tabs[4]
    last?.page.freeze()
    await clock.advance(20_000)
    node.change(request(1), 50, 1n)
    tabs[0]?.page.freeze()
    await clock.advance(600_000)
    last?.page.thaw()
    expect(last?.isLive()).toBe(false)
    tabs[0]?.page.thaw()
    await clock.advance(3000)
    expect(last?.isLive()).toBe(true)
    expect(last?.lamports()).toBe(1n)
  })

  it('does not take its own late timer for a silent leader', async () => {
    const { tabs, clock, node } = await fiveTabs()
    clock.sleep(3_600_000)
    expect(tabs.slice(1).some((tab) => tab.isLive())).toBe(false)
    await clock.advance(5000)
    expect(tabs.slice(1).map(({ roles }) => roles.join())).toEqual(Array(4).fill('follower'))
    expect(tabs.every((tab) => tab.isLive())).toBe(true)
    expect(node.sockets).toBe(1)
  })
})

describe.each([
  ['back', -3_600_000],
  ['forwards', 3_600_000],
])('tabs whose date is set %s by an hour', (_, byMs) => {
  it('are live all the time, or from the next word on, and have the same leader', async () => {
    const { tabs, clock, node } = await fiveTabs()
    clock.setDate(byMs)
    if (byMs < 0) expect(tabs.every((tab) => tab.isLive())).toBe(true)
    await clock.advance(2500)
    for (let ms = 0; ms < 30_000; ms += 1000) {
      await clock.advance(1000)
      expect(tabs.every((tab) => tab.isLive())).toBe(true)
    }
    expect([node.sockets, tabs[0]?.stream.role]).toEqual([1, 'leader'])
  })

  it('find a silent leader as soon as they would have, and each opens a connection then', async () => {
    const { tabs, clock, node } = await fiveTabs()
    tabs[0]?.page.freeze()
    clock.setDate(byMs)
    await clock.advance(6500)
    expect(tabs.slice(1).some((tab) => tab.isLive())).toBe(false)
    await clock.advance(9000)
    expect(tabs.slice(1).map(({ stream }) => stream.role)).toEqual(Array(4).fill('alone'))
    expect(node.sockets).toBe(5)
  })
})

describe('a leader that nobody looks at', () => {
  it('gives way after a minute to a tab that is seen', async () => {
    const { tabs, clock, node } = await fiveTabs()
    tabs[0]?.page.hide(true)
    await clock.advance(55_000)
    expect(tabs[0]?.stream.role).toBe('leader')
    await clock.advance(10_000)
    expect(tabs.map(({ stream }) => stream.role)).toEqual(['follower', 'leader', 'follower', 'follower', 'follower'])
    expect(tabs.every((tab) => tab.isLive())).toBe(true)
    expect(node.sockets).toBe(1)
  })

  it('stays it while no other tab is seen either, and gives way as soon as one is', async () => {
    const { tabs, clock, soon } = await fiveTabs()
    for (const { page } of tabs) page.hide(true)
    await clock.advance(600_000)
    expect(tabs[0]?.stream.role).toBe('leader')
    tabs[3]?.page.hide(false)
    await soon()
    expect(tabs.map(({ stream }) => stream.role)).toEqual(['follower', 'follower', 'follower', 'leader', 'follower'])
    expect(tabs.every((tab) => tab.isLive())).toBe(true)
  })

  it('leaves before it is frozen, and is one of the others when it wakes', async () => {
    const { tabs, node, soon } = await fiveTabs()
    tabs[0]?.page.tell('freeze')
    tabs[0]?.page.freeze()
    await soon()
    expect(tabs.slice(1).every((tab) => tab.isLive())).toBe(true)
    expect([tabs[1]?.stream.role, node.sockets]).toEqual(['leader', 1])
    tabs[0]?.page.thaw()
    tabs[0]?.page.tell('wake')
    await soon()
    expect([tabs[0]?.stream.role, tabs[0]?.isLive(), node.sockets]).toEqual(['follower', true, 1])
  })
})

describe('requests', () => {
  it('hold for as long as their tab says them again', async () => {
    const { open, node, clock } = setUp()
    open(request(1))
    const second = open(request(2))
    await clock.advance(300_000)
    expect(node.subscriptions).toBe(2)
    expect(second.isLive()).toBe(true)
  })

  it('of a tab that is heard no more are dropped after 30 s, and taken up again when it is back', async () => {
    const { open, node, clock, soon } = setUp()
    open(request(1))
    const second = open(request(2))
    await clock.advance(2500)
    second.page.freeze()
    await clock.advance(20_000)
    expect(node.subscriptions).toBe(2)
    await clock.advance(13_000)
    expect(node.subscriptions).toBe(1)
    node.change(request(2), 60, 6n)
    second.page.thaw()
    await clock.advance(3000)
    await soon()
    expect(node.subscriptions).toBe(2)
    expect(second.isLive()).toBe(true)
    expect(second.lamports(2)).toBe(6n)
  })

  it('of a tab that leaves are dropped at once', async () => {
    const { open, node, soon } = setUp()
    open(request(1))
    const second = open(request(2))
    await soon()
    second.close()
    await soon()
    expect(node.subscriptions).toBe(1)
    expect(second.isLive()).toBe(false)
  })
})

describe('messages', () => {
  type LiveRegion = { readonly type: string; readonly seq?: number; readonly account?: { readonly slot: number } }

  it('that come twice, or again later, change nothing', async () => {
    const { tabs, node, browser, soon } = await fiveTabs()
    node.change(request(1), 20, 1n)
    await soon()
    node.cut()
    await soon()
    const before = browser.said.length
    for (const message of browser.said.slice(0, before) as LiveRegion[])
      if (message.seq !== undefined) browser.say('lamplight/1/test', message)
    await soon()
    expect(tabs.some((tab) => tab.isLive())).toBe(false)
    expect(tabs.every((tab) => tab.lamports() === 1n)).toBe(true)
  })

  it('of an older term are not heard', async () => {
    const { tabs, browser, soon } = await fiveTabs()
    const said = browser.said as LiveRegion[]
    const old = said.findLast(({ type }) => type === 'beat')
    tabs[0]?.close()
    await soon()
    const status = { state: { name: 'idle' }, latencyMs: 1, slot: 1, isSynced: false, live: [], heard: {} }
    for (let seq = 1000; seq < 1005; seq++) browser.say('lamplight/1/test', { ...old, seq, status })
    await soon()
    expect(tabs.slice(1).every((tab) => tab.isLive())).toBe(true)
    expect(tabs.slice(1).map(({ stream }) => stream.state.name)).toEqual(Array(4).fill('open'))
  })

  it('that were missed are asked for, and nothing is live until they came', async () => {
    const { open, browser, clock, soon } = setUp()
    open(request(1))
    const second = open(request(1))
    await soon()
    const said = browser.said as LiveRegion[]
    const last = said.findLast(({ type }) => type === 'beat')
    const count = said.length
    browser.say('lamplight/1/test', { ...last, seq: (last?.seq ?? 0) + 2 })
    await clock.advance(1)
    expect(second.isLive()).toBe(false)
    expect(said.slice(count + 1)).toMatchObject([{ type: 'requests', isNew: true }])
    // The answer has the numbers of what was said in its place, so it is asked for once more.
    await clock.advance(4500)
    expect(second.isLive()).toBe(true)
  })
})

describe('a tab without the means', () => {
  const holds = () => true
  it.each([
    ['locks', { locks: undefined }],
    ['a channel', { openChannel: undefined }],
  ])('for want of %s is alone, with a connection of its own', async (_, missing) => {
    const { clock, browser, node, soon } = setUp()
    const own = node.connect(clock)
    const page = browser.tab()
    const stream = createSharedStream({ name: 'test', own, ...page, proofMs: PROOF_MS, id: 'x', holds, ...missing })
    stream.on('account', ({ request: of }) => stream.markLive([of]))
    stream.follow(request(1))
    const close = stream.open()
    await soon()
    expect([stream.role, stream.isLive(request(1)), node.sockets]).toEqual(['alone', true, 1])
    expect(browser.said).toEqual([])
    close()
    expect(stream.role).toBe('alone')
  })

  it.each([
    ['locks.request rejects', 'navigator.locks', { locks: { request: () => Promise.reject(new Error('not here')) } }],
    ['locks.request throws', 'navigator.locks', { locks: { request: fail } }],
    ['the channel cannot be made', 'BroadcastChannel', { openChannel: fail }],
    ['nothing can be posted', 'BroadcastChannel', { openChannel: channelThatPosts(0) }],
    ['the third message cannot be posted', 'BroadcastChannel', { openChannel: channelThatPosts(2) }],
  ])('where %s is alone, live, and says once why', async (_, facility, broken) => {
    const { clock, browser, node } = setUp()
    const own = node.connect(clock)
    const { locks, openChannel } = browser.tab()
    const parts = { ...{ name: 'test', own, clock, proofMs: PROOF_MS, id: 'x', holds, locks, openChannel }, ...broken }
    const stream = createSharedStream(parts)
    const errors: LamplightError[] = []
    stream.on('error', (error) => void errors.push(error))
    stream.on('account', ({ request: of }) => stream.markLive([of]))
    stream.follow(request(1))
    const close = stream.open()
    await clock.advance(60_000)
    expect([stream.role, stream.isLive(request(1)), node.sockets]).toEqual(['alone', true, 1])
    expect(errors.map(({ code, context }) => [code, context])).toEqual([
      ['socket/not-shared', { facility, why: 'not here' }],
    ])
    close()
  })

  it('closes the channel that takes nothing more, and hears it no longer', async () => {
    const { clock, node } = setUp()
    const { locks } = createBrowser(clock).tab()
    let closed = 0
    const channel: Channel = { onmessage: null, postMessage: fail, close: () => void closed++ }
    const openChannel = () => channel
    const own = node.connect(clock)
    const stream = createSharedStream({
      name: 'test',
      own,
      clock,
      proofMs: PROOF_MS,
      id: 'x',
      holds,
      locks,
      openChannel,
    })
    stream.follow(request(1))
    stream.open()
    await clock.advance(SOON_MS)
    expect([closed, channel.onmessage]).toEqual([1, null])
  })
})

function fail(): never {
  throw new Error('not here')
}
/** A channel that takes so many messages, to nobody. */
const channelThatPosts = (left: number) => (): Channel => ({
  onmessage: null,
  postMessage: () => void (left-- > 0 || fail()),
  close() {},
})
