import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useConnectionStatus, WebSocketProvider } from 'lamplight'
import { ConnectionStatus, SolBalance } from 'lamplight/components'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

/** What this tab is among the others. */
function Role() {
  const role = useConnectionStatus((status) => status.role)
  return <p data-testid="role">{role}</p>
}

const wanted = new URLSearchParams(location.search)

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <WebSocketProvider
        rpcUrl={wanted.get('rpc') ?? ''}
        url={wanted.get('ws') ?? ''}
        shareAcrossTabs={wanted.get('share') !== 'no'}
      >
        <ConnectionStatus />
        <Role />
        <SolBalance
          owner={wanted.get('owner') ?? ''}
          pollInterval={Number(wanted.get('poll') ?? 5000)}
          data-testid="balance"
        />
      </WebSocketProvider>
    </QueryClientProvider>
  </StrictMode>,
)
