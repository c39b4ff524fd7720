import { ConnectionProvider, useWallet, WalletProvider } from '@solana/wallet-adapter-react'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import { type Address, balanceKeys, WebSocketProvider } from 'lamplight'
import { expect, it } from 'vitest'
import { webSocket } from '../support/app.js'
import { localnet } from '../support/localnet.js'

it.each([
  [true, 1],
  [false, 0],
])(
  'with preload=%s a wallet that connects has its SOL in the cache %i times, before anything shows it',
  async (preload, held) => {
    const net = await localnet()
    const wallet = new UnsafeBurnerWalletAdapter()
    const queryClient = new QueryClient()
    function Connect() {
      const { select, connect, publicKey, wallet: chosen } = useWallet()
      return (
        <>
          <button type="button" onClick={() => (chosen ? void connect() : select(wallet.name))}>
            {chosen ? 'connect' : 'select'}
          </button>
          <output>{publicKey?.toBase58()}</output>
        </>
      )
    }
    render(
      <ConnectionProvider endpoint={net.rpcUrl}>
        <WalletProvider wallets={[wallet]} localStorageKey={String(Math.random())}>
          <QueryClientProvider client={queryClient}>
            <WebSocketProvider url={net.wsUrl} webSocket={webSocket} cluster="test" preload={preload}>
              <Connect />
            </WebSocketProvider>
          </QueryClientProvider>
        </WalletProvider>
      </ConnectionProvider>,
    )
    const press = (name: string) => act(async () => (await screen.findByText(name)).click())
    await press('select')
    await press('connect')
    await waitFor(() => expect(screen.getByRole('status')).not.toBeEmptyDOMElement())
    const owner = screen.getByRole('status').textContent as Address
    const count = () => queryClient.getQueriesData({ queryKey: balanceKeys.account('test', 'confirmed', owner) }).length
    if (preload) await waitFor(() => expect(count()).toBe(held), { timeout: 10_000 })
    else await new Promise((resume) => setTimeout(resume, 500))
    expect(count()).toBe(held)
  },
)
