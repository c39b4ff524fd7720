import type { Page } from 'playwright'
import { beforeEach, describe, expect, it } from 'vitest'
import { newAddress } from '../support/localnet.js'
import { PATIENCE_MS } from './dappPage.js'
import { refused } from './problems.js'
import { siteOf } from './site.js'

const SOL = 1_000_000_000n

const site = siteOf('tabs')
let owner: string

beforeEach(() => {
  owner = newAddress()
  site.net.fund(owner, 5n * SOL)
})

/** A tab of the same browser, once its balance is live. */
async function openTab(share = 'yes', more: Record<string, string> = {}): Promise<Page> {
  const page = await site.open({ owner, share, ...more })
  await expectLive([page])
  return page
}
async function openTabs(count: number): Promise<Page[]> {
  const pages: Page[] = []
  for (let i = 0; i < count; i++) pages.push(await openTab())
  return pages
}

const balance = (page: Page) => page.getByTestId('balance')
const roleOf = (page: Page) => page.getByTestId('role').textContent()
const roles = async (pages: readonly Page[]) => (await Promise.all(pages.map(roleOf))).sort()
const each = <T>(pages: readonly Page[], read: (page: Page) => Promise<T>) => Promise.all(pages.map(read))

async function expectLive(pages: readonly Page[]) {
  const states = () =>
    each(pages, async (page) => {
      const status = page.locator('[data-lamp="connection-status"]')
      return `${await balance(page).getAttribute('data-state')} ${await status.getAttribute('data-state')}`
    })
  await expect.poll(states, { timeout: PATIENCE_MS }).toEqual(pages.map(() => 'live live'))
}
async function expectShown(pages: readonly Page[], text: string) {
  const texts = () => each(pages, (page) => balance(page).textContent())
  await expect.poll(texts, { timeout: PATIENCE_MS }).toEqual(pages.map(() => expect.stringContaining(text)))
}
const expectWire = (sockets: number) =>
  expect
    .poll(() => [site.net.stats().sockets, site.net.stats().subscriptions.account], { timeout: PATIENCE_MS })
    .toEqual([sockets, sockets])

describe('five tabs of one browser', () => {
  it('have one socket and one subscription, and all show a change', async () => {
    const pages = await openTabs(5)
    await expectWire(1)
    expect(await roles(pages)).toEqual(['follower', 'follower', 'follower', 'follower', 'leader'])
    expect(site.net.stats().socketsOpened).toBe(1)
    site.net.fund(owner, 7n * SOL)
    await expectShown(pages, '12')
    await expectLive(pages)
  })

  it('go on with one socket when the leader is closed', async () => {
    const [leader, ...rest] = (await openTabs(5)) as [Page, ...Page[]]
    expect(await roleOf(leader)).toBe('leader')
    await leader.close()
    await expect.poll(() => roles(rest), { timeout: PATIENCE_MS }).toContain('leader')
    await expectLive(rest)
    await expectWire(1)
    site.net.fund(owner, 1n * SOL)
    await expectShown(rest, '6')
  })

  it('go on with one socket when the leader is loaded anew', async () => {
    const pages = (await openTabs(3)) as [Page, ...Page[]]
    await pages[0].reload()
    await expectLive(pages)
    await expectWire(1)
    expect(await roles(pages)).toEqual(['follower', 'follower', 'leader'])
    site.net.fund(owner, 2n * SOL)
    await expectShown(pages, '7')
  })

  it('notice a leader that stands still, help themselves meanwhile, and are its followers again', async () => {
    const pages = (await openTabs(3)) as [Page, ...Page[]]
    const [leader, ...rest] = pages
    // A debugger's pause stops timers and messages, and lets go of no lock: what a frozen page is to the others.
    const session = await site.context.newCDPSession(leader)
    await session.send('Debugger.enable')
    const paused = new Promise((seen) => session.once('Debugger.paused', seen))
    await session.send('Debugger.pause')
    await paused
    const stoppedMs = Date.now()
    const states = () => each(rest, (page) => balance(page).getAttribute('data-state'))
    await expect.poll(states, { timeout: PATIENCE_MS }).toEqual(['polling', 'polling'])
    // 6 s of silence; the rest is for a busy machine.
    expect(Date.now() - stoppedMs).toBeLessThan(10_000)
    await expect.poll(() => roles(rest), { timeout: PATIENCE_MS }).toEqual(['alone', 'alone'])
    await expectLive(rest)
    expect(site.net.stats().sockets).toBe(3)
    site.net.fund(owner, 3n * SOL)
    await expectShown(rest, '8')

    await session.send('Debugger.resume')
    await expect.poll(() => roles(pages), { timeout: PATIENCE_MS }).toEqual(['follower', 'follower', 'leader'])
    await expectLive(pages)
    await expectWire(1)
    await expectShown(pages, '8')
  }, 120_000)

  it('are led by another when the leader is about to be frozen, and take it back as one of them', async () => {
    const pages = (await openTabs(3)) as [Page, ...Page[]]
    const [leader, ...rest] = pages
    await leader.evaluate(() => document.dispatchEvent(new Event('freeze')))
    await expect.poll(() => roles(rest), { timeout: PATIENCE_MS }).toEqual(['follower', 'leader'])
    await expectLive(rest)
    await leader.evaluate(() => document.dispatchEvent(new Event('resume')))
    await expectLive(pages)
    expect(await roles(pages)).toEqual(['follower', 'follower', 'leader'])
    await expectWire(1)
  })

  it('all say so when the one socket is lost, and are all live again', async () => {
    const pages = await openTabs(3)
    site.net.faults.add({ on: 'wsOpen', times: 1, do: { delayMs: 3000 } })
    site.net.dropSockets()
    const states = () => each(pages, (page) => balance(page).getAttribute('data-state'))
    await expect.poll(states, { timeout: PATIENCE_MS }).not.toContain('live')
    site.net.fund(owner, 4n * SOL)
    await expectLive(pages)
    await expectShown(pages, '9')
    await expectWire(1)
  })
})

describe('tabs without a socket', () => {
  it('have one poller: what one of them reads, all show', async () => {
    const pages: Page[] = []
    for (let i = 0; i < 4; i++) pages.push(await openTab('yes', { poll: '1000' }))
    site.problems.allow(refused.socket)
    site.net.faults.add({ on: 'wsOpen', do: { status: 503 } })
    site.net.dropSockets()
    const states = () => each(pages, (page) => balance(page).getAttribute('data-state'))
    await expect.poll(states, { timeout: PATIENCE_MS }).toEqual(Array(4).fill('polling'))
    site.net.resetStats()
    const startMs = Date.now()
    for (let sol = 1; sol <= 4; sol++) {
      site.net.fund(owner, SOL)
      await expectShown(pages, String(5 + sol))
    }
    await new Promise((resume) => setTimeout(resume, 8000))
    expect(await states()).toEqual(Array(4).fill('polling'))
    const polls = (Date.now() - startMs) / 1000
    // Four tabs by themselves would be four times this. Sometimes two of them fire in the same moment.
    expect(site.net.stats().httpRequests).toBeLessThanOrEqual(polls * 1.5)
  })
})

describe('tabs that are told not to share', () => {
  it('have a socket each', async () => {
    const pages = [await openTab('no'), await openTab('no')]
    await expectWire(2)
    expect(await roles(pages)).toEqual(['alone', 'alone'])
  })
})
