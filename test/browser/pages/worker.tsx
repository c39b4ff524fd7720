import { ConnectionProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { WebSocketProvider } from 'lamplight'
import { ConnectionStatus, SolBalance } from 'lamplight/components'
import { createWorkerWebSocket } from 'lamplight/worker'
import { createRoot } from 'react-dom/client'

const wanted = new URLSearchParams(location.search)
// Where sockets work, nothing is read ahead of them, however slow the machine.
const isBroken = wanted.has('broken')
const webSocket = createWorkerWebSocket(() =>
  isBroken
    ? new Worker('/nowhere.js', { type: 'module' })
    : new Worker(new URL('./balances.worker.ts', import.meta.url), { type: 'module' }),
)

createRoot(document.getElementById('root') as HTMLElement).render(
  <ConnectionProvider endpoint={wanted.get('rpc') ?? ''}>
    <QueryClientProvider client={new QueryClient()}>
      <WebSocketProvider
        url={wanted.get('ws') ?? ''}
        webSocket={webSocket}
        backoff={{ baseMs: 200, capMs: 200 }}
        firstReadDelayMs={isBroken ? 0 : 10_000}
      >
        <SolBalance owner={wanted.get('owner')} pollInterval={isBroken ? 250 : false} data-testid="sol" />
        <ConnectionStatus data-testid="status" />
      </WebSocketProvider>
    </QueryClientProvider>
  </ConnectionProvider>,
)
