'use client'

import { useEffect, useRef } from 'react'
import { notify, whenLoaded } from '../base/emitter.js'
import type { BalanceClient } from '../client/balanceClient.js'
import type { BalanceEvent, lineOf } from '../client/events.js'
import { useBalanceClient } from './balanceContext.js'

/**
 * Calls `listener` for every event of the client while the component is mounted; its `type` tells them apart. Nothing
 * renders. The listener may be written inline.
 * @example
 * useBalanceEvents((event) => {
 *   if (event.type === 'polling:stopped') console.log('Balances cannot be refreshed right now')
 * })
 */
export function useBalanceEvents(listener: (event: BalanceEvent) => void): void {
  useClientEvents(useBalanceClient('useBalanceEvents'), listener)
}

/** Listens only while there is somebody to tell, by code that is loaded then. */
export function useClientEvents(
  client: BalanceClient,
  listener: ((event: BalanceEvent, toLine: typeof lineOf) => void) | undefined,
): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  const isWanted = listener !== undefined
  useEffect(() => {
    if (!isWanted) return
    return whenLoaded(import('../client/events.js'), ({ lineOf, onEvery }) =>
      onEvery(client, (event) => notify(latest.current, event, lineOf)),
    )
  }, [client, isWanted])
}
