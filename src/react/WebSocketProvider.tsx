'use client'

import { useConnection, useWallet } from '@solana/wallet-adapter-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { notify } from '../base/emitter.js'
import { isLamplightError, type LamplightError } from '../base/errors.js'
import { type BalanceClient, type BalanceClientOptions, createBalanceClient } from '../sync/balanceClient.js'
import type { BalanceEvent } from '../sync/events.js'
import type { Address } from '../token/address.js'
import { ClientContext, OwnerContext } from './balanceContext.js'
import { useClientEvents } from './useBalanceEvents.js'

/** What the provider takes. Objects are compared by value: writing them inline is fine. */
export interface WebSocketProviderProps
  extends Omit<BalanceClientOptions, 'queryClient' | 'rpcUrl' | 'clock' | 'random'> {
  /** The node's HTTP address. @default the endpoint of wallet-adapter's `<ConnectionProvider>` */
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
  const endpoint = useConnectionEndpoint()
  const rpcUrl = values.rpcUrl ?? endpoint ?? ''
  const key = JSON.stringify({ ...values, rpcUrl }, nonFinite)
  const latest = useRef(fetch)
  latest.current = fetch
  const hasFetch = fetch !== undefined
  useChurnWarning(key)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is `values` and `rpcUrl`, compared by value.
  const client = useMemo(
    () =>
      clientOf({
        ...values,
        queryClient,
        rpcUrl,
        webSocket,
        fetch: hasFetch ? (input, init) => (latest.current ?? globalThis.fetch)(input, init) : undefined,
      }),
    [queryClient, key, webSocket, hasFetch],
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

/** Wallet-adapter's context is empty, not absent, without its provider. */
function useConnectionEndpoint(): string | undefined {
  return (useConnection() as Partial<ReturnType<typeof useConnection>>).connection?.rpcEndpoint
}

/** Without a `<WalletProvider>` wallet-adapter logs an error when its default context is read; an app may have no wallet. */
function useConnectedOwner(): Address | null {
  const wallet = useWallet()
  const isProvided = Object.getOwnPropertyDescriptor(wallet, 'publicKey')?.get === undefined
  return isProvided ? ((wallet.publicKey?.toBase58() as Address | undefined) ?? null) : null
}

/** Props that differ at every render cost a new connection each time. */
function useChurnWarning(key: string) {
  const seen = useRef({ key, changes: 0 })
  useEffect(() => {
    // Bundlers replace this text, as they do for React itself, and drop the warning from production.
    if (process.env.NODE_ENV === 'production' || seen.current.key === key) return
    seen.current = { key, changes: seen.current.changes + 1 }
    if (seen.current.changes === CHURN)
      console.warn(
        `<WebSocketProvider>: its props changed ${CHURN} times. Each change opens a new connection; keep url, rpcUrl and the options stable.`,
      )
  }, [key])
}
const CHURN = 5
