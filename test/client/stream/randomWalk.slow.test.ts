import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createWalkedNode, type WalkedNode } from './walkedNode.js'

/** What can happen; some of it more often. `a` and `b` choose among what is there. */
const steps: Readonly<Record<string, (node: WalkedNode, a: number, b: number) => void | Promise<void>>> = {
  'time passes': (node, a) => node.pass(a * 20),
  'a long time passes': (node, a) => node.pass(a * 200),
  'the machine sleeps': (node, a) => node.sleep(a * (a % 2 ? 5 : 2000)),
  'the server accepts': (node) => node.accept(),
  'the server accepts in the end': (node) => node.accept(),
  'one request is answered': (node, a) => node.answer(a),
  'another request is answered': (node, a) => node.answer(a),
  'everything is answered': (node) => node.answerAll(),
  'an answer is lost': (node, a) => node.lose(a),
  'a request is refused': (node, a, b) => node.refuse(a, [-32603, -32005, -1, -32601][b % 4] as number),
  'an account changes': (node, a, b) => node.change(a, (b % 9) - 4),
  'an account changes again': (node, a, b) => node.change(a, (b % 9) - 4),
  'a change overtakes its acknowledgement': (node, a) => node.overtake(a),
  'a stray frame comes': (node, a) => node.stray(a),
  'the connection ends': (node, a) => node.end([1000, 1001, 1006, 1012, 4000, 1008, 1009, 4500][a % 8] as number),
  'the connection is closing': (node) => node.fade(),
  'requests fall behind, or catch up': (node, a) => node.lagBehind(a),
  'the node falls silent': (node, a) => (a < 30 ? node.fallSilent() : undefined),
  'an absurd slot comes': (node, a, b) => node.saySlot(a, b),
  'a change comes that cannot be read': (node, a, b) => node.changeUnread(a, b),
  'one id is given twice': (node, a) => node.answerTwice(a),
  'an old connection speaks': (node, a) => node.speakOld(a),
  'the page hides': (node) => node.page.hide(),
  'the page shows': (node) => node.page.show(),
  'the page is left': (node) => node.page.tell('pagehide'),
  'the page is shown again': (node) => node.page.tell('pageshow'),
  'the network goes': (node) => node.page.setOnline(false),
  'the network comes': (node) => node.page.setOnline(true),
  'an account is followed': (node, a) => node.follow(a),
  'another account is followed': (node, a) => node.follow(a),
  'an account is let go': (node, a) => node.unfollow(a),
  'somebody asks to reconnect': (node) => node.connection.reconnect(),
  'somebody requests': (node) => node.request(),
  'the next read fails': (node) => node.failNextRead(),
  'the provider goes': (node) => node.release(),
  'the provider comes': (node) => node.hold(),
}

/** Another walk: `WALK_SEED=7 npx vitest run test/client/stream/randomWalk`. One that fails prints its seed and its path. */
const SEED = Number(process.env.WALK_SEED ?? 30)

const report = vi.fn()
beforeAll(() => {
  vi.stubGlobal('reportError', report)
})
afterAll(() => {
  vi.unstubAllGlobals()
})

it('fault 30: holds every invariant after each of 20,000 random steps, and ends in order', async () => {
  const step = fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(100), fc.nat(100))
  const walk = fc.array(step, { minLength: 200, maxLength: 200, size: 'max' })
  let count = 0
  await fc.assert(
    fc.asyncProperty(walk, async (names) => {
      const node = createWalkedNode()
      for (const [name, a, b] of names) {
        await steps[name]?.(node, a, b)
        await node.pass(0)
        node.check()
        count++
      }
      await node.comeToRest()
    }),
    { numRuns: 100, seed: SEED },
  )
  expect(count).toBeGreaterThanOrEqual(20_000)
  // Each of the listeners that throw was heard of, and cost nobody anything.
  expect(report).toHaveBeenCalled()
}, 60_000)

it('stays as small after eight hours of traffic, losses and route changes as it was after one', async () => {
  const node = createWalkedNode()
  const sizes: object[] = []
  for (let n = 0; n < 5; n++) node.follow(n)
  for (let turn = 0; turn < 1800; turn++) {
    node.accept()
    await node.answerAll()
    for (let n = 0; n < 5; n++) node.change(n, 1)
    node.stray(turn)
    if (turn % 7 === 0) node.follow(5 + (turn % 3))
    if (turn % 7 === 4) node.unfollow(5 + ((turn - 4) % 3))
    if (turn % 120 === 60) node.end(1006)
    if (turn % 225 === 224) sizes.push(await node.sizesAtRest())
    await node.pass(16_000, 8000)
    node.check()
  }
  expect(sizes).toHaveLength(8)
  for (const size of sizes) expect(size).toEqual(sizes[0])
}, 60_000)
