import { Keypair } from '@solana/web3.js'
import { dehydrate, QueryClient } from '@tanstack/query-core'
import { allowHydration, createBalanceClient, solBalanceOptions, tokenBalanceOptions } from 'lamplight/core'
import type { Page } from 'playwright'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { beforeEach, describe, expect, it } from 'vitest'
import { PATIENCE_MS } from './dappPage.js'
import { HydratedApp } from './pages/hydratedApp.js'
import { refused } from './problems.js'
import { shell, siteOf } from './site.js'

const [ownerA, ownerB] = [1, 2].map((seed) => Keypair.fromSeed(new Uint8Array(32).fill(seed)).publicKey.toBase58()) as [
  string,
  string,
]

// A node that refuses is told by the browser itself.
const site = siteOf('kept', { entries: ['hydrate'], allowed: Object.values(refused) })
let mint: string
const warnings: string[] = []

beforeEach(() => {
  const { net } = site
  mint = net.createMint({ decimals: 0 })
  net.fund(ownerA, 7_777_000_000_000n)
  net.setTokenBalance({ owner: ownerA, mint, amount: 7_777_777n })
  net.fund(ownerB, 3_000_000_000n)
  warnings.length = 0
})

async function newPage(): Promise<Page> {
  const page = await site.newTab()
  page.on('console', (message) => {
    if (message.text().startsWith('Stored balances')) warnings.push(message.text())
  })
  return page
}
async function openPage(): Promise<Page> {
  const page = await newPage()
  await page.goto(urlOf())
  return page
}
const urlOf = () => site.url({ mint })
const press = (page: Page, name: string) => page.getByText(name, { exact: true }).click()
const textOf = (page: Page, id: string) => page.getByTestId(id).textContent()
const stateOf = (page: Page, id: string) => page.getByTestId(id).getAttribute('data-state')
const expectShown = (page: Page, id: string, text: string, state: string) =>
  expect
    .poll(async () => `${await textOf(page, id)} ${await stateOf(page, id)}`, { timeout: PATIENCE_MS })
    .toBe(`${text} ${state}`)

/** Everything the browser holds for the page, as text. */
const stored = (page: Page) =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const rows: [string, string][] = []
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      for (const storeName of database.objectStoreNames) {
        const store = database.transaction(storeName).objectStore(storeName)
        const keys = await done(store.getAllKeys())
        const values = await done(database.transaction(storeName).objectStore(storeName).getAll())
        keys.forEach((key, i) => void rows.push([String(key), String(values[i])]))
      }
      database.close()
    }
    return rows
  })
/** Puts another text in the place of the one there is. */
const tamper = (page: Page, key: string, text: string) =>
  page.evaluate(
    async ([key, text]) => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('lamplight')
        request.onsuccess = () => resolve(request.result)
      })
      const write = database.transaction('balances', 'readwrite')
      write.objectStore('balances').put(text, key)
      await new Promise((resolve) => {
        write.oncomplete = resolve
      })
      database.close()
    },
    [key, text] as const,
  )

/** Connects as A, and waits until both balances are shown and kept. */
async function keepA(page: Page) {
  await press(page, 'as A')
  await expectShown(page, 'sol', '7,777 SOL', 'live')
  await expectShown(page, 'token', '7,777,777', 'live')
  await expect.poll(async () => JSON.stringify(await stored(page)), { timeout: PATIENCE_MS }).toContain('7777777')
}
/** No answer from any node: what is shown now was kept. */
function cutOff() {
  site.net.faults.add({ on: 'http', do: { status: 503 } })
  site.net.faults.add({ on: 'wsOpen', do: { status: 503 } })
  site.net.dropSockets()
}

