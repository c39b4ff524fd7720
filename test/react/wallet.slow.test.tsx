import { ConnectionProvider, useWallet, WalletProvider } from '@solana/wallet-adapter-react'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import { WebSocketProvider } from 'lamplight'
import { SolBalance } from 'lamplight/components'
import { StrictMode } from 'react'
import { expect, it } from 'vitest'
import { webSocket } from '../support/app.js'
import { localnet } from '../support/localnet.js'
import { WalletControls } from '../support/walletControls.js'

it('shows the connected wallet by default, from connect to disconnect', async () => {
  const net = await localnet()
  const wallet = new UnsafeBurnerWalletAdapter()
  const Key = () => <output>{useWallet().publicKey?.toBase58()}</output>
  render(
    <StrictMode>
      <ConnectionProvider endpoint={net.rpcUrl}>
        <WalletProvider wallets={[wallet]} localStorageKey={String(Math.random())}>
          <QueryClientProvider client={new QueryClient()}>
            <WebSocketProvider url={net.wsUrl} webSocket={webSocket}>
              <WalletControls name={wallet.name} />
              <Key />
              <SolBalance data-testid="b" />
            </WebSocketProvider>
          </QueryClientProvider>
        </WalletProvider>
      </ConnectionProvider>
    </StrictMode>,
  )
  const balance = screen.getByTestId('b')
  expect(balance).toHaveAttribute('data-state', 'idle')
  const press = (name: string) => act(async () => screen.getByText(name).click())
  await press('select')
  await press('connect')
  await waitFor(() => expect(screen.getByRole('status')).not.toBeEmptyDOMElement())
  await waitFor(() => expect(balance).toHaveTextContent('0 SOL'))
  net.fund(screen.getByRole('status').textContent, 7_000_000_000n)
  await waitFor(() => expect(balance).toHaveTextContent('7 SOL'))
  await press('disconnect')
  await waitFor(() => expect(balance).toHaveAttribute('data-state', 'idle'))
  expect(balance).not.toHaveTextContent('7')
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(0), { timeout: 5000 })
})
