import { type Browser, type BrowserContext, chromium } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../../scripts/browser.mjs'
import { type DappPage, expectOtherState, expectState, openDapp, PATIENCE_MS } from './dappPage.js'
import { type Demo, startDemo } from './demo.js'

const UNIT = 1_000_000n
const FEE = 5000n
const WRAPPED = 'So11111111111111111111111111111111111111112'
const START_MS = 120_000

let demo: Demo
let browser: Browser
/** One for all: what a page has loaded once comes out of its cache. */
let context: BrowserContext
let dapp: DappPage
let owner: string
let mint: string

/** A new page with a wallet of its own. */
async function open(viewport?: { width: number; height: number }) {
  dapp = await openDapp(context, demo.url, viewport)
  owner = await dapp.owner()
  mint = (await demo.tokens(owner))[0]?.mint ?? ''
}

/** A page on which only the test moves money; everything that was on its way has arrived. */
async function openQuiet() {
  await open()
  await dapp.stopBot()
  await expectLedgerAmount()
}

const lamp = () => dapp.shown('LAMP', 6)

/** Waits until the page says what the ledger says. */
const expectLedgerAmount = () =>
  expect.poll(async () => (await lamp()) - (await demo.amount(owner, mint)), { timeout: PATIENCE_MS }).toBe(0n)
const expectShown = (amount: bigint) => expect.poll(lamp, { timeout: PATIENCE_MS }).toBe(amount)
const expectSol = (amount: bigint) => expect.poll(() => dapp.shown('SOL', 9), { timeout: PATIENCE_MS }).toBe(amount)
const wrapped = () => dapp.balance('wSOL')
const press = (name: string) => dapp.button(name).click()
const isShown = (text: string) => dapp.page.getByText(text).waitFor({ timeout: PATIENCE_MS })