describe('a browser', () => {
  it('keeps balances over a reload, and shows them as stale until the chain confirms them', async () => {
    const page = await openPage()
    await keepA(page)
    const [[key] = ['']] = await stored(page)
    expect(key).toMatch(/^lamplight\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
    site.net.faults.add({ on: 'http', do: { delayMs: 2000 } })
    await page.reload()
    await press(page, 'as A')
    await expectShown(page, 'token', '7,777,777', 'stale')
    expect(await stateOf(page, 'sol')).toBe('stale')
    await expectShown(page, 'token', '7,777,777', 'live')
    await expectShown(page, 'sol', '7,777 SOL', 'live')
  })

  it('drops a value that somebody changed, shows it to nobody, and removes it', async () => {
    const page = await openPage()
    await keepA(page)
    const [[key, text] = ['', '']] = await stored(page)
    expect(text).toContain('7777777')
    await tamper(page, key, text.replaceAll('7777777', '9999999'))
    cutOff()
    await page.reload()
    await press(page, 'as A')
    // What was not touched is still good.
    await expectShown(page, 'sol', '7,777 SOL', 'stale')
    expect(await stateOf(page, 'token')).not.toBe('live')
    expect(await textOf(page, 'token')).not.toMatch(/\d/)
    await expect.poll(async () => JSON.stringify(await stored(page)), { timeout: PATIENCE_MS }).not.toContain('9999999')
    // The account, and the mint by its supply.
    expect(warnings).toEqual(['Stored balances: read failed (2 entries were damaged and dropped).'])
  })

  it('lets nothing of a wallet be seen or stay when it leaves and another connects, not for a frame', async () => {
    const page = await openPage()
    await keepA(page)
    await page.evaluate(() => {
      const frames: string[] = []
      Object.assign(window, { frames_: frames })
      const look = () => frames.push(document.body.innerText)
      new MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      })
      const tick = () => {
        look()
        requestAnimationFrame(tick)
      }
      tick()
    })
    await press(page, 'leave')
    await expectShown(page, 'sol', '–', 'idle')
    await expect.poll(() => stored(page), { timeout: PATIENCE_MS }).toEqual([])
    await press(page, 'as B')
    await expectShown(page, 'sol', '3 SOL', 'live')
    await expectShown(page, 'token', 'No account', 'missing')
    // Straight from one to the other, as an extension's account menu does.
    await press(page, 'as A')
    await expectShown(page, 'sol', '7,777 SOL', 'live')
    await press(page, 'as B')
    await expectShown(page, 'sol', '3 SOL', 'live')
    await expect.poll(async () => JSON.stringify(await stored(page)), { timeout: PATIENCE_MS }).toContain(ownerB)
    expect(JSON.stringify(await stored(page))).not.toContain(ownerA)

    const frames = await page.evaluate(() => (window as unknown as { frames_: string[] }).frames_)
    expect(frames.length).toBeGreaterThan(20)
    expect(frames.filter((text) => text.includes('7,777') && !text.includes(ownerA))).toEqual([])
    expect(frames.filter((text) => text.includes('3 SOL') && !text.includes(ownerB))).toEqual([])
  })

  it.each([
    [
      'forbids its storage',
      () =>
        Object.defineProperty(window, 'indexedDB', {
          get: () => {
            throw new DOMException('denied', 'SecurityError')
          },
        }),
      'read failed (denied)',
    ],
    [
      'has no room left',
      () => {
        IDBObjectStore.prototype.put = () => {
          throw new DOMException('full', 'QuotaExceededError')
        }
      },
      'write failed (full)',
    ],
  ] as const)('that %s shows balances all the same, and says so once', async (_, breakIt, why) => {
    await site.context.addInitScript(breakIt)
    const page = await openPage()
    await press(page, 'as A')
    await expectShown(page, 'sol', '7,777 SOL', 'live')
    await expect.poll(() => warnings, { timeout: PATIENCE_MS }).toEqual([`Stored balances: ${why}.`])
    site.net.fund(ownerA, 1_000_000_000n)
    await expectShown(page, 'sol', '7,778 SOL', 'live')
    await press(page, 'leave')
    await expectShown(page, 'sol', '–', 'idle')
    expect(warnings).toHaveLength(1)
  })
})

it('a page takes over what a Node server rendered without a warning, stale first and then live', async () => {
  expect(typeof window).toBe('undefined')
  const queryClient = allowHydration(new QueryClient())
  const client = createBalanceClient({ queryClient, rpcUrl: site.net.rpcUrl, url: false, cluster: 'test' })
  const wanted = { owner: ownerA, mint }
  await queryClient.prefetchQuery(tokenBalanceOptions(client, wanted))
  await queryClient.prefetchQuery(solBalanceOptions(client, wanted))
  const sent = JSON.stringify({
    state: dehydrate(queryClient),
    rpcUrl: site.net.rpcUrl,
    wsUrl: site.net.wsUrl,
    ...wanted,
  })
  const markup = renderToString(createElement(HydratedApp, JSON.parse(sent)))
  expect(markup).toContain('7777777 restored stale')
  site.serve(
    '/sent',
    shell(`<div id="root">${markup}</div>
    <script type="application/json" id="sent">${sent.replaceAll('<', '\\u003c')}</script>
    <script type="module" src="/hydrate.js"></script>`),
  )

  const page = await newPage()
  // The page's code comes late: what is seen until then is the server's.
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/hydrate.js', async (route) => {
    await held
    await route.continue()
  })
  await page.goto(new URL('/sent', urlOf()).href, { waitUntil: 'commit' })
  await expectShown(page, 'token', '7,777,777', 'stale')
  release()
  await expectShown(page, 'token', '7,777,777', 'live')
  await expectShown(page, 'sol', '7,777 SOL', 'live')
  expect(await textOf(page, 'origin')).toBe('7777777 fetch live')
  site.net.setTokenBalance({ owner: ownerA, mint, amount: 8n })
  await expectShown(page, 'token', '8', 'live')
})
