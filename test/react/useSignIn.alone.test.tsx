import type { Adapter } from '@solana/wallet-adapter-base'
import { ConnectionProvider, useWallet, WalletProvider } from '@solana/wallet-adapter-react'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import { isLamplightError } from 'lamplight'
import { type SignInProof, type UseSignInParameters, type UseSignInReturnType, useSignIn } from 'lamplight/signin'
import { createSignInInput, type SignInInput, verifySignIn } from 'lamplight/signin-server'
import { StrictMode } from 'react'
import { expect, it, vi } from 'vitest'
import { registerTestWallet, type TestWallet, type TestWalletOptions } from '../support/testWallet.js'

/** A page below wallet-adapter's own discovery, with one wallet in it. */
function openPage(options: TestWalletOptions = {}, parameters: UseSignInParameters = {}, adapters: Adapter[] = []) {
  const wallet = registerTestWallet({ name: `Wallet ${Math.random()}`, ...options })
  // What a person could have seen, in order.
  const phases: string[] = []
  // Renders that gave one account's proof while another was connected, or none.
  const mixed: string[] = []
  const now = {} as { signIn: UseSignInReturnType; wallet: ReturnType<typeof useWallet> }
  function Page() {
    now.signIn = useSignIn(parameters)
    now.wallet = useWallet()
    const { phase, data, error } = now.signIn
    const line = `${phase} ${data?.address ?? '-'} ${isLamplightError(error) ? error.code : '-'}`
    if (phases.at(-1) !== line) phases.push(line)
    if (data && data.address !== now.wallet.wallet?.adapter.publicKey?.toBase58()) mixed.push(line)
    return <output>{line}</output>
  }
  render(
    <ConnectionProvider endpoint="http://localhost:1">
      <WalletProvider wallets={adapters} localStorageKey={wallet.name} onError={() => {}}>
        {/* Inside: at its rehearsal of unmounting, wallet-adapter 0.15.40 stops listening to the wallets for good. */}
        <StrictMode>
          <QueryClientProvider client={new QueryClient()}>
            <Page />
          </QueryClientProvider>
        </StrictMode>
      </WalletProvider>
    </ConnectionProvider>,
  )
  const says = (line: string) => waitFor(() => expect(screen.getByRole('status')).toHaveTextContent(line))
  return { wallet, now, phases, mixed, says }
}
type Page = ReturnType<typeof openPage>

const choose = ({ now, wallet }: Page) => act(async () => now.wallet.select(wallet.name as never))
async function connect(page: Page) {
  await choose(page)
  await act(() => page.now.wallet.connect())
}

const request = () => ({ domain: location.host, statement: 'Sign in to Example.' })
const mutate = ({ now }: Page, input: SignInInput = createSignInInput(request())) =>
  act(async () => now.signIn.mutate(input))
const verdictOf = (proof: SignInProof | undefined) =>
  verifySignIn(JSON.parse(JSON.stringify(proof)), { ...request(), consumeNonce: () => true })
const featuresAsked = ({ requests }: TestWallet) => requests.map(({ feature }) => feature)

it('signs in and connects in one step where the wallet can', async () => {
  const page = openPage()
  await choose(page)
  page.wallet.hold()
  await mutate(page)
  await page.says('signing - -')
  page.wallet.approve()
  await act(async () => page.wallet.release())
  await page.says(`signed ${page.wallet.accounts[0]} -`)
  expect(await verdictOf(page.now.signIn.data)).toMatchObject({ ok: true, address: page.wallet.accounts[0] })
  expect(featuresAsked(page.wallet)).toEqual(['signIn'])
  expect(page.now.wallet.publicKey?.toBase58()).toBe(page.wallet.accounts[0])
  expect(page.phases.map((line) => line.split(' ')[0])).toEqual(['idle', 'signing', 'signed'])
})

it('signs the same text as a message where the wallet cannot sign in', async () => {
  const page = openPage({ features: ['signMessage', 'signTransaction'] })
  await connect(page)
  await mutate(page)
  await page.says(`signed ${page.wallet.accounts[0]} -`)
  expect(await verdictOf(page.now.signIn.data)).toMatchObject({ ok: true, address: page.wallet.accounts[0] })
  expect(featuresAsked(page.wallet)).toEqual(['connect', 'signMessage'])
})

