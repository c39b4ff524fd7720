// Takes the pictures of the demo that the documents show: docs/pictures/demo-{light,dark,320}.png
//   node scripts/pictures.mjs [--states folder]   with --states also one of each thing that can go wrong
//   node scripts/pictures.mjs --storybook url     those of widgets instead, from a Storybook that runs there;
//                                                 --only name for one of them
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { chromiumFlags, findChromium } from './browser.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'docs/pictures')
const wide = { width: 1120, height: 900 }
const narrow = { width: 320, height: 1180 }

/** Starts the demo; gives its address and what ends it. */
async function startDemo() {
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs'), '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = () => child.kill('SIGTERM')
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the demo ended with code ${code}`)
  })
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
  ended.catch(() => {})
  return { url: JSON.parse(line).url, stop }
}

/** Opens the demo and waits until all of it is live and the list of changes is full. */
async function openPage(browser, url, options) {
  const page = await browser.newPage({ reducedMotion: 'reduce', ...options })
  await page.goto(url)
  await page.locator('.activity li:nth-child(8)').waitFor({ timeout: 60_000 })
  await page.locator('[data-lamp="connection-status"][data-state="live"]').waitFor()
  return page
}

async function picture(browser, url, path, options) {
  const page = await openPage(browser, url, options)
  await page.screenshot({ path })
  await page.close()
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
const whenShown = (page, selector) => page.locator(selector).first().waitFor({ timeout: 60_000 })

/** Each thing that can go wrong, as it looks. */
async function states(browser, url, into) {
  for (const [suffix, options] of [
    ['wide', { viewport: wide }],
    ['narrow', { viewport: narrow, colorScheme: 'dark' }],
  ]) {
    const page = await openPage(browser, url, options)
    const shot = (name) => page.screenshot({ path: join(into, `${name}-${suffix}.png`) })
    await press(page, 'Send one')
    await page.getByText('confirmed in slot').waitFor()
    await shot('sent')
    await press(page, 'Drop the socket')
    await whenShown(page, '[data-lamp="connection-status"]:not([data-state="live"])')
    await shot('dropped')
    await whenShown(page, '[data-lamp="connection-status"][data-state="live"]')
    await press(page, 'Pause the node')
    await whenShown(page, '[data-lamp="connection-status"][data-state="suspect"]')
    await shot('suspect')
    await whenShown(page, '[data-testid="LAMP"][data-state="polling"]')
    await shot('paused')
    await whenShown(page, '[data-lamp="connection-status"][data-state="waiting"]')
    await shot('waiting')
    await press(page, 'Resume the node')
    await whenShown(page, '[data-lamp="connection-status"][data-state="live"]')
    await press(page, 'Answer 429')
    await press(page, 'Drop the socket')
    await whenShown(page, '.card [data-state="stale"]')
    await shot('refused')
    await press(page, 'Answer again')
    await page.close()
  }
}

/** The stories that show a widget at its best; how high the window is for what stands at its edges. */
const widgets = {
  'token-balance': {
    stories: [
      'tokenbalance--live',
      'tokenbalance-states--loading',
      'tokenbalance-states--polling',
      'tokenbalance-states--stale-unreachable',
      'tokenbalance-states--lagging',
      'tokenbalance-states--error-unreachable',
      'tokenbalance--missing',
      'tokenbalance--idle',
      'tokenbalance-marks--everything',
      'tokenbalance-formats--huge',
    ],
  },
  'sol-balance': {
    stories: ['solbalance--live', 'solbalance--missing', 'solbalance--idle', 'solbalance--formatted-locale'],
  },
  'connection-status': {
    stories: [
      'connectionstatus--live',
      'connectionstatus--syncing',
      'connectionstatus--suspect',
      'connectionstatus--waiting-and-stale',
      'connectionstatus--failed',
      'connectionstatus--polling',
    ],
  },
  'token-list': { stories: ['tokenlist--marked', 'tokenlist--incomplete'] },
  'send-form': { stories: ['sendform--missing-account', 'sendform--faults'] },
  'burn-form': { stories: ['burnform--consent-missing'] },
  'create-account': { stories: ['createaccountnotice--offered'] },
  sparkline: {
    stories: [
      'balancesparkline--live',
      'balancesparkline--as-a-table',
      'balancesparkline--stale',
      'balancesparkline--failed',
    ],
  },
  toasts: { stories: ['balancetoasts--came-and-went'], height: 240 },
  'wallet-button': { stories: ['walletbutton--not-connected', 'walletbutton--connecting', 'walletbutton--connected'] },
  'wallet-dialog': { stories: ['walletdialog--choose'], height: 420 },
  'wallet-card': { stories: ['walletcard--live', 'walletcard--stale'] },
  'address-label': {
    stories: ['addresslabel--short', 'addresslabel--with-explorer', 'addresslabel--whole', 'addresslabel--invalid'],
  },
  devtools: { stories: ['balancedevtools--live'], height: 560 },
}
const NARROW = 320
const WIDE = 420
/** What a story stands on is as high as the window otherwise. */
const ONLY_WHAT_IS_DRAWN = '.canvas { min-block-size: 0 !important; }'

/** A page for one width and theme, which goes from story to story without loading anything again. */
async function openStories(browser, storybook, { width, theme, first }) {
  const page = await browser.newPage({ viewport: { width, height: 700 }, reducedMotion: 'reduce' })
  await page.goto(`${storybook}/iframe.html?id=${first}&viewMode=story&globals=theme:${theme}`)
  await hasPlayed(page, first)
  await page.addStyleTag({ content: ONLY_WHAT_IS_DRAWN })
  return page
}

const hasPlayed = (page, id) =>
  page.waitForFunction(
    (wanted) => globalThis.__STORYBOOK_ADDONS_CHANNEL__?.last('storyFinished')?.[0]?.storyId === wanted,
    id,
    { timeout: 60_000 },
  )

/** One story, once it has played. */
async function shotOf(page, id, width, height) {
  await page.setViewportSize({ width, height: height ?? 700 })
  await page.evaluate((storyId) => {
    globalThis.__STORYBOOK_ADDONS_CHANNEL__.emit('setCurrentStory', { storyId, viewMode: 'story' })
  }, id)
  await hasPlayed(page, id)
  const drawn = height ?? (await page.locator('#storybook-root .canvas').first().boundingBox()).height
  const clip = { x: 0, y: 0, width, height: Math.floor(drawn) }
  const shot = await page.screenshot({ fullPage: true, clip })
  return `<img src="data:image/png;base64,${shot.toString('base64')}">`
}

/** Each widget on one sheet: 320 pixels and wide, light beside dark, its stories below one another. */
async function pictureWidgets(browser, storybook, only) {
  const chosen = Object.entries(widgets).filter(([name]) => !only || only === name)
  const sheets = new Map(chosen.map(([name]) => [name, []]))
  for (const width of [NARROW, WIDE])
    for (const theme of ['light', 'dark']) {
      const page = await openStories(browser, storybook, { width, theme, first: 'overview-themes--examples' })
      for (const [name, { stories, height }] of chosen) {
        const shots = []
        for (const story of stories) shots.push(await shotOf(page, `components-${story}`, width, height))
        sheets.get(name).push(`<div class="${theme}">${shots.join('')}</div>`)
      }
      await page.close()
    }
  for (const [name, columns] of sheets) await pictureSheet(browser, name, columns)
}

async function pictureSheet(browser, name, columns) {
  const sheet = await browser.newPage({ viewport: { width: 2 * (NARROW + WIDE), height: 100 } })
  await sheet.setContent(`<!doctype html><style>
    body { display: flex; margin: 0 }
    img { display: block }
    .dark { background: #16191d }
  </style>${columns.join('')}`)
  await sheet.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
  await sheet.close()
}

async function pictureDemo(browser) {
  const demo = await startDemo()
  try {
    await picture(browser, demo.url, join(folder, 'demo-light.png'), { viewport: wide, colorScheme: 'light' })
    await picture(browser, demo.url, join(folder, 'demo-dark.png'), { viewport: wide, colorScheme: 'dark' })
    await picture(browser, demo.url, join(folder, 'demo-320.png'), { viewport: narrow, colorScheme: 'light' })
    if (values.states) {
      mkdirSync(values.states, { recursive: true })
      await states(browser, demo.url, resolve(values.states))
    }
  } finally {
    demo.stop()
  }
}

const text = { type: 'string' }
const { values } = parseArgs({ options: { states: text, storybook: text, only: text } })
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
try {
  await (values.storybook ? pictureWidgets(browser, values.storybook, values.only) : pictureDemo(browser))
} finally {
  await browser.close()
}
