import { text } from 'node:stream/consumers'
import { ed25519 } from '@noble/curves/ed25519.js'
import { PublicKey } from '@solana/web3.js'
import { createSignInInput, verifySignIn } from 'lamplight/signin-server'
import type { Page } from 'playwright'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TestWallet } from '../support/testWallet.js'
import { PATIENCE_MS } from './dappPage.js'
import { type Route, siteOf } from './site.js'

const SOL = 1_000_000_000n
/** The accounts of the page's wallet. */
const [first, second] = [1, 2].map((seed) =>
  new PublicKey(ed25519.getPublicKey(Uint8Array.of(seed, ...new Uint8Array(31)))).toBase58(),
) as [string, string]

let page: Page
/** Requests of proofs that reached the server. */
let proofs: number

/** A server of the kind a reader would write. */
function createSignInServer(): Route {
  const nonces = new Set<string>()
  return async (request, response) => {
    const asked = { domain: request.headers.host ?? '', statement: 'Sign in to the test.' }
    if (request.method === 'GET') {
      const input = createSignInInput(asked)
      nonces.add(input.nonce)
      response.end(JSON.stringify(input))
      return
    }
    proofs++
    const proof: unknown = JSON.parse(await text(request))
    const verdict = await verifySignIn(proof, { ...asked, consumeNonce: (nonce) => nonces.delete(nonce) })
    response.end(verdict.ok ? `welcome ${verdict.address}` : `refused: ${verdict.reason}`)
  }
}

const site = siteOf('signin', { routes: { '/sign-in': createSignInServer() } })
beforeEach(() => {
  site.net.fund(first, 5n * SOL)
  site.net.fund(second, 7n * SOL)
  proofs = 0
})

const ALL = 'signIn signMessage signTransaction signAndSendTransaction'

async function open(features = ALL, auto = 'yes') {
  page = await site.newTab()
  await page.addInitScript(recordAmounts)
  await page.goto(site.url({ features, auto }))
}
async function connect(features?: string) {
  await open(features)
  await press('Test Wallet')
  await expectShown('owner', first)
  await expectBalance('live', '5')
}

const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
const shown = (id: string) => page.getByTestId(id)
const expectShown = (id: string, messages: string) =>
  expect.poll(() => shown(id).textContent(), { timeout: PATIENCE_MS }).toContain(messages)
const expectSent = () =>
  expect.poll(() => shown('sent').textContent(), { timeout: PATIENCE_MS }).toMatch(/^[1-9A-HJ-NP-Za-km-z]{80,90}$/)
const expectBalance = (state: string, messages: string) =>
  expect
    .poll(async () => `${await shown('balance').getAttribute('data-state')} ${await shown('balance').textContent()}`, {
      timeout: PATIENCE_MS,
    })
    .toContain(`${state} ${messages}`)
const expectSubscriptions = (count: number) =>
  expect.poll(() => site.net.stats().subscriptions.account, { timeout: PATIENCE_MS }).toBe(count)

/** Does something with the wallet in the person's hand. */
const hand = <T>(act: (wallet: TestWallet) => T) => page.evaluate(`(${act})(window.testWallet)`) as Promise<T>
const asked = () => hand((wallet) => wallet.requests.map(({ feature }) => feature))

