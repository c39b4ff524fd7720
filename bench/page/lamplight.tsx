import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useTokenBalance, WebSocketProvider } from 'lamplight'
import { createWorkerWebSocket } from 'lamplight/worker'
import { type Adapter, type OwnedRow, Row } from './setting.js'

function Balance({ owner, mint, account }: OwnedRow) {
  const { data } = useTokenBalance({ owner, mint })
  return <Row account={account} amount={data?.amount} />
}

/** This kit, as an app uses it; with its own sockets, or with those it is given. */
const lamplightWith =
  (webSocket?: typeof WebSocket): Adapter =>
  ({ rpcUrl, wsUrl, mint, rows }) => (
    <QueryClientProvider client={new QueryClient()}>
      <WebSocketProvider rpcUrl={rpcUrl} url={wsUrl} webSocket={webSocket} shareAcrossTabs={false}>
        {rows.map(({ owner, account }) => (
          <Balance key={account} owner={owner} mint={mint} account={account} />
        ))}
      </WebSocketProvider>
    </QueryClientProvider>
  )

/** The kit with the page's own sockets. */
export const lamplight = lamplightWith()
/** The kit with sockets in a Worker. */
export const lamplightWorker = lamplightWith(
  createWorkerWebSocket(() => new Worker(new URL('./balances.worker.ts', import.meta.url), { type: 'module' })),
)
