import { Keypair } from '@solana/web3.js'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { PATIENCE_MS } from './dappPage.js'
import { refused } from './problems.js'
import { siteOf } from './site.js'

// What a script that is not there does to a console.
const site = siteOf('worker', { allowed: [refused.request] })
const owner = Keypair.generate().publicKey.toBase58()
const shown = (page: Page) => async () => {
  const sol = page.getByTestId('sol')
  return `${await sol.textContent()} ${await sol.getAttribute('data-state')}`
}
const patient = { timeout: PATIENCE_MS }

describe('sockets in a Worker', () => {
  it('keep a balance live, end with their connection, and come back', async () => {
    site.net.fund(owner, 1_000_000_000n)
    const page = await site.newTab()
    // Of the page alone: a Worker has its own.
    await page.addInitScript(() => void Reflect.deleteProperty(globalThis, 'WebSocket'))
    await page.goto(site.url({ owner }))
    await expect.poll(shown(page), patient).toBe('1 SOL live')
    expect(page.workers()).toHaveLength(1)
    for (let sol = 2; sol < 5; sol++) {
      site.net.fund(owner, 1_000_000_000n)
      await expect.poll(shown(page), patient).toBe(`${sol} SOL live`)
    }
    // One read after the acknowledgement, and one more where the slot that the node names is newer than it (I4 of
    // docs/REALTIME.md). Pushed values are not read.
    expect(site.net.stats().httpRequests).toBeLessThanOrEqual(2)
    site.net.dropSockets()
    site.net.fund(owner, 1_000_000_000n)
    await expect.poll(shown(page), patient).toBe('5 SOL live')
    expect(page.workers()).toHaveLength(1)
  })

  it('that cannot be had leave a page that polls, and says why', async () => {
    site.net.fund(owner, 1_000_000_000n)
    const page = await site.open({ owner, broken: '' })
    await expect.poll(shown(page), patient).toBe('1 SOL polling')
    site.net.fund(owner, 1_000_000_000n)
    await expect.poll(shown(page), patient).toBe('2 SOL polling')
    const status = page.getByTestId('status')
    await expect.poll(() => status.textContent(), patient).toContain('Reconnecting')
  })
})
