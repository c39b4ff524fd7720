import { ConnectionProvider } from '@solana/wallet-adapter-react'
import type { ConnectionConfig } from '@solana/web3.js'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { useConnectionStatus, useSolBalance, WebSocketProvider } from 'lamplight'
import { ConnectionStatus, LamplightProvider, SolBalance } from 'lamplight/components'
import type { ReactNode } from 'react'
import { expect, it, vi } from 'vitest'
import { useBalanceClient } from '../../src/react/balanceContext.js'
import { webSocket } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'
import { accountsAt, stubNode } from '../support/stubNode.js'

const owner = newAddress()
const App = ({ endpoint, config, children }: { endpoint: string; config: ConnectionConfig; children?: ReactNode }) => (
  <QueryClientProvider client={new QueryClient()}>
    <ConnectionProvider endpoint={endpoint} config={config}>
      <WebSocketProvider url={false}>
        {children}
        <Lamports />
      </WebSocketProvider>
    </ConnectionProvider>
  </QueryClientProvider>
)
function Lamports() {
  const { data, error } = useSolBalance({ owner, pollInterval: false })
  return <output>{data ? `${data.lamports}` : (error?.message ?? 'reading')}</output>
}

it.each<[string, ConnectionConfig]>([
  ['httpHeaders', { httpHeaders: { 'x-token': 'right' } }],
  [
    'fetch',
    {
      fetch: (input, init) =>
        fetch(input as string, { ...init, headers: { ...init?.headers, 'x-token': 'right' } } as RequestInit),
    } as ConnectionConfig,
  ],
  [
    'fetchMiddleware',
    {
      fetchMiddleware: (input, init, next) =>
        next(input, { ...init, headers: { ...init?.headers, 'x-token': 'right' } } as never),
    },
  ],
])("reads with the %s of the app's Connection", async (_, config) => {
  const node = await stubNode((call) =>
    call.request.headers['x-token'] === 'right'
      ? accountsAt(5, call)
      : { status: 401, body: JSON.stringify({ error: { code: 401, message: 'no token' } }) },
  )
  render(<App endpoint={node.url} config={config} />)
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent(/^5$/))
})

it("gives the node's own refusal where the app's Connection is refused too", async () => {
  const node = await stubNode(() => ({
    status: 403,
    body: JSON.stringify({ error: { code: 403, message: 'not you' } }),
  }))
  render(<App endpoint={node.url} config={{ httpHeaders: { 'x-token': 'wrong' } }} />)
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent(/403.*not you.*another RPC/))
  expect(node.calls).toHaveLength(2)
})

it("takes over the commitment and the wsEndpoint of the app's Connection, where no prop says otherwise", async () => {
  const node = await stubNode((call) => accountsAt(5, call))
  const net = await localnet()
  let found: ReturnType<typeof useBalanceClient> | undefined
  function Look() {
    found = useBalanceClient('Look')
    return <p>{useConnectionStatus().endpoint}</p>
  }
  const config = { commitment: 'processed', wsEndpoint: net.wsUrl } as const
  const page = (props: object) => (
    <QueryClientProvider client={new QueryClient()}>
      <ConnectionProvider endpoint={node.url} config={config}>
        <WebSocketProvider webSocket={webSocket} {...props}>
          <Look />
          <Lamports />
        </WebSocketProvider>
      </ConnectionProvider>
    </QueryClientProvider>
  )
  const { rerender } = render(page({}))
  await waitFor(() => expect(net.stats().subscriptions.account).toBe(1))
  expect(found?.commitment).toBe('processed')
  await waitFor(() => expect(node.calls[0]?.params[1]).toMatchObject({ commitment: 'processed' }))
  rerender(page({ commitment: 'finalized', url: false }))
  expect(found?.commitment).toBe('finalized')
})

it('keeps one client when webSocket is written inline, and warns once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const net = await localnet()
  const clients = new Set<unknown>()
  function Look() {
    clients.add(useBalanceClient('Look'))
    return null
  }
  const queryClient = new QueryClient()
  const inline = () => class extends webSocket {} as typeof WebSocket
  const page = () => (
    <QueryClientProvider client={queryClient}>
      <WebSocketProvider rpcUrl={net.rpcUrl} url={net.wsUrl} webSocket={inline()}>
        <Look />
        <Lamports />
      </WebSocketProvider>
    </QueryClientProvider>
  )
  const { rerender } = render(page())
  for (let i = 0; i < 10; i++) rerender(page())
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent(/^0$/))
  expect(clients.size).toBe(1)
  expect(net.stats().sockets).toBeLessThanOrEqual(1)
  expect(warn.mock.calls.flat().filter((text) => String(text).includes('webSocket'))).toHaveLength(1)
  warn.mockRestore()
})

it.each([
  ['without a scheme', 'api.devnet.solana.com'],
  ['of another scheme', 'ws://api.devnet.solana.com'],
  ['that is missing', undefined],
  ['that is empty', ''],
])('shows what is wrong with an endpoint %s, and the app goes on', async (_, endpoint) => {
  render(
    <LamplightProvider endpoint={endpoint as string}>
      <h1>The app</h1>
      <ConnectionStatus data-testid="connection" />
      <SolBalance owner={owner} data-testid="balance" />
      <Lamports />
    </LamplightProvider>,
  )
  expect(screen.getByRole('heading')).toHaveTextContent('The app')
  await waitFor(() =>
    expect(screen.getByText(/^endpoint: .* is not a usable URL\. Expected .*http:\/\/ or https:\/\//)).toBeTruthy(),
  )
  expect(screen.getByTestId('connection')).toHaveAttribute('data-state', 'failed')
  expect(screen.getByTestId('balance')).toHaveAttribute('data-state', 'error')
})
