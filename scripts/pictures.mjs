// Takes the pictures of the demo that the documents show: docs/pictures/demo-{light,dark,320}.png
//   node scripts/pictures.mjs [--states folder]   with --states also one of each thing that can go wrong
//   node scripts/pictures.mjs --storybook url     those of widgets instead, from a Storybook that runs there
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

/** The story that shows a widget at its best, how high it is when narrow, and what tells that it is all there. */
const widgets = [
  ['token-list', 'components-tokenlist--choose', 320, '[data-part="row"]:nth-child(4)'],
  ['send-form', 'components-sendform--signing', 410, '[data-part="outcome"] small'],
  ['send-form-faults', 'components-sendform--faults', 410, '[aria-invalid]'],
  ['burn-form', 'components-burnform--empty', 540, 'button:not([aria-disabled])'],
  ['create-account', 'components-createaccountnotice--offered', 280, '[data-part="note"]:not(:empty)'],
]

/** Each widget at 320 pixels and wide, light beside dark. */
async function pictureWidgets(browser, storybook) {
  for (const [name, story, height, selector] of widgets)
    for (const [suffix, width] of [
      ['320', 320],
      ['wide', 560],
    ]) {
      const shots = []
      for (const theme of ['light', 'dark']) {
        const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' })
        await page.goto(`${storybook}/iframe.html?id=${story}&viewMode=story&globals=theme:${theme}`)
        await whenShown(page, `[data-lamp] ${selector}`)
        shots.push((await page.screenshot()).toString('base64'))
        await page.close()
      }
      const sheet = await browser.newPage({ viewport: { width: width * 2, height } })
      const images = shots.map((shot) => `<img src="data:image/png;base64,${shot}" style="float:left">`)
      await sheet.setContent(`<body style="margin:0">${images.join('')}</body>`)
      await sheet.screenshot({ path: join(folder, `${name}-${suffix}.png`) })
      await sheet.close()
    }
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

const { values } = parseArgs({ options: { states: { type: 'string' }, storybook: { type: 'string' } } })
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
try {
  await (values.storybook ? pictureWidgets(browser, values.storybook) : pictureDemo(browser))
} finally {
  await browser.close()
}
