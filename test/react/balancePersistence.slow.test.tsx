import { ConnectionProvider, useWallet, WalletProvider } from '@solana/wallet-adapter-react'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'
import { Keypair } from '@solana/web3.js'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import { balanceKeys, useSolBalance, useTokenBalance, WebSocketProvider } from 'lamplight'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { type BalanceStorage, useBalancePersistence } from 'lamplight/persist'
import type { Localnet } from 'lamplight-localnet'
import { type JSX, StrictMode, useLayoutEffect } from 'react'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { createTextStorage, type TextStorage } from '../storage/textStorage.js'
import { webSocket } from '../support/app.js'
import { localnet } from '../support/localnet.js'

/** A wallet that connects as whom it is told to. */
function createWallet() {
  const wallet = new UnsafeBurnerWalletAdapter()
  async function as(keys: Keypair) {
    await act(async () => screen.getByText('select').click())
    Object.assign(wallet, { _keypair: keys })
    await act(async () => void wallet.emit('connect', keys.publicKey))
  }
  return { wallet, as, leave: () => act(() => wallet.disconnect()) }
}

/** What stood on the page after one commit, by the hooks' own account and to the eye. */
interface Frame {
  readonly connected: string | undefined
  readonly owners: readonly (string | undefined)[]
  readonly text: string
}

function Kept({ storage }: { storage: BalanceStorage }): JSX.Element | null {
  useBalancePersistence({ storage })
  return null
}

/** As many apps have it: what belongs to a wallet is there while it is. */
function KeptWhileConnected({ storage }: { storage: BalanceStorage }) {
  return useWallet().publicKey && <Kept storage={storage} />
}

function Balances({ mint, frames }: { mint: string; frames: Frame[] }) {
  const connected = useWallet().publicKey?.toBase58()
  const owners = [useSolBalance().data?.owner, useTokenBalance({ mint }).data?.owner]
  useLayoutEffect(() => {
    frames.push({ connected, owners, text: document.body.textContent })
  })
  return (
    <p>
      <SolBalance data-testid="sol" /> <TokenBalance mint={mint} data-testid="token" />
    </p>
  )
}

interface Session {
  readonly net: Localnet
  readonly mint: string
  readonly storage: TextStorage
}

/** One visit to the page, without a wallet yet. */
async function visit({ net, mint }: Session, storage?: BalanceStorage, Keeper = Kept) {
  const wallet = createWallet()
  const frames: Frame[] = []
  const queryClient = new QueryClient()
  function Select() {
    const { select } = useWallet()
    return (
      <button type="button" onClick={() => select(wallet.wallet.name)}>
        select
      </button>
    )
  }
  render(
    <StrictMode>
      <ConnectionProvider endpoint={net.rpcUrl}>
        <WalletProvider wallets={[wallet.wallet]} localStorageKey={String(Math.random())}>
          <QueryClientProvider client={queryClient}>
            <WebSocketProvider url={net.wsUrl} webSocket={webSocket} cluster="test">
              {storage && <Keeper storage={storage} />}
              <Balances mint={mint} frames={frames} />
              <Select />
            </WebSocketProvider>
          </QueryClientProvider>
        </WalletProvider>
      </ConnectionProvider>
    </StrictMode>,
  )
  const watch = new MutationObserver(() =>
    frames.push({ connected: undefined, owners: [], text: document.body.textContent }),
  )
  watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  onTestFinished(() => watch.disconnect())
  const cached = () =>
    JSON.stringify(
      queryClient
        .getQueryCache()
        .findAll({ queryKey: balanceKeys.all })
        .map(({ queryKey, state }) => [queryKey, state.data]),
      (_, each) => (typeof each === 'bigint' ? String(each) : each),
    )
  return { ...wallet, frames, cached }
}

const shown = (id: string) => screen.getByTestId(id)
const expectLive = (id: string, text: string) =>
  waitFor(() => {
    expect(shown(id)).toHaveTextContent(text)
    expect(shown(id)).toHaveAttribute('data-state', 'live')
  })

let session: Session
const [a, b] = [Keypair.generate(), Keypair.generate()]
const [addressA, addressB] = [a.publicKey.toBase58(), b.publicKey.toBase58()]

