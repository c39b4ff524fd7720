import { ConnectionProvider, useWallet, WalletProvider } from '@solana/wallet-adapter-react'
import { UnsafeBurnerWalletName } from '@solana/wallet-adapter-unsafe-burner'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { WebSocketProvider } from 'lamplight'
import { type ReactNode, useEffect } from 'react'
import { burner } from './burner.js'

const queryClient = new QueryClient()
const wallets = [burner]
// The page shows why something failed where it was asked for; wallet-adapter would log it as well.
const silent = () => {}
// Refused requests are the demo's own doing: web3.js need not repeat them.
const connectionConfig = { commitment: 'confirmed', disableRetryOnRateLimit: true } as const
// Shorter than an app would choose, so that a silent node is found out while one watches.
const heartbeat = { probeAfterMs: 3000, suspectAfterMs: 1500, deadAfterMs: 4000 }
const backoff = { capMs: 3000 }

/** Everything around the app: query cache, connection, wallet, live balances. */
export function Providers({
  rpcUrl,
  wsUrl,
  children,
}: {
  readonly rpcUrl: string
  readonly wsUrl: string
  readonly children: ReactNode
}) {
  return (
    <QueryClientProvider client={queryClient}>
      <ConnectionProvider endpoint={rpcUrl} config={connectionConfig}>
        <WalletProvider wallets={wallets} autoConnect onError={silent}>
          <ChooseBurner />
          <WebSocketProvider url={wsUrl} heartbeat={heartbeat} backoff={backoff}>
            {children}
          </WebSocketProvider>
        </WalletProvider>
      </ConnectionProvider>
    </QueryClientProvider>
  )
}

/** A first visit has chosen no wallet, and `autoConnect` connects only a chosen one. */
function ChooseBurner() {
  const { wallet, select } = useWallet()
  useEffect(() => {
    if (!wallet) select(UnsafeBurnerWalletName)
  }, [wallet, select])
  return null
}
