import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useTokenBalance, WebSocketProvider } from 'lamplight'
import { type Adapter, type OwnedRow, Row } from './setting.js'

function Balance({ owner, mint, account }: OwnedRow) {
  const { data } = useTokenBalance({ owner, mint })
  return <Row account={account} amount={data?.amount} />
}

/** This kit, as an app uses it. */
export const lamplight: Adapter = ({ rpcUrl, wsUrl, mint, rows }) => (
  <QueryClientProvider client={new QueryClient()}>
    <WebSocketProvider rpcUrl={rpcUrl} url={wsUrl} shareAcrossTabs={false}>
      {rows.map(({ owner, account }) => (
        <Balance key={account} owner={owner} mint={mint} account={account} />
      ))}
    </WebSocketProvider>
  </QueryClientProvider>
)
