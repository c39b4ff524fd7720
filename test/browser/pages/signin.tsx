import { ConnectionProvider, WalletProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { WebSocketProvider } from 'lamplight'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { registerTestWallet } from '../../support/testWallet.js'
import type { WalletFeature } from '../../support/walletSigning.js'
import { Page } from './signInPage.js'

const wanted = new URLSearchParams(location.search)
const rpcUrl = wanted.get('rpc') ?? ''

/** The wallet that a person would have installed; the test holds it. */
const testWallet = registerTestWallet({
  rpcUrl,
  seeds: [1, 2].map((first) => Uint8Array.of(first, ...new Uint8Array(31))),
  features: (wanted.get('features') ?? '').split(' ') as WalletFeature[],
})
const walletErrors: string[] = []
Object.assign(window, { testWallet, walletErrors })

createRoot(document.getElementById('root') as HTMLElement).render(
  <ConnectionProvider endpoint={rpcUrl} config={{ commitment: 'confirmed', wsEndpoint: wanted.get('ws') ?? '' }}>
    <WalletProvider
      wallets={[]}
      onError={({ name }) => void walletErrors.push(name)}
      autoConnect={wanted.get('auto') !== 'no'}
    >
      {/* Inside: at its rehearsal of unmounting, wallet-adapter 0.15.40 stops listening to the wallets for good. */}
      <StrictMode>
        <QueryClientProvider client={new QueryClient()}>
          <WebSocketProvider url={wanted.get('ws') ?? ''}>
            <Page />
          </WebSocketProvider>
        </QueryClientProvider>
      </StrictMode>
    </WalletProvider>
  </ConnectionProvider>,
)
