'use client'

import { createContext, useContext } from 'react'
import type { Address } from '../base/address.js'
import { LamplightError } from '../base/errors.js'
import type { BalanceClient } from '../client/balanceClient.js'

/** The client that the nearest provider made. */
export const ClientContext = createContext<BalanceClient | undefined>(undefined)
/** The connected wallet, by address: a context of its own, so that a wallet's re-render reaches nobody needlessly. */
export const OwnerContext = createContext<Address | null>(null)

/**
 * The balance client of the nearest `<WebSocketProvider>`.
 * @throws LamplightError `react/no-provider`
 * @example
 * const client = useBalanceClient()
 */
export function useBalanceClient(consumer = 'useBalanceClient'): BalanceClient {
  const client = useContext(ClientContext)
  if (!client) throw new LamplightError('react/no-provider', { consumer })
  return client
}
