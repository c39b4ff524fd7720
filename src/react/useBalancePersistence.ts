'use client'

import { useContext, useEffect, useRef } from 'react'
import {
  type BalancePersistence,
  type BalanceStorageOptions,
  persistBalances,
  type StorageErrorListener,
  warnOfStorage,
} from '../storage/persistBalances.js'
import type { Address } from '../token/address.js'
import { OwnerContext, useBalanceClient } from './balanceContext.js'

/**
 * Keeps the connected wallet's balances in the browser's storage, and restores them when it connects: they say
 * `source: 'restored'` and are `stale` until the chain has confirmed them. When the wallet disconnects or another takes its
 * place its stores are emptied, so call this in a component below `<WebSocketProvider>` that stays mounted then.
 * @throws LamplightError `react/no-provider`, `input/invalid-value`
 * @example
 * useBalancePersistence()
 */
export function useBalancePersistence(options: BalanceStorageOptions = {}): void {
  const client = useBalanceClient('useBalancePersistence')
  const owner = useContext(OwnerContext)
  const { storage, maxAgeMs } = options
  const latest = useRef(options)
  const isTold = useRef(false)
  const kept = useRef<{ readonly owner: Address; readonly handle: BalancePersistence }>(undefined)
  useEffect(() => {
    latest.current = options
  })
  useEffect(() => {
    const before = kept.current
    kept.current = undefined
    if (before && before.owner !== owner) void before.handle.clear()
    if (!owner) return
    function onError(error: Parameters<StorageErrorListener>[0]) {
      if (isTold.current) return
      isTold.current = true
      const { onError: tell = warnOfStorage } = latest.current
      tell(error)
    }
    const handle = persistBalances(client, { owner, storage, maxAgeMs, onError })
    kept.current = { owner, handle }
    return handle.stop
  }, [client, owner, storage, maxAgeMs])
}
