import { act, render, screen, waitFor, within } from '@testing-library/react'
import { LamplightProvider, SolBalance, WalletButton } from 'lamplight/components'
import { afterEach, expect, it } from 'vitest'
import { webSocket } from '../support/app.js'
import { localnet } from '../support/localnet.js'
import { type RefusalShape, registerTestWallet } from '../support/testWallet.js'

// One wallet for the whole page, as an extension is; each test begins without a connection.
const wallet = registerTestWallet({ name: 'Lantern' })

afterEach(() => {
  wallet.changeAccount(0)
  wallet.approve()
  wallet.release()
  wallet.disconnect()
  localStorage.clear()
})

/** Not in StrictMode: mounting twice, wallet-adapter stops listening to a wallet that was there first (0.15.40, development only). */
async function openPage(props: { autoConnect?: boolean } = {}) {
  const net = await localnet()
  render(
    <LamplightProvider endpoint={net.rpcUrl} url={net.wsUrl} webSocket={webSocket} {...props}>
      <WalletButton />
      <SolBalance data-testid="b" />
    </LamplightProvider>,
  )
  return net
}

const press = (name: string | RegExp) => act(async () => screen.getByRole('button', { name }).click())
const chosen = () => screen.getByRole('listitem')
const openList = () => press('Connect wallet')

it.each([true, false])(
  'connects a wallet that announced itself (autoConnect: %s), follows it and lets it go',
  async (autoConnect) => {
    const net = await openPage({ autoConnect })
    await openList()
    await press(/Lantern/)
    const [first = '', second = ''] = wallet.accounts
    const short = (address: string) => `${address.slice(0, 4)}…${address.slice(-4)}`
    const button = await screen.findByRole('button', { name: `Wallet ${short(first)}` })
    expect(screen.queryByRole('dialog')).toBeNull()
    net.fund(first, 3_000_000_000n)
    await waitFor(() => expect(screen.getByTestId('b')).toHaveTextContent('3 SOL'))

    act(() => wallet.changeAccount(1))
    await waitFor(() => expect(button).toHaveTextContent(short(second)))
    await waitFor(() => expect(screen.getByTestId('b')).toHaveTextContent(/^0 SOL$/))
    act(() => wallet.changeAccount(0))

    await press(/^Wallet/)
    expect(screen.getByRole('heading')).toHaveTextContent('Connected with Lantern')
    await press('Disconnect')
    await waitFor(() => expect(button).toHaveTextContent('Connect wallet'))
    await waitFor(() => expect(screen.getByTestId('b')).toHaveAttribute('data-state', 'idle'))
  },
)

it.each<RefusalShape>(['standard', 'eip-1193', 'words'])(
  'tells a refusal from a failure (%s), and can be tried again',
  async (shape) => {
    await openPage()
    await openList()
    wallet.refuse(shape)
    await press(/Lantern/)
    await waitFor(() => expect(chosen()).toHaveAttribute('data-state', 'rejected'))
    const status = within(screen.getByRole('dialog')).getByRole('status')
    expect(status).toHaveTextContent('The connection was declined in Lantern. Choose it again to retry.')
    wallet.approve()
    await press(/Lantern/)
    expect(await screen.findByRole('button', { name: /^Wallet/ })).toBeVisible()
  },
)

it('says what a wallet broke at', async () => {
  await openPage()
  await openList()
  wallet.fail()
  await press(/Lantern/)
  await waitFor(() => expect(chosen()).toHaveAttribute('data-state', 'failed'))
  expect(within(screen.getByRole('dialog')).getByRole('status')).toHaveTextContent(
    /could not connect.*The device is locked/,
  )
})

it('asks once, and waits for as long as its owner thinks', async () => {
  await openPage()
  await openList()
  wallet.hold()
  const asked = wallet.requests.length
  await press(/Lantern/)
  await waitFor(() => expect(chosen()).toHaveAttribute('data-state', 'connecting'))
  expect(wallet.requests.slice(asked)).toEqual([{ feature: 'connect', account: null }])
  expect(document.querySelector('[data-lamp="wallet-button"]')).toHaveTextContent('Connecting…')
  wallet.approve()
  await act(async () => wallet.release())
  expect(await screen.findByRole('button', { name: /^Wallet/ })).toBeVisible()
})

it.each([true, false])(
  'waits no longer than one wants for a wallet that never answers (autoConnect: %s)',
  async (autoConnect) => {
    await openPage({ autoConnect })
    wallet.hold()
    await openList()
    await press(/Lantern/)
    await waitFor(() => expect(chosen()).toHaveAttribute('data-state', 'connecting'))
    await press('Cancel')
    await waitFor(() => expect(chosen()).toHaveAttribute('data-state', 'none'))
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull()
    expect(screen.getByRole('button', { name: /Lantern/ })).toHaveFocus()
    wallet.approve()
    await act(async () => wallet.release())
    await press('Close')
    expect(await screen.findByRole('button', { name: 'Connect wallet' })).toHaveAttribute('data-state', 'none')
  },
)
