'use client'

import { ConnectionProvider, WalletProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { PageLedger } from 'lamplight-localnet/page'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { WebSocketProvider, type WebSocketProviderProps } from '../react/WebSocketProvider.js'
import type { TestWallet } from './testWallet.js'

/** What `<LedgerProvider>` takes: the props of `<WebSocketProvider>` that do not say where the node is, and these. */
export interface LedgerProviderProps
  extends Omit<WebSocketProviderProps, 'rpcUrl' | 'url' | 'endpoints' | 'fetch' | 'webSocket'> {
  /** The chain, made by `createLedger`. It is yours to stop. */
  readonly ledger: PageLedger
  /** The wallet there is, made by `createTestWallet`. @default none */
  readonly wallet?: TestWallet | undefined
  /** Whether that wallet is connected from the start. @default true */
  readonly isConnected?: boolean | undefined
  /** @default a new one */
  readonly queryClient?: QueryClient | undefined
  readonly children?: ReactNode
}

/**
 * Every provider that hooks and components of this library need, the real ones, on a chain in this page: for tests and
 * stories of your own components.
 * @example
 * const chain = createLedger({ automine: true })
 * const wallet = createTestWallet()
 * chain.fund(wallet.address, 1_500_000_000n)
 * render(<LedgerProvider ledger={chain} wallet={wallet}><App /></LedgerProvider>)
 */
export function LedgerProvider({
  ledger,
  wallet,
  isConnected = true,
  queryClient,
  children,
  ...balances
}: LedgerProviderProps) {
  const { commitment = 'confirmed' } = balances
  const [own] = useState(() => new QueryClient())
  const config = useMemo(
    () => ({ commitment, wsEndpoint: ledger.wsUrl, fetch: ledger.fetch as never }),
    [commitment, ledger],
  )
  const wallets = useMemo(() => (wallet ? [wallet.adapter] : []), [wallet])
  const storageKey = useChosenWallet(wallet, isConnected)
  return (
    <QueryClientProvider client={queryClient ?? own}>
      <ConnectionProvider endpoint={ledger.rpcUrl} config={config}>
        <WalletProvider wallets={wallets} localStorageKey={storageKey} autoConnect onError={tellNobody}>
          <WebSocketProvider
            shareAcrossTabs={false}
            {...balances}
            url={ledger.wsUrl}
            fetch={ledger.fetch}
            webSocket={ledger.WebSocket}
          >
            {children}
          </WebSocketProvider>
        </WalletProvider>
      </ConnectionProvider>
    </QueryClientProvider>
  )
}

// What a test's wallet refuses it was told to refuse.
const tellNobody = () => {}

/** Where wallet-adapter looks for the wallet of the last visit: before its first render, so that it is connected in it. */
function useChosenWallet(wallet: TestWallet | undefined, isConnected: boolean): string {
  const [key] = useState(() => {
    const name = `lamplight-testing-${wallet?.address ?? 'none'}`
    if (wallet && isConnected) globalThis.localStorage?.setItem(name, JSON.stringify(wallet.adapter.name))
    return name
  })
  useEffect(() => () => globalThis.localStorage?.removeItem(key), [key])
  return key
}