/** Runs in the page: notes who is connected and what is shown as theirs, at every change of either. */
function recordAmounts() {
  const seen: string[] = []
  Object.assign(window, { amountsSeen: seen })
  const read = (id: string) => document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ''
  new MutationObserver(() => {
    const now = `${read('owner')}: ${read('balance')}`
    if (seen.at(-1) !== now) seen.push(now)
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
}
const amountsOf = async (owner: string) =>
  (await page.evaluate(() => (window as unknown as { amountsSeen: string[] }).amountsSeen))
    .filter((line) => line.startsWith(`${owner}: `))
    .map((line) => line.slice(owner.length + 2))
const isNumber = (line: string) => /\d/.test(line)

describe("a wallet that wallet-adapter's own discovery finds", () => {
  it('connects, and its SOL is live', async () => {
    await connect()
    expect(await asked()).toEqual(['connect'])
    await expectSubscriptions(1)
  })

  it('stays unconnected when the person refuses', async () => {
    await open()
    await hand((wallet) => wallet.refuse())
    await press('Test Wallet')
    const errors = () => page.evaluate(() => (window as unknown as { walletErrors: string[] }).walletErrors)
    await expect.poll(errors, { timeout: PATIENCE_MS }).toEqual(['WalletConnectionError'])
    expect(await shown('owner').textContent()).toBe('nobody')
    expect(await shown('balance').getAttribute('data-state')).toBe('idle')
    expect(site.net.stats().subscriptions.account).toBe(0)
  })

  it.each([
    ['sends itself', ALL],
    ['only signs', 'signTransaction'],
  ])('moves SOL in transactions of both versions where it %s', async (_, features) => {
    await connect(features)
    const feature = features === ALL ? 'signAndSendTransaction' : 'signTransaction'
    await press('Send legacy')
    await expectSent()
    await expectBalance('live', '3.999995')
    await press('Send 0')
    await expectSent()
    await expectBalance('live', '2.99999')
    expect(await asked()).toEqual(['connect', feature, feature])
    await hand((wallet) => wallet.refuse('eip-1193'))
    await press('Send 0')
    await expectShown('sent', 'User rejected the request.')
    await expectBalance('live', '2.99999')
  })
})

describe('signing in', () => {
  it.each([
    ['solana:signIn', ALL, 'signIn'],
    ['signMessage, where the wallet has no signIn', 'signMessage signTransaction', 'signMessage'],
  ])('works through %s, up to the server', async (_, features, feature) => {
    await connect(features)
    await press('Sign in')
    await expectShown('said', `welcome ${first}`)
    expect(await shown('phase').textContent()).toBe('signed')
    expect(await asked()).toEqual(['connect', feature])
  })

  it('connects in the same step, while the person takes a moment', async () => {
    await open(ALL, 'no')
    await press('Test Wallet')
    await hand((wallet) => wallet.approve(300))
    expect(await shown('owner').textContent()).toBe('nobody')
    await press('Sign in')
    await expectShown('said', `welcome ${first}`)
    await expectShown('owner', first)
    await expectBalance('live', '5')
    expect(await asked()).toEqual(['signIn'])
  })

  it('tells a refusal, which reaches no server, and can be tried again', async () => {
    await connect()
    await hand((wallet) => wallet.refuse())
    await press('Sign in')
    await expectShown('phase', 'rejected')
    await expectShown('said', 'refused in the wallet')
    expect(proofs).toBe(0)
    await hand((wallet) => wallet.approve())
    await press('Sign in')
    await expectShown('said', `welcome ${first}`)
    expect(await asked()).toEqual(['connect', 'signIn', 'signIn'])
  })

  it('that was pending when the account changed is dropped', async () => {
    await connect('signMessage signTransaction')
    await hand((wallet) => wallet.hold())
    await press('Sign in')
    await expectShown('phase', 'signing')
    await expect.poll(() => hand((wallet) => wallet.open()), { timeout: PATIENCE_MS }).toBe(1)
    await hand((wallet) => wallet.changeAccount(1))
    await expectShown('phase', 'idle')
    await hand((wallet) => {
      wallet.approve()
      wallet.release()
    })
    await expectShown('said', 'another account was connected meanwhile')
    expect(await shown('phase').textContent()).toBe('idle')
    expect(proofs).toBe(0)
    await press('Sign in')
    await expectShown('said', `welcome ${second}`)
  })
})

describe('a wallet that changes', () => {
  it("shows the new account's SOL and never the old one's under its name, and is watched alone", async () => {
    await connect()
    await hand((wallet) => wallet.changeAccount(1))
    await expectShown('owner', second)
    await expectBalance('live', '7')
    await expectSubscriptions(1)
    site.net.fund(first, SOL)
    site.net.fund(second, SOL)
    await expectBalance('live', '8')
    expect((await amountsOf(first)).filter(isNumber)).toEqual(['5 SOL'])
    expect((await amountsOf(second)).filter(isNumber)).toEqual(['7 SOL', '8 SOL'])
    await expectSubscriptions(1)
  })

  it.each([
    ['in the wallet', () => hand((wallet) => wallet.disconnect())],
    ['in the page', () => press('Disconnect')],
  ])('shows and watches nothing once it is disconnected %s', async (_, leave) => {
    await connect()
    await expectSubscriptions(1)
    await leave()
    await expectShown('owner', 'nobody')
    expect(await shown('balance').getAttribute('data-state')).toBe('idle')
    await expectSubscriptions(0)
    site.net.fund(first, SOL)
    expect((await amountsOf('nobody')).filter(isNumber)).toEqual([])
    expect((await amountsOf(first)).filter(isNumber)).toEqual(['5 SOL'])
  })
})
