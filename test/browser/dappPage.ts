import { parseAmount } from 'lamplight/core'
import type { BrowserContext, Locator, Page, Request } from 'playwright'
import { expect } from 'vitest'
import { type Problems, problemsOf } from './problems.js'

/** How long anything may take on a machine that is busy, in milliseconds. */
export const PATIENCE_MS = 30_000

/** The demo's page as a person sees it. */
export interface DappPage {
  readonly page: Page
  readonly status: Locator
  balance(symbol: string): Locator
  button(name: string): Locator
  owner(): Promise<string>
  /** What a balance says, in base units. */
  shown(symbol: string, decimals: number): Promise<bigint>
  /** Reads of accounts over HTTP that the page made so far. */
  reads(): number
  /** How many of them were answered with 429. */
  refusals(): number
  /** Everything a balance has said and been since the page opened, as "state text". */
  history(symbol: string): Promise<readonly string[]>
  stopBot(): Promise<void>
  /** What goes wrong in it. */
  readonly problems: Problems
}

/** Waits until an element is in a state. */
export const expectState = (element: Locator, state: string) =>
  expect.poll(() => element.getAttribute('data-state'), { timeout: PATIENCE_MS }).toBe(state)

/** Waits until an element is not in a state. */
export const expectOtherState = (element: Locator, state: string) =>
  expect.poll(() => element.getAttribute('data-state'), { timeout: PATIENCE_MS }).not.toBe(state)

/** The browser itself reports a refused request, also one that the test asked to be refused. */
const REFUSED = /^Failed to load resource: .* 429/

/** Opens the demo and waits until every balance is live. */
export async function openDapp(context: BrowserContext, url: string, viewport = { width: 1000, height: 800 }) {
  const page = await context.newPage()
  await page.setViewportSize(viewport)
  const problems = problemsOf([REFUSED])
  let [reads, refusals] = [0, 0]
  const isRead = (request: Request) => request.postData()?.includes('"getMultipleAccounts"') ?? false
  problems.watch(page)
  page.on('request', (request) => {
    if (isRead(request)) reads++
  })
  page.on('response', (response) => {
    if (response.status() === 429 && isRead(response.request())) refusals++
  })
  await page.addInitScript(recordBalances)
  await page.goto(url)
  const dapp = dappOf(page, { problems, reads: () => reads, refusals: () => refusals })
  for (const symbol of ['SOL', 'LAMP', 'WICK']) await expectState(dapp.balance(symbol), 'live')
  await expectState(dapp.status, 'live')
  return dapp
}

/** Runs in the page: notes each text and state of each balance, however short it is there. */
function recordBalances() {
  const seen: Record<string, string[]> = {}
  Object.assign(window, { balancesSeen: seen })
  new MutationObserver(() => {
    for (const element of document.querySelectorAll<HTMLElement>('[data-lamp$="-balance"]')) {
      const { testid = '', state = '' } = element.dataset
      const now = `${state} ${element.textContent}`
      seen[testid] ??= []
      const list = seen[testid]
      if (list.at(-1) !== now) list.push(now)
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
}

function dappOf(page: Page, seen: Pick<DappPage, 'problems' | 'reads' | 'refusals'>): DappPage {
  const balance = (symbol: string) => page.getByTestId(symbol)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  return {
    ...seen,
    page,
    balance,
    button,
    status: page.locator('[data-lamp="connection-status"]'),
    owner: async () => (await page.locator('.wallet code').getAttribute('title')) ?? '',
    async shown(symbol, decimals) {
      const text = (await balance(symbol).textContent()) ?? ''
      const parsed = parseAmount(text, decimals, { locale: 'en' })
      if (!parsed.ok) throw new Error(`${symbol} says "${text}", which is no amount`)
      return parsed.amount
    },
    history: (symbol) =>
      page.evaluate(
        (name) => (window as unknown as { balancesSeen: Record<string, string[]> }).balancesSeen[name] ?? [],
        symbol,
      ),
    async stopBot() {
      await button('Stop the bot').click()
      await page.getByText('The bot has stopped.').waitFor({ timeout: PATIENCE_MS })
    },
  }
}
