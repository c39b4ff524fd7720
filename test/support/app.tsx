import { ConnectionProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type RenderResult, render } from '@testing-library/react'
import { WebSocketProvider, type WebSocketProviderProps } from 'lamplight'
import { type ReactNode, StrictMode } from 'react'
import { WebSocket as NodeWebSocket } from 'ws'
// Loaded on demand by the kit. Here they come first: what a test waits for is a node, not the compiler of a busy machine.
import '../../src/cache/changes.js'
import '../../src/client/balances/loadedBalances.js'
import '../../src/client/balances/streams.js'
import '../../src/client/reads/reading.js'
import '../../src/client/tabs/sharing.js'
import '../../src/client/events.js'
import '../../src/client/balances/readWallet.js'
import '../../src/client/balances/walletObserver.js'
import { threadedWebSocket } from './socketThread.js'

const own = NodeWebSocket as unknown as typeof WebSocket
/** `ws` as the browser's WebSocket, which Node 20 does not have; in the project `worker` as one in a Worker. */
export const webSocket = process.env.SOCKETS === 'worker' ? threadedWebSocket(own) : own

/**
 * Renders an app with real providers against a node; StrictMode as most apps have it. First reads are patient, so that a
 * busy machine does not change how many requests there are.
 */
export function renderApp(
  ui: ReactNode,
  node: { readonly rpcUrl: string; readonly wsUrl: string },
  props: Partial<WebSocketProviderProps> & { readonly queryClient?: QueryClient } = {},
): RenderResult & { queryClient: QueryClient; show(ui: ReactNode): void } {
  const { queryClient = new QueryClient(), ...provider } = props
  const tree = (children: ReactNode) => (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <ConnectionProvider endpoint={node.rpcUrl}>
          <WebSocketProvider url={node.wsUrl} webSocket={webSocket} firstReadDelayMs={5000} {...provider}>
            {children}
          </WebSocketProvider>
        </ConnectionProvider>
      </QueryClientProvider>
    </StrictMode>
  )
  const view = render(tree(ui))
  return { ...view, queryClient, show: (next) => view.rerender(tree(next)) }
}
