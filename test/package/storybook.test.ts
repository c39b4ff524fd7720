import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../../scripts/browser.mjs'
import { type Served, serveFiles } from './fileServer.js'

const root = resolve(import.meta.dirname, '../..')
const built = mkdtempSync(join(tmpdir(), 'lamplight-manual-'))
const PATIENCE = { timeout: 30_000 }
/** A second of a processor for each page: of those made of stories the fullest have to do. */
const MANY_STORIES = 12
let [files, browser, page] = [] as unknown as [Served, Browser, Page]
const problems: string[] = []

/** The test runner's own NODE_ENV and VITEST would build for tests. */
function build() {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env
  const storybook = join(root, 'node_modules/storybook/dist/bin/dispatcher.js')
  execFileSync(process.execPath, [storybook, 'build', '-o', built, '--quiet', '--disable-telemetry'], {
    cwd: root,
    env,
    stdio: 'pipe',
  })
}

interface Entry {
  readonly id: string
  readonly title: string
  readonly type: 'docs' | 'story'
  readonly tags: readonly string[]
}
const entries = () =>
  Object.values((JSON.parse(readFileSync(join(built, 'index.json'), 'utf8')) as { entries: object }).entries) as Entry[]

beforeAll(async () => {
  build()
  files = await serveFiles(built, '/deep/manual/')
  browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
}, 240_000)
afterAll(async () => {
  await browser?.close()
  files?.close()
  rmSync(built, { recursive: true, force: true })
})
beforeEach(async () => {
  problems.length = 0
  page = await watched()
})

