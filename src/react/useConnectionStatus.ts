'use client'

import { useStore } from 'zustand'
import type { ConnectionStatus } from '../sync/status.js'
import { useBalanceClient } from './balanceContext.js'

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
  const selected = useStore(client.status, (selector ?? whole) as (status: ConnectionStatus) => S)
  return selector ? selected : { ...(selected as ConnectionStatus), reconnect: client.reconnect }
}

const whole = (status: ConnectionStatus) => status