beforeAll(async () => {
  demo = await startDemo()
  browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
  context = await browser.newContext()
}, START_MS)
afterEach(async () => {
  const { problems } = dapp
  await dapp.page.close()
  await demo.cheat('clearFaults')
  await demo.cheat('resumeSockets')
  problems.end()
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

describe('the demo', () => {
  it('connects the burner wallet by itself', async () => {
    await open()
    expect(owner).toMatch(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/)
    expect(await dapp.page.getByText('Burner wallet').isVisible()).toBe(true)
  })

  it('moves SOL and tokens of both programs by itself, all live', async () => {
    await open()
    const symbols = ['SOL', 'LAMP', 'WICK']
    const before = await Promise.all(symbols.map(async (symbol) => (await dapp.history(symbol)).length))
    for (const [i, symbol] of symbols.entries())
      await expect
        .poll(async () => (await dapp.history(symbol)).length, { timeout: PATIENCE_MS })
        .toBeGreaterThan((before[i] ?? 0) + 1)
    for (const [i, symbol] of symbols.entries()) {
      const since = (await dapp.history(symbol)).slice(before[i])
      expect(since.filter((seen) => !seen.startsWith('live '))).toEqual([])
    }
    expect(await dapp.page.locator('.activity [data-reason="stream"]').count()).toBeGreaterThan(0)
  })

  it('shows a transfer made elsewhere without reading accounts again', async () => {
    await openQuiet()
    const [before, reads] = [await lamp(), dapp.reads()]
    await demo.transfer(owner, mint, 12_340_000n)
    await expectShown(before + 12_340_000n)
    await expectState(dapp.balance('LAMP'), 'live')
    expect(dapp.reads()).toBe(reads)
    expect(reads).toBeGreaterThan(0)
  })

  it('receives 100 tokens when asked to', async () => {
    await openQuiet()
    const before = await lamp()
    await press('Receive 100')
    await expectShown(before + 100n * UNIT)
    await isShown('100 LAMP have arrived.')
  })

  it('sends one token that the wallet signed', async () => {
    await openQuiet()
    const before = await lamp()
    await press('Send one')
    await expectShown(before - UNIT)
    await isShown('confirmed in slot')
    await expectLedgerAmount()
    expect(await dapp.page.locator('.delta[data-sign="minus"]').allTextContents()).toContain('−1 LAMP')
  })

  it('burns what the wallet signs, nothing when the person says no, and asks for nothing that cannot be', async () => {
    await openQuiet()
    const before = await lamp()
    await press('Refuse to sign')
    await press('Burn one')
    await isShown('You said no, and nothing was sent.')
    expect(await lamp()).toBe(before)
    await press('Sign again')
    await press('Burn one')
    await isShown('Confirmed.')
    await expectShown(before - UNIT)
    await expectLedgerAmount()
    await press('Spend too much')
    await dapp.page.getByText(/The .* was not started/).waitFor({ timeout: PATIENCE_MS })
  })

  it('opens an account, and closes it for its rent', async () => {
    await openQuiet()
    const before = await dapp.shown('SOL', 9)
    await expectState(wrapped(), 'missing')
    await press('Open an account')
    await expectState(wrapped(), 'live')
    expect(await wrapped().textContent()).toBe('0 wSOL')
    await expect.poll(() => dapp.shown('SOL', 9), { timeout: PATIENCE_MS }).toBeLessThan(before - FEE)
    await press('Close the account')
    await expectState(wrapped(), 'missing')
    await expectSol(before - 2n * FEE)
  })

  it('wraps SOL, and unwraps all of it', async () => {
    await openQuiet()
    const before = await dapp.shown('SOL', 9)
    await press('Wrap 0.1 SOL')
    await isShown('Confirmed.')
    await expectState(wrapped(), 'live')
    expect(await wrapped().textContent()).toBe('0.1 wSOL')
    expect(await demo.amount(owner, WRAPPED)).toBe(100_000_000n)
    await press('Unwrap all')
    await expectState(wrapped(), 'missing')
    await expectSol(before - 2n * FEE)
    await press('Unwrap all')
    await dapp.page.getByText(/The unwrapping was not started: .* does not exist/).waitFor({ timeout: PATIENCE_MS })
  })

  it('fits a screen of 320 pixels, whatever its buttons say', async () => {
    await open({ width: 320, height: 640 })
    await press('Close the account')
    await isShown('does not exist')
    expect(await dapp.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  })
})

describe('a connection that breaks', () => {
  it('says so after a drop, and comes back with what was missed', async () => {
    await openQuiet()
    // Holds the door for a moment, so that something can happen while nobody is connected.
    await demo.cheat('addFault', { on: 'wsOpen', times: 1, do: { delayMs: 6000 } })
    const before = await lamp()
    await press('Drop the socket')
    await expectOtherState(dapp.status, 'live')
    await demo.transfer(owner, mint, 5n * UNIT)
    expect(await dapp.status.getAttribute('data-state')).not.toBe('live')
    await expectState(dapp.status, 'live')
    await expectState(dapp.balance('LAMP'), 'live')
    expect(await lamp()).toBe(before + 5n * UNIT)
    expect(await demo.amount(owner, mint)).toBe(before + 5n * UNIT)
  })

  it('is found out by the heartbeat when it only falls silent; polling then keeps the amounts right', async () => {
    await openQuiet()
    const before = await lamp()
    await press('Pause the node')
    const since = Date.now()
    await expectOtherState(dapp.status, 'live')
    // 3 s until the probe and 1.5 s for its answer; the rest is for a busy machine.
    expect(Date.now() - since).toBeLessThan(9000)
    await expectState(dapp.balance('LAMP'), 'polling')
    await demo.transfer(owner, mint, 7n * UNIT)
    await expectShown(before + 7n * UNIT)
    expect(await dapp.balance('LAMP').getAttribute('data-state')).toBe('polling')
    expect(await dapp.status.getAttribute('data-state')).not.toBe('live')

    await press('Resume the node')
    await expectState(dapp.status, 'live')
    await expectState(dapp.balance('LAMP'), 'live')
    await expectLedgerAmount()
  })

  it('keeps the amount, marked as stale, while every request is refused too', async () => {
    await openQuiet()
    const before = await lamp()
    const text = await dapp.balance('LAMP').textContent()
    const seen = (await dapp.history('LAMP')).length
    await press('Answer 429')
    await press('Drop the socket')
    await expectState(dapp.balance('LAMP'), 'stale')
    await expect.poll(dapp.refusals, { timeout: PATIENCE_MS }).toBeGreaterThan(2)
    expect(await dapp.balance('LAMP').getAttribute('data-state')).toBe('stale')
    expect(await dapp.status.getAttribute('data-state')).not.toBe('live')
    const during = (await dapp.history('LAMP')).slice(seen)
    expect(during.filter((each) => !each.endsWith(` ${text}`))).toEqual([])

    await press('Receive 100')
    await isShown('100 LAMP have arrived.')
    await press('Answer again')
    await expectState(dapp.balance('LAMP'), 'live')
    expect(await lamp()).toBe(before + 100n * UNIT)
  })
})

describe('the keyboard', () => {
  /** The focused button's name. */
  const focused = () => dapp.page.evaluate(() => document.activeElement?.textContent ?? '')

  async function tabTo(name: string) {
    for (let presses = 0; presses < 12; presses++) {
      if ((await focused()) === name) return
      await dapp.page.keyboard.press('Tab')
    }
    throw new Error(`Tab never reaches "${name}"`)
  }

  it('reaches and works every button', async () => {
    await open()
    const steps = [
      ['Receive 100', '100 LAMP have arrived.'],
      ['Send one', 'confirmed in slot'],
      ['Stop the bot', 'The bot has stopped.'],
      ['Start the bot', 'The bot sends again.'],
      ['Open an account', 'Confirmed.'],
      ['Drop the socket', 'The connection was cut.'],
      ['Pause the node', 'The node has fallen silent.'],
      ['Resume the node', 'The node speaks again.'],
      ['Answer 429', 'Every request is refused now.'],
      ['Answer again', 'Requests are answered again.'],
    ] as const
    for (const [name, outcome] of steps) {
      await tabTo(name)
      expect(await dapp.page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe(
        'solid',
      )
      await dapp.page.keyboard.press('Enter')
      await isShown(outcome)
    }
    await expectState(dapp.status, 'live')
  })
})
