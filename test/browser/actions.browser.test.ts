import { ed25519 } from '@noble/curves/ed25519.js'
import { Keypair, PublicKey } from '@solana/web3.js'
import type { Page } from 'playwright'
import { beforeEach, expect, it } from 'vitest'
import type { TestWallet } from '../support/testWallet.js'
import { PATIENCE_MS } from './dappPage.js'
import { siteOf } from './site.js'

const owner = new PublicKey(ed25519.getPublicKey(Uint8Array.of(1, ...new Uint8Array(31)))).toBase58()

const site = siteOf('actions')
beforeEach(() => site.net.fund(owner, 5_000_000_000n))

const expectShown = (page: Page, id: string, messages: string) =>
  expect.poll(() => page.getByTestId(id).textContent(), { timeout: PATIENCE_MS }).toContain(messages)
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

it.each([
  ['only signs', 'token', 'signTransaction'],
  ['sends itself too', 'token-2022', 'signTransaction signAndSendTransaction'],
  ['only sends itself', 'token', 'signAndSendTransaction'],
] as const)('acts with a discovered wallet that %s (%s)', async (_, program, features) => {
  const to = Keypair.generate().publicKey.toBase58()
  const mint = site.net.createMint({ decimals: 1, program })
  site.net.setTokenBalance({ owner, mint, amount: 100n })
  const page = await site.open({ features, to, mint })
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
  expect(site.net.ledger.head(to as never)?.lamports).toBe(1_000_000_000n)
})

it('brings what transactions are built with where a page has none, and leaves what a page has', async () => {
  const mint = site.net.createMint({ decimals: 1 })
  const had = async (more: object) => {
    const to = Keypair.generate().publicKey.toBase58()
    const page = await site.open({ features: 'signTransaction', to, mint, ...more })
    const hasBuffer = () => page.evaluate(() => 'Buffer' in window)
    // The page has loaded its own by then.
    await page.getByRole('button', { name: 'Test Wallet' }).waitFor()
    const before = await hasBuffer()
    await press(page, 'Test Wallet')
    await expectShown(page, 'sol', '000 0')
    expect(await hasBuffer()).toBe(before)
    await press(page, 'Send SOL')
    await expectShown(page, 'sol-phase', 'confirmed')
    expect(await page.evaluate(() => 'isReplaced' in window)).toBe(false)
    return before
  }
  expect(await had({})).toBe(false)
  expect(await had({ own: 'yes' })).toBe(true)
})