beforeEach(async () => {
  const net = await localnet()
  const mint = net.createMint({ decimals: 0 })
  net.fund(addressA, 7_777_000_000_000n)
  net.setTokenBalance({ owner: addressA, mint, amount: 7_777_777n })
  net.fund(addressB, 3_000_000_000n)
  session = { net, mint, storage: createTextStorage() }
})

async function showA(page: Awaited<ReturnType<typeof visit>>) {
  await page.as(a)
  await expectLive('sol', '7,777 SOL')
  await expectLive('token', '7,777,777')
  page.frames.length = 0
}
const stored = () => [...session.storage.texts.values()].join()

it.each([
  ['disconnects and another connects', true, true],
  ['is replaced by another', false, true],
  ['disconnects from a page that keeps nothing, and another connects', true, false],
])('a wallet that %s leaves nothing on screen, in memory or in storage', async (_, isLeaving, isKept) => {
  const page = await visit(session, isKept ? session.storage : undefined)
  await showA(page)
  if (isKept) await waitFor(() => expect(stored()).toContain(addressA))
  if (isLeaving) {
    await page.leave()
    await waitFor(() => expect(shown('sol')).toHaveAttribute('data-state', 'idle'))
  }
  await page.as(b)
  await expectLive('sol', '3 SOL')
  await waitFor(() => expect(shown('token')).toHaveAttribute('data-state', 'missing'))

  const foreign = page.frames.filter(
    ({ connected, owners }) => connected && owners.some((owner) => owner && owner !== connected),
  )
  expect(foreign).toEqual([])
  const ofB = page.frames.filter(({ connected, text }) => connected !== addressA && text.includes('7,777'))
  expect(ofB).toEqual([])
  expect(page.frames.length).toBeGreaterThan(3)

  await waitFor(() => expect(page.cached()).not.toContain(addressA))
  if (isKept) await waitFor(() => expect(stored()).toContain(addressB))
  expect(stored()).not.toContain(addressA)
  expect(session.storage.texts.size).toBe(Number(isKept))
})

it('a wallet that leaves together with the component that kept its balances leaves nothing in storage', async () => {
  const page = await visit(session, session.storage, KeptWhileConnected)
  await showA(page)
  await waitFor(() => expect(stored()).toContain(addressA))
  await page.leave()
  await waitFor(() => expect(session.storage.texts.size).toBe(0))
})

it('a wallet that stays keeps its balances when the component that kept them goes', async () => {
  const page = await visit(session, session.storage, KeptWhileConnected)
  await showA(page)
  await waitFor(() => expect(stored()).toContain(addressA))
  cleanup()
  await new Promise((resume) => setTimeout(resume, 50))
  expect(stored()).toContain(addressA)
})

it('a wallet that comes back to a page loaded anew finds its balances, stale until they are live', async () => {
  const first = await visit(session, session.storage)
  await showA(first)
  await waitFor(() => expect(stored()).toContain(addressA))
  cleanup()
  session.net.faults.add({ on: 'http', do: { delayMs: 500 } })
  const second = await visit(session, session.storage)
  await second.as(a)
  await waitFor(() => expect(shown('token')).toHaveTextContent('7,777,777'))
  expect(shown('token')).toHaveAttribute('data-state', 'stale')
  expect(shown('sol')).toHaveAttribute('data-state', 'stale')
  expect(second.cached()).toContain('"source":"restored"')
  await expectLive('token', '7,777,777')
  await expectLive('sol', '7,777 SOL')
  expect(second.cached()).not.toContain('"source":"restored"')
})

it('a storage that fails changes nothing on screen, and is said once', async () => {
  const warned = vi.spyOn(console, 'warn')
  session.storage.breakDown(new Error('The operation is insecure.'))
  const page = await visit(session, session.storage)
  warned.mockClear()
  await page.as(a)
  await expectLive('sol', '7,777 SOL')
  await page.leave()
  await waitFor(() => expect(shown('sol')).toHaveAttribute('data-state', 'idle'))
  expect(warned.mock.calls).toEqual([['Stored balances: read failed (The operation is insecure.).']])
})
