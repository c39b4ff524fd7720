'use client'

import { ConnectionProvider, WalletProvider } from '@solana/wallet-adapter-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ComponentProps, type ReactNode, useCallback, useMemo, useState } from 'react'
import { urlOf } from '../base/check.js'
import { notify } from '../base/emitter.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { WebSocketProvider, type WebSocketProviderProps } from '../react/WebSocketProvider.js'
import { LamplightI18n, type LamplightI18nProps } from './LamplightI18n.js'

type WalletProviderProps = ComponentProps<typeof WalletProvider>

/** What `<LamplightProvider>` takes: every prop of `<WebSocketProvider>` beside these. */
export interface LamplightProviderProps
  extends Omit<WebSocketProviderProps, 'rpcUrl' | 'children'>,
    Pick<LamplightI18nProps, 'locale' | 'messages'> {
  /**
   * The node's HTTP address, for wallet-adapter's connection and for balances. One that is none, or none at all, does not throw:
   * every component and hook below says so.
   */
  readonly endpoint: string
  /** Wallets that do not announce themselves; keep the array stable. @default none: wallet-standard finds the rest */
  readonly wallets?: WalletProviderProps['wallets'] | undefined
  /** Whether the wallet of the last visit is connected again. @default true */
  readonly autoConnect?: WalletProviderProps['autoConnect'] | undefined
  /** Told of what wallets refuse or fail at. @default nobody; `<WalletDialog>` says it where it was asked for */
  readonly onWalletError?: WalletProviderProps['onError'] | undefined
  /** The app's own cache, where it has one. @default one of its own: data is fresh for 3 s, no read on focus */
  readonly queryClient?: QueryClient | undefined
  readonly children?: ReactNode
}

/**
 * Every provider the kit works with, with safe defaults: query cache, connection, wallets, live balances, language. An
 * app that has some of them puts `<WebSocketProvider>` below its own instead.
 * @example
 * <LamplightProvider endpoint="https://api.devnet.solana.com">
 *   <WalletButton />
 *   <SolBalance />
 * </LamplightProvider>
 */
export function LamplightProvider({
  endpoint,
  wallets = NO_WALLETS,
  autoConnect = true,
  onWalletError = tellNobody,
  queryClient,
  locale,
  messages,
  children,
  ...balances
}: LamplightProviderProps) {
  const { commitment = 'confirmed' } = balances
  const [own] = useState(createCache)
  // Another object would be another connection, at every render.
  const config = useMemo(() => ({ commitment }), [commitment])
  const failure = useMemo(() => failureOf(endpoint), [endpoint])
  const node = failure ? { ...balances, ...NO_NODE, failure } : balances
  // wallet-adapter calls it in the middle of connecting.
  const tellOfWallet = useCallback<NonNullable<WalletProviderProps['onError']>>(
    (...failure) => notify(onWalletError, ...failure),
    [onWalletError],
  )
  return (
    <QueryClientProvider client={queryClient ?? own}>
      <ConnectionProvider endpoint={failure ? NO_NODE.rpcUrl : endpoint} config={config}>
        <WalletProvider wallets={wallets} autoConnect={autoConnect} onError={tellOfWallet}>
          <WebSocketProvider {...node}>
            <LamplightI18n locale={locale} messages={messages}>
              {children}
            </LamplightI18n>
          </WebSocketProvider>
        </WalletProvider>
      </ConnectionProvider>
    </QueryClientProvider>
  )
}

/** web3.js throws of an address that is none while it renders, and the page would be white: what is below says it instead. */
function failureOf(endpoint: unknown): LamplightError | undefined {
  try {
    urlOf('endpoint', endpoint, ['http:', 'https:'])
    return undefined
  } catch (error) {
    if (!isLamplightError(error)) throw error
    return error
  }
}
/** Where nothing is asked for: there is a failure instead of every answer. */
const NO_NODE = { rpcUrl: 'http://failed', url: false, cluster: 'failed', endpoints: undefined } as const

const NO_WALLETS: WalletProviderProps['wallets'] = []
// wallet-adapter would log it, and open a wallet's home page by itself.
const tellNobody = () => {}

/** What is pushed needs no read whenever a window is looked at again. */
const createCache = () =>
  new QueryClient({ defaultOptions: { queries: { staleTime: 3000, refetchOnWindowFocus: false } } })
