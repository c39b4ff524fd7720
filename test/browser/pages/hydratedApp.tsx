import { type DehydratedState, HydrationBoundary, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useTokenBalance, WebSocketProvider } from 'lamplight'
import { SolBalance, TokenBalance } from 'lamplight/components'
import { allowHydration } from 'lamplight/core'
import { StrictMode } from 'react'

/** What the server sends beside the markup. */
export interface Sent {
  readonly state: DehydratedState
  readonly rpcUrl: string
  readonly wsUrl: string
  readonly owner: string
  readonly mint: string
}

/** Everything a person could read of a value. */
function Origin({ owner, mint }: Pick<Sent, 'owner' | 'mint'>) {
  const { data, freshness } = useTokenBalance({ owner, mint })
  return <p data-testid="origin">{`${data?.text} ${data?.source} ${freshness}`}</p>
}

/** The app, the same on the server and in the page. */
export function HydratedApp({ state, rpcUrl, wsUrl, ...wanted }: Sent) {
  return (
    <StrictMode>
      <QueryClientProvider client={allowHydration(new QueryClient())}>
        <HydrationBoundary state={state}>
          <WebSocketProvider rpcUrl={rpcUrl} url={wsUrl} shareAcrossTabs={false} cluster="test">
            <TokenBalance {...wanted} data-testid="token" />
            <SolBalance owner={wanted.owner} data-testid="sol" />
            <Origin {...wanted} />
          </WebSocketProvider>
        </HydrationBoundary>
      </QueryClientProvider>
    </StrictMode>
  )
}
