import { describe, expect, it } from 'vitest'
import { SYSTEM_PROGRAM } from '../../../src/base/address.js'
import { balanceKeys } from '../../../src/cache/queries.js'
import { recordOf } from '../../../src/token/record.js'
import { createBrowser } from '../../support/browserTabs.js'
import { createVirtualClock } from '../../support/virtualTime.js'
import { request, setUpConnection } from '../stream/pushNode.js'

/** Pages of one browser, each with a cache of its own, and one chain; the first of them leads. */
function setUpTabs() {
  const clock = createVirtualClock()
  const browser = createBrowser(clock)
  let count = 0
  const tab = () => setUpConnection({}, undefined, { clock, page: browser.tab(), id: `t${count++}` })
  /** The page has this from the chain, as it was once. */
  function hold(page: ReturnType<typeof tab>, slot: number, lamports: bigint) {
    const { address, commitment } = request(0)
    const account = { address, slot, lamports, program: SYSTEM_PROGRAM, data: new Uint8Array() }
    const at = { ms: clock.now(), wallMs: clock.wallMs() }
    const record = recordOf(account, { commitment, source: 'fetch', reason: 'poll', at })
    page.queryClient.setQueryData(balanceKeys.account('test', commitment, address), record)
  }
  return { clock, tab, hold }
}

describe('a tab that kept what a chain said before it started over', () => {
  it('calls it live at no time, and shows what the leading tab shows within 15 s', async () => {
    const { clock, tab, hold } = setUpTabs()
    const leader = tab()
    leader.chain.slot = 10
    leader.chain.lamports.set(request(0).address, 5n)
    await leader.start(1)
    expect([leader.held(0)?.lamports, leader.connection.stream.isLive(request(0))]).toEqual([5n, true])

    const second = tab()
    hold(second, 1000, 777n)
    await second.start(1)
    expect(second.held(0)?.lamports).toBe(777n)
    for (let ms = 0; ms < 15_000; ms += 100) {
      await clock.advance(100)
      if (second.held(0)?.lamports !== 5n) expect(second.connection.stream.isLive(request(0))).toBe(false)
    }
    expect([second.held(0)?.lamports, second.connection.stream.isLive(request(0))]).toEqual([5n, true])
  })

  it('starts nothing over for an answer that was a moment ahead of the leading tab', async () => {
    const { clock, tab, hold } = setUpTabs()
    const leader = tab()
    leader.chain.slot = 10
    leader.chain.lamports.set(request(0).address, 5n)
    await leader.start(1)
    const second = tab()
    hold(second, 30, 6n)
    await second.start(1)
    expect(second.connection.stream.isLive(request(0))).toBe(false)
    leader.push(0, 30, 6)
    await clock.advance(60_000)
    expect([second.held(0)?.lamports, second.held(0)?.slot]).toEqual([6n, 30])
    expect(second.connection.stream.isLive(request(0))).toBe(true)
  })
})

describe('a tab that knows another chain than the leading one', () => {
  it('is not live on its own value when it is told of a slot that its chain cannot have', async () => {
    const { clock, tab } = setUpTabs()
    const leader = tab()
    await leader.start(1)
    const second = tab()
    await second.start(1)
    expect(second.connection.stream.isLive(request(0))).toBe(true)
    second.head.accepts(100, 'http', true)
    leader.head.forget()
    leader.push(0, 900_000, 8)
    await clock.advance(500)
    expect([leader.held(0)?.lamports, second.held(0)?.lamports]).toEqual([8n, 1n])
    expect(second.connection.stream.isLive(request(0))).toBe(false)
  })
})
