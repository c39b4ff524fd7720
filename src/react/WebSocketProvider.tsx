'use client'

import { useWallet } from '@solana/wallet-adapter-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { Address } from '../base/address.js'
import { notify } from '../base/emitter.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { type BalanceClient, type BalanceClientOptions, createBalanceClient } from '../client/balanceClient.js'
import type { BalanceEvent } from '../client/events.js'
import { type AppConnection, createAppFetch, useAppConnection } from './appConnection.js'
import { ClientContext, OwnerContext } from './balanceContext.js'
import { useClientEvents } from './useBalanceEvents.js'

/** What the provider takes. Objects are compared by value: writing them inline is fine. */
export interface WebSocketProviderProps
  extends Omit<BalanceClientOptions, 'queryClient' | 'rpcUrl' | 'clock' | 'random'> {
  /** The node's HTTP address. @default the endpoint of wallet-adapter's `<ConnectionProvider>`, with its `wsEndpoint` */
  readonly rpcUrl?: string | undefined
  /** Called for every event of the client; see `BalanceEvents`. */
  readonly onEvent?: ((event: BalanceEvent) => void) | undefined
  /** Writes every event as a line to `console.debug`, or to a function of yours. A line never holds a URL. @default false */
  readonly debug?: boolean | ((line: string) => void) | undefined
  /** Reads the wallet's balances as soon as it connects, before anything shows them. @default false */
  readonly preload?: boolean | undefined
  readonly children?: ReactNode
}

/**
 * Keeps every balance below it live: one socket, one reader, the app's own query cache. Put it below
 * `<QueryClientProvider>`, and below `<ConnectionProvider>` and `<WalletProvider>` where the app has them.
 * What the app has told its `Connection` is taken over where no prop says otherwise: address, `wsEndpoint` and `commitment`;
 * headers, `fetch` and middleware where the node refuses a request without them.
 * A bad prop does not throw: `useConnectionStatus().lastError` and every hook's `error` name it.
 * @example
 * <WebSocketProvider>
 *   <App />
 * </WebSocketProvider>
 */
export function WebSocketProvider({
  children,
  webSocket,
  fetch,
  onEvent,
  debug,
  preload,
  ...values
}: WebSocketProviderProps) {
  const queryClient = useQueryClient()
  const app = useAppConnection()
  const own = { ...values, ...takenOver(values, app) }
  const key = JSON.stringify(own, nonFinite)
  const latest = useRef({ fetch, webSocket, app })
  latest.current = { fetch, webSocket, app }
  const hasFetch = fetch !== undefined
  const hasWebSocket = webSocket !== undefined
  useChurnWarning(
    key,
    CHURN,
    `its props changed ${CHURN} times. Each change opens a new connection; keep url, rpcUrl and the options stable.`,
  )
  useChurnWarning(
    webSocket,
    2,
    'webSocket is another one at each render. Make it once, outside of components; another one is taken at the next connection.',
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is `own`, compared by value.
  const client = useMemo(
    () =>
      clientOf({
        ...own,
        queryClient,
        webSocket: hasWebSocket ? latestSocket(() => latest.current.webSocket) : undefined,
        fetch: hasFetch
          ? (input, init) => (latest.current.fetch ?? globalThis.fetch)(input, init)
          : createAppFetch(() => latest.current.app),
      }),
    [queryClient, key, hasWebSocket, hasFetch],
  )
  useEffect(() => client.open(), [client])
  useClientEvents(
    client,
    onEvent || debug
      ? (event, toLine) => {
          notify(onEvent, event)
          if (debug) notify(typeof debug === 'function' ? debug : console.debug, toLine(event))
        }
      : undefined,
  )
  const owner = useConnectedOwner()
  useForgetting(client, owner)
  useEffect(() => {
    if (preload && owner) void client.preload(owner)
  }, [client, owner, preload])

  return (
    <ClientContext.Provider value={client}>
      <OwnerContext.Provider value={owner}>{children}</OwnerContext.Provider>
    </ClientContext.Provider>
  )
}

/** A wallet that left leaves nothing in memory: the effects of the hooks below have let go of it before this one runs. */
function useForgetting(client: BalanceClient, owner: Address | null) {
  const connected = useRef(owner)
  useEffect(() => {
    const gone = connected.current
    connected.current = owner
    if (gone && gone !== owner)
      void import('../storage/ownedEntries.js').then(({ forgetOwner }) =>
        forgetOwner(client, gone, () => connected.current === gone),
      )
  }, [client, owner])
}

/** A wrong prop must not take the app down: the status and every hook below say what is wrong instead. */
function clientOf(options: BalanceClientOptions): BalanceClient {
  try {
    return createBalanceClient(options)
  } catch (error) {
    if (!isLamplightError(error)) throw error
    return createFailedClient(options, error)
  }
}

/** A client whose every answer is the same error: what a provider shows when its options are wrong. */
const createFailedClient = (
  { queryClient, commitment, clock }: BalanceClientOptions,
  failure: LamplightError,
): BalanceClient =>
  createBalanceClient({
    queryClient,
    commitment,
    clock,
    rpcUrl: 'http://failed',
    url: false,
    cluster: 'failed',
    failure,
  })

/** JSON has no NaN and no Infinity; a prop that holds one must still be told apart from one that does not. */
const nonFinite = (_key: string, value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value

/** What the app's `Connection` knows, where no prop says otherwise. Its addresses are one node's: they come together. */
function takenOver(props: Omit<WebSocketProviderProps, 'children'>, app: AppConnection) {
  const isItsNode = props.rpcUrl === undefined && props.endpoints === undefined
  return {
    rpcUrl: props.rpcUrl ?? app.rpcUrl ?? '',
    url: props.url ?? (isItsNode ? app.wsUrl : undefined),
    commitment: props.commitment ?? app.commitment,
  }
}

/** A `WebSocket` that makes whichever is the latest: one written inline is another one at each render. */
function latestSocket(latest: () => typeof WebSocket | undefined): typeof WebSocket {
  function Socket(...args: ConstructorParameters<typeof WebSocket>) {
    return new (latest() ?? globalThis.WebSocket)(...args)
  }
  return Socket as unknown as typeof WebSocket
}

/** Without a `<WalletProvider>` wallet-adapter logs an error when its default context is read; an app may have no wallet. */
function useConnectedOwner(): Address | null {
  const wallet = useWallet()
  const isProvided = Object.getOwnPropertyDescriptor(wallet, 'publicKey')?.get === undefined
  return isProvided ? ((wallet.publicKey?.toBase58() as Address | undefined) ?? null) : null
}

/** Warns once when a value has changed this often. */
function useChurnWarning(value: unknown, limit: number, text: string) {
  const seen = useRef({ value, changes: 0 })
  useEffect(() => {
    // Bundlers replace this text, as they do for React itself, and drop the warning from production.
    if (process.env.NODE_ENV === 'production' || seen.current.value === value) return
    seen.current = { value, changes: seen.current.changes + 1 }
    if (seen.current.changes === limit) console.warn(`<WebSocketProvider>: ${text}`)
  }, [value, limit, text])
}
/** Props that differ at every render cost a new connection each time. */
const CHURN = 5
