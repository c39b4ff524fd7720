import { resolve } from 'node:path'
import { Connection, PublicKey } from '@solana/web3.js'
import { type Browser, chromium, type Page } from 'playwright'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { createFaucet, mint, owner } from '../../examples/shared/chain.js'
import { chromiumFlags, findChromium } from '../../scripts/browser.mjs'
import { problemsOf, refused } from './problems.js'

const PATIENCE = { timeout: 30_000 }

interface Chain {
  readonly rpcUrl: string
  /** Calls one of the ledger's own methods. */
  cheat(method: string, ...params: readonly unknown[]): Promise<unknown>
}

/** What every page without React has to show, whatever it is made with: these tests are told which one. */
export function testsOfExample(name: 'vanilla' | 'vue', title: string): void {
  let vite: ViteDevServer
  let browser: Browser
  let page: Page
  let chain: Chain
  const problems = problemsOf()

  beforeAll(async () => {
    const configFile = resolve(import.meta.dirname, `../../examples/${name}/vite.config.ts`)
    vite = await createServer({ configFile, logLevel: 'error', server: { watch: null, hmr: false } })
    await vite.listen()
    chain = chainAt((await vite.ssrLoadModule('virtual:lamplight-localnet')).rpcUrl as string)
    browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
  })
  afterEach(async () => {
    await page?.close()
    await chain.cheat('clearFaults')
    problems.end()
  })
  afterAll(async () => {
    await browser?.close()
    await vite?.close()
  })

  async function open(width = 800) {
    page = await browser.newPage({ viewport: { width, height: 640 } })
    problems.watch(page)
    await page.goto(vite.resolvedUrls?.local[0] ?? '')
    await expectShown('sol', 'Live')
    await expectShown('token', 'Live')
  }
  const amount = (id: string) => page.locator(`#${id} [data-amount]`).textContent()
  const units = async (id: string, digits: number) => Math.round(Number(await amount(id)) * 10 ** digits)
  const expectShown = (id: string, messages: string) =>
    expect.poll(() => page.locator(`#${id} [data-freshness]`).textContent(), PATIENCE).toBe(messages)
  const expectUnits = (id: string, digits: number, expected: number) =>
    expect.poll(() => units(id, digits), PATIENCE).toBe(expected)
  const press = (label: string) => page.getByRole('button', { name: label, exact: true }).click()

  it('shows whose balances there are, live, as the chain says', async () => {
    await open()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title)
    expect(await page.locator('#owner').textContent()).toBe(owner)
    const lamports = await new Connection(chain.rpcUrl, 'confirmed').getBalance(new PublicKey(owner))
    await expectUnits('sol', 9, lamports)
  })

  it('shows what its buttons cause, live', async () => {
    await open()
    const [sol, tokens] = [await units('sol', 9), await units('token', 2)]
    await press('Receive 1 SOL')
    await expectUnits('sol', 9, sol + 1_000_000_000)
    await press('Receive 10 LAMP')
    await expectUnits('token', 2, tokens + 1000)
    await expectShown('sol', 'Live')
    await expectShown('token', 'Live')
    expect(await page.locator('[role="alert"]').textContent()).toBe('')
  })

  it('shows what somebody else did, without reading again', async () => {
    await open()
    const before = await units('token', 2)
    let reads = 0
    page.on('request', (request) => {
      if (request.postData()?.includes('getMultipleAccounts')) reads++
    })
    await createFaucet(chain.rpcUrl).tokens(BigInt(before) + 1n)
    await expectUnits('token', 2, before + 1)
    expect(reads).toBe(0)
  })

  it('keeps the amounts while the node is away, says that they may be old, and catches up', async () => {
    await open()
    const before = await units('token', 2)
    problems.allow(...Object.values(refused))
    await chain.cheat('addFault', { on: 'wsOpen', do: { status: 503 } })
    await chain.cheat('addFault', { on: 'http', do: { status: 500 } })
    await chain.cheat('dropSockets')
    await expectShown('token', 'May be out of date')
    expect(await units('token', 2)).toBe(before)
    await createFaucet(chain.rpcUrl).tokens(BigInt(before) + 100n)
    await chain.cheat('clearFaults')
    await expectShown('token', 'Live')
    await expectUnits('token', 2, before + 100)
  })

  it('works by keyboard, and fits a screen of 320 pixels', async () => {
    await open(320)
    const sol = await units('sol', 9)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Receive 1 SOL')
    await page.keyboard.press('Enter')
    await expectUnits('sol', 9, sol + 1_000_000_000)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  })

  it('is about the token that it names', async () => {
    await open()
    const { value } = await new Connection(chain.rpcUrl, 'confirmed').getParsedTokenAccountsByOwner(
      new PublicKey(owner),
      { mint: new PublicKey(mint) },
    )
    const held = value[0]?.account.data.parsed.info.tokenAmount.amount as string
    await expectUnits('token', 2, Number(held))
  })
}

function chainAt(rpcUrl: string): Chain {
  return {
    rpcUrl,
    async cheat(method, ...params) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: `localnet_${method}`, params })
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(rpcUrl, { method: 'POST', headers, body })
      const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } }
      if (error) throw new Error(error.message)
      return result
    },
  }
}
