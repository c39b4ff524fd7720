import { ConnectionProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { WebSocketProvider } from 'lamplight'
import { ConnectionStatus, SolBalance } from 'lamplight/components'
import { createWorkerWebSocket } from 'lamplight/worker'
import { createRoot } from 'react-dom/client'

const wanted = new URLSearchParams(location.search)
const webSocket = createWorkerWebSocket(() =>
  wanted.has('broken')
    ? new Worker('/nowhere.js', { type: 'module' })
    : new Worker(new URL('./balances.worker.ts', import.meta.url), { type: 'module' }),
)

createRoot(document.getElementById('root') as HTMLElement).render(
  <ConnectionProvider endpoint={wanted.get('rpc') ?? ''}>
    <QueryClientProvider client={new QueryClient()}>
      <WebSocketProvider url={wanted.get('ws') ?? ''} webSocket={webSocket} backoff={{ baseMs: 200, capMs: 200 }}>
        <SolBalance owner={wanted.get('owner')} pollInterval={250} data-testid="sol" />
        <ConnectionStatus data-testid="status" />
      </WebSocketProvider>
    </QueryClientProvider>
  </ConnectionProvider>,
)