/** A tab that tells what goes wrong in it. */
async function watched(): Promise<Page> {
  const tab = await browser.newPage()
  const told = (problem: string) => problems.push(`${tab.url().split('?')[1]}: ${problem}`)
  tab.on('pageerror', (error) => told(String(error)))
  tab.on('console', (message) => {
    // A browser asks for a picture of its own accord where a page names none.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) told(message.text())
  })
  tab.on('response', (response) => response.ok() || told(`${response.status()} ${response.url()}`))
  tab.on('websocket', (socket) => told(`a socket to ${socket.url()}`))
  tab.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${files.url}/deep/manual/`))
      told(`a request to ${request.url()}`)
  })
  return tab
}
/** Goes from story to story, each of which has played when it is shown. */
async function storiesOn(tab: Page) {
  await tab.goto(`${files.url}/deep/manual/iframe.html?viewMode=story&id=components-tokenbalance--idle`)
  const hasPlayed = (storyId: string) =>
    tab.waitForFunction(
      (id) => (window as unknown as Preview).__STORYBOOK_ADDONS_CHANNEL__?.last('storyFinished')?.[0]?.storyId === id,
      storyId,
      PATIENCE,
    )
  await hasPlayed('components-tokenbalance--idle')
  return {
    async show(story: string) {
      const storyId = `components-${story}`
      await tab.evaluate(
        (id) =>
          (window as unknown as Preview).__STORYBOOK_ADDONS_CHANNEL__.emit('setCurrentStory', {
            storyId: id,
            viewMode: 'story',
          }),
        storyId,
      )
      await hasPlayed(storyId)
    },
    styleOf(selector: string, property: string) {
      const [element = '', pseudo] = selector.split(/(?=::)/)
      return tab
        .locator(element)
        .first()
        .evaluate((it, of) => getComputedStyle(it, of.pseudo).getPropertyValue(of.property), { pseudo, property })
    },
    moving: () => tab.evaluate(() => document.getAnimations().length),
  }
}
/** How stories are reached from outside. */
interface Preview {
  readonly __STORYBOOK_ADDONS_CHANNEL__: {
    emit(event: string, payload: object): void
    last(event: string): readonly { readonly storyId: string }[] | undefined
  }
}

afterEach(async () => {
  await page.close()
  expect(problems).toEqual([])
})

describe('the built Storybook, on a server of files below a path', () => {
  it('shows a balance that moves, and asks nobody', async () => {
    await page.goto(`${files.url}/deep/manual/?path=/story/components-tokenbalance--live-and-moving`)
    const widget = page.frameLocator('#storybook-preview-iframe').locator('[data-lamp="token-balance"]')
    const seen: number[] = []
    await expect
      .poll(async () => {
        if ((await widget.getAttribute('data-state')) === 'live') {
          const amount = Number.parseFloat((await widget.textContent()) ?? '')
          if (amount !== seen.at(-1)) seen.push(amount)
        }
        return seen.length
      }, PATIENCE)
      .toBeGreaterThanOrEqual(4)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  it('tells states by their shape where colours are forced, and stands still where motion is reduced', async () => {
    const { show, styleOf, moving } = await storiesOn(page)
    await show('tokenlist--loading')
    expect(await moving()).toBeGreaterThan(0)
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
    const [filled, hollow] = ['rgb(0, 0, 0)', 'rgba(255, 255, 255, 0)']
    const inRow = '[data-lamp="token-balance"] [data-part="mark"]'
    const inField = '[data-part="control"] >'
    const seen = [
      ['tokenlist--loading', '[data-part="placeholders"] li > div', 'outline-style', 'dashed'],
      ['tokenlist--marked', `${inRow}::before`, 'background-color', filled],
      ['tokenlist--polling', `${inRow}::before`, 'background-color', hollow],
      ['sendform--faults', `${inField} input[aria-invalid]`, 'border-top-style', 'double'],
      ['sendform--nobody', `${inField} input`, 'border-top-style', 'solid'],
      ['sendform--nobody', 'button[type="submit"]', 'border-top-style', 'dashed'],
      ['balancesparkline--live', 'figure path', 'stroke-dasharray', 'none'],
      ['balancesparkline--stale', 'figure path', 'stroke-dasharray', '4px, 3px'],
      ['balancetoasts--came-and-went', '[data-part="toast"]', 'border-top-style', 'solid'],
      ['balancedevtools--live', '[data-part="buttons"] button', 'border-top-style', 'solid'],
    ] as const
    for (const [story, selector, property, style] of seen) {
      await show(story)
      // A row is drawn before it is live.
      await expect.poll(() => styleOf(selector, property), { ...PATIENCE, message: `${story} ${selector}` }).toBe(style)
      expect({ story, moving: await moving() }).toEqual({ story, moving: 0 })
    }
  })

  it('draws each page that is written, and those on which most stories play at once, without an error', async () => {
    const all = entries()
    const pages = all.filter(({ type }) => type === 'docs')
    const isWritten = ({ tags }: Entry) => tags.includes('unattached-mdx')
    const storiesOf = ({ title }: Entry) => all.filter((each) => each.type === 'story' && each.title === title)
    const busy = pages.filter((entry) => !isWritten(entry) && storiesOf(entry).length >= MANY_STORIES)
    expect(busy.length).toBeGreaterThan(2)
    const queue = [...pages.filter(isWritten), ...busy].map(({ id }) => id)
    expect(queue.length).toBeGreaterThan(10)
    async function walk(tab: Page) {
      for (let id = queue.shift(); id; id = queue.shift()) await drawn(tab, id)
      await tab.close()
    }
    await Promise.all([page, await watched(), await watched()].map(walk))
  })

  /** Waits until each story on a page has drawn something. */
  async function drawn(tab: Page, id: string) {
    await tab.goto(`${files.url}/deep/manual/iframe.html?viewMode=docs&id=${id}`)
    await tab.locator('#storybook-docs h1').first().waitFor(PATIENCE)
    const empty = tab.locator('.sb-story:not(:has(.canvas > *, iframe))')
    await expect.poll(() => empty.count(), { ...PATIENCE, message: id }).toBe(0)
    expect({ id, broken: await tab.locator('.sb-errordisplay').isVisible() }).toEqual({ id, broken: false })
    const links = await tab
      .locator('#storybook-docs a[href*="path="]')
      .evaluateAll((all) =>
        all.map((connectionRef) => /path=\/docs\/([\w-]+)/.exec(connectionRef.getAttribute('href') ?? '')?.[1]),
      )
    const known = new Set<string | undefined>(entries().map((entry) => entry.id))
    expect({ id, leadNowhere: links.filter((to) => !known.has(to)) }).toEqual({ id, leadNowhere: [] })
  }
})