it.each([
  ['standard', 'signIn'],
  ['eip-1193', 'signIn'],
  ['words', 'signIn'],
  ['standard', 'signMessage'],
  ['eip-1193', 'signMessage'],
] as const)('tells a refusal (%s, at %s) from a failure, and asks no second time by itself', async (shape, feature) => {
  const page = openPage({ features: [feature, 'signTransaction'] })
  await connect(page)
  page.wallet.refuse(shape)
  await mutate(page)
  await page.says('rejected - wallet/rejected')
  expect(page.now.signIn.error?.retryable).toBe(false)
  page.wallet.fail()
  await mutate(page)
  await page.says('failed - wallet/failed')
  expect(page.now.signIn.error?.message).toContain('The device is locked')
  page.wallet.approve()
  await mutate(page)
  await page.says(`signed ${page.wallet.accounts[0]} -`)
  expect(featuresAsked(page.wallet)).toEqual(['connect', feature, feature, feature])
})

it('takes no answer of an account that is not connected any more', async () => {
  const page = openPage({ features: ['signMessage', 'signTransaction'] })
  const [first, second] = page.wallet.accounts
  await connect(page)
  page.wallet.hold()
  const answer = page.now.signIn.mutateAsync(createSignInInput(request())).catch((error: unknown) => error)
  await waitFor(() => expect(page.wallet.open()).toBe(1))
  await page.says('signing - -')
  await act(async () => page.wallet.changeAccount(1))
  expect(page.now.wallet.publicKey?.toBase58()).toBe(second)
  await page.says('idle - -')
  page.wallet.approve()
  await act(async () => page.wallet.release())
  expect(await answer).toMatchObject({ code: 'wallet/unavailable' })
  expect(page.phases.join()).not.toContain(`${first}`)
  await page.says('idle - -')
  await mutate(page)
  await page.says(`signed ${second} -`)
})

it.each([
  [
    'the account changes',
    ({ wallet }: Page) => wallet.changeAccount(1),
    ({ wallet }: Page) => act(async () => wallet.changeAccount(0)),
  ],
  ['the wallet disconnects', ({ wallet }: Page) => wallet.disconnect(), connect],
])(
  'shows no proof of the old account when %s, not for one render, nor when it comes back',
  async (_, leave, comeBack) => {
    const page = openPage()
    await choose(page)
    await mutate(page)
    await page.says('signed')
    await act(async () => leave(page))
    await page.says('idle - -')
    expect(page.mixed).toEqual([])
    await comeBack(page)
    await waitFor(() => expect(page.now.wallet.publicKey?.toBase58()).toBe(page.wallet.accounts[0]))
    await page.says('idle - -')
    expect(page.now.signIn).toMatchObject({ data: undefined, variables: undefined, isSuccess: false, isIdle: true })
  },
)

it('says what is wrong before any wallet is asked', async () => {
  const page = openPage()
  const failure = async (input?: SignInInput) => {
    await mutate(page, input)
    await waitFor(() => expect(page.now.signIn.phase).toBe('failed'))
    const { error } = page.now.signIn
    await act(async () => page.now.signIn.reset())
    return error
  }
  expect(await failure()).toMatchObject({
    code: 'wallet/unavailable',
    message: expect.stringContaining('none is chosen'),
  })
  await choose(page)
  expect(await failure({ ...createSignInInput(request()), statement: 'a\nb' })).toMatchObject({
    code: 'input/invalid-value',
    context: { argument: 'input.statement' },
  })
  expect(page.wallet.requests).toEqual([])
  // The wallet's own check of who asks.
  expect(await failure(createSignInInput({ domain: 'bank.example' }))).toMatchObject({ code: 'wallet/failed' })
})

it.each([
  ['it is not connected', choose, 'signMessage'],
  ['neither in nor a message', connect, 'signTransaction'],
] as const)('says that %s', async (why, prepare, feature) => {
  const page = openPage({ features: [feature, 'signTransaction'] })
  await prepare(page)
  await mutate(page)
  await page.says('failed - wallet/unavailable')
  expect(page.now.signIn.error?.message).toContain(why)
})

it("passes TanStack's own options through", async () => {
  const settled: unknown[] = []
  const page = openPage({}, { mutation: { onSettled: (proof, error) => settled.push(proof?.address ?? error?.code) } })
  await choose(page)
  await mutate(page)
  page.wallet.refuse()
  await mutate(page)
  await page.says('rejected')
  expect(settled).toEqual([page.wallet.accounts[0], 'wallet/rejected'])
})

it('asks an adapter that is no standard wallet, too', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const burner = new UnsafeBurnerWalletAdapter()
  warn.mockRestore()
  const page = openPage({}, {}, [burner])
  await act(async () => page.now.wallet.select(burner.name))
  await mutate(page)
  await page.says('signed')
  expect(await verdictOf(page.now.signIn.data)).toMatchObject({ ok: true, address: burner.publicKey?.toBase58() })
})
