import { ConnectionProvider, useWallet, WalletProvider } from '@solana/wallet-adapter-react'
import { UnsafeBurnerWalletAdapter } from '@solana/wallet-adapter-unsafe-burner'
import { Keypair } from '@solana/web3.js'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { WebSocketProvider } from 'lamplight'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { useBalancePersistence } from 'lamplight/persist'
import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'

const wanted = new URLSearchParams(location.search)
const wallet = new UnsafeBurnerWalletAdapter()

/** Connects as one of the test's wallets, the way an extension does that changes its account. */
function connectAs(seed: number) {
  const keys = Keypair.fromSeed(new Uint8Array(32).fill(seed))
  Object.assign(wallet, { _keypair: keys })
  wallet.emit('connect', keys.publicKey)
}

function Wallet() {
  const { select, publicKey, disconnect } = useWallet()
  useBalancePersistence()
  useEffect(() => select(wallet.name), [select])
  return (
    <p>
      <button type="button" onClick={() => connectAs(1)}>
        as A
      </button>
      <button type="button" onClick={() => connectAs(2)}>
        as B
      </button>
      <button type="button" onClick={() => void disconnect().then(() => select(wallet.name))}>
        leave
      </button>
      <output>{publicKey?.toBase58()}</output>
    </p>
  )
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <ConnectionProvider endpoint={wanted.get('rpc') ?? ''}>
      <WalletProvider wallets={[wallet]}>
        <QueryClientProvider client={new QueryClient()}>
          <WebSocketProvider url={wanted.get('ws') ?? ''} shareAcrossTabs={false} cluster="test">
            <Wallet />
            <SolBalance data-testid="sol" />
            <TokenBalance mint={wanted.get('mint') ?? ''} data-testid="token" />
          </WebSocketProvider>
        </QueryClientProvider>
      </WalletProvider>
    </ConnectionProvider>
  </StrictMode>,
)
