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
  page = await browser.newPage()
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    // A browser asks for a picture of its own accord where a page names none.
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) problems.push(message.text())
  })
  page.on('response', (response) => response.ok() || problems.push(`${response.status()} ${response.url()}`))
  page.on('websocket', (socket) => problems.push(`a socket to ${socket.url()}`))
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${files.url}/deep/manual/`))
      problems.push(`a request to ${request.url()}`)
  })
})
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

  // Those made of stories are tested by their stories, which would fight for the focus on one page.
  it('draws each page that is written, without an error', async () => {
    const pages = entries().filter(({ type, tags }) => type === 'docs' && tags.includes('unattached-mdx'))
    expect(pages.length).toBeGreaterThan(0)
    for (const { id } of pages) {
      await page.goto(`${files.url}/deep/manual/iframe.html?viewMode=docs&id=${id}`)
      await page.locator('#storybook-docs h1').first().waitFor(PATIENCE)
      // Each story on it has drawn something.
      await expect
        .poll(() => page.locator('.sb-story:not(:has(.canvas > *))').count(), { ...PATIENCE, message: id })
        .toBe(0)
      expect({ id, broken: await page.locator('.sb-errordisplay').isVisible() }).toEqual({ id, broken: false })
    }
  })
})
