'use client'

import type { ConnectionStatus } from '../client/accounts/connectionStatus.js'
import { useBalanceClient } from './balanceContext.js'
import { useSnapshot } from './useSnapshot.js'

/** The connection's status, and a way to try again now. */
export type UseConnectionStatusReturnType = ConnectionStatus & { reconnect(): void }

/**
 * The state of the connection: what to tell a person about the values on screen. With a selector, a component renders
 * only when what it selects changes.
 * @example
 * const freshness = useConnectionStatus((status) => status.freshness)
 */
export function useConnectionStatus(): UseConnectionStatusReturnType
export function useConnectionStatus<S>(selector: (status: ConnectionStatus) => S): S
export function useConnectionStatus<S>(selector?: (status: ConnectionStatus) => S): S | UseConnectionStatusReturnType {
  const client = useBalanceClient('useConnectionStatus')
  const look = () => (selector ? selector(client.status.getState()) : client.status.getState())
  const selected = useSnapshot(client.status.subscribe, look)
  return selector ? (selected as S) : { ...(selected as ConnectionStatus), reconnect: client.reconnect }
}
