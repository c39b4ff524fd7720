import { resolve } from 'node:path'
import { ed25519 } from '@noble/curves/ed25519.js'
import { Keypair, PublicKey } from '@solana/web3.js'
import { type Localnet, startLocalnet } from 'lamplight/localnet'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../../scripts/browser.mjs'
import type { TestWallet } from '../support/testWallet.js'
import { PATIENCE_MS } from './dappPage.js'

const owner = new PublicKey(ed25519.getPublicKey(Uint8Array.of(1, ...new Uint8Array(31)))).toBase58()

let vite: ViteDevServer
let browser: Browser
let net: Localnet
let context: BrowserContext
const problems: string[] = []

beforeAll(async () => {
  const configFile = resolve(import.meta.dirname, 'actions/vite.config.ts')
  vite = await createServer({ configFile, logLevel: 'error' })
  await vite.listen()
  browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
})
afterAll(async () => {
  await browser?.close()
  await vite?.close()
})
beforeEach(async () => {
  net = await startLocalnet({ port: 0, automine: true })
  net.fund(owner, 5_000_000_000n)
  context = await browser.newContext()
  context.setDefaultTimeout(PATIENCE_MS)
})
afterEach(async () => {
  await context.close()
  await net.stop()
  expect(problems.splice(0)).toEqual([])
})

async function open(features: string, to: string, mint: string): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(String(error)))
  const url = new URL(vite.resolvedUrls?.local[0] ?? '')
  url.search = String(new URLSearchParams({ rpc: net.rpcUrl, ws: net.wsUrl, features, to, mint }))
  await page.goto(url.href)
  return page
}
const expectShown = (page: Page, id: string, words: string) =>
  expect.poll(() => page.getByTestId(id).textContent(), { timeout: PATIENCE_MS }).toContain(words)
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

it.each([
  ['only signs', 'token', 'signTransaction'],
  ['sends itself too', 'token-2022', 'signTransaction signAndSendTransaction'],
  ['only sends itself', 'token', 'signAndSendTransaction'],
] as const)('acts with a discovered wallet that %s (%s)', async (_, program, features) => {
  const to = Keypair.generate().publicKey.toBase58()
  const mint = net.createMint({ decimals: 1, program })
  net.setTokenBalance({ owner, mint, amount: 100n })
  const page = await open(features, to, mint)
  await press(page, 'Test Wallet')
  await expectShown(page, 'tokens', '100 0')
  await page.evaluate(() => (window as unknown as { testWallet: TestWallet }).testWallet.refuse())
  await press(page, 'Send SOL')
  await expectShown(page, 'sol-phase', 'rejected')
  await page.evaluate(() => (window as unknown as { testWallet: TestWallet }).testWallet.approve())
  await press(page, 'Send tokens')
  await expectShown(page, 'token-phase', 'confirmed')
  await expectShown(page, 'tokens', '75 0')
  await press(page, 'Send SOL')
  await expectShown(page, 'sol-phase', 'confirmed')
  expect(net.ledger.head(to as never)?.lamports).toBe(1_000_000_000n)
})
