'use client'

import { useWallet } from '@solana/wallet-adapter-react'
import { useContext, useEffect, useRef } from 'react'
import type { Address } from '../base/address.js'
import { systemClock } from '../base/clock.js'
import { notify } from '../base/emitter.js'
import {
  type BalancePersistence,
  type BalanceStorageOptions,
  persistBalances,
  type StorageErrorListener,
  warnOfStorage,
} from '../storage/persistBalances.js'
import { OwnerContext, useBalanceClient } from './balanceContext.js'

type Adapter = NonNullable<ReturnType<typeof useWallet>['wallet']>['adapter']

/**
 * Keeps the connected wallet's balances in the browser's storage, and restores them when it connects: they say
 * `source: 'restored'` and are `stale` until the chain has confirmed them. When the wallet disconnects or another takes its
 * place its stores are emptied.
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
  const adapter = useAdapter()
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
      notify(tell, error)
    }
    const handle = persistBalances(client, { owner, storage, maxAgeMs, onError })
    kept.current = { owner, handle }
    const from = adapter.current
    return () => {
      handle.stop()
      // Nobody is left to see the wallet go when what called this goes with it.
      systemClock.schedule(() => {
        if (from && from.publicKey?.toBase58() !== owner) void handle.clear()
      }, 0)
    }
  }, [client, owner, storage, maxAgeMs, adapter])
}

/** The wallet's own account of itself; it is up to date where React has not rendered yet, or never will. */
function useAdapter() {
  const context = useWallet()
  // Without a `<WalletProvider>` wallet-adapter logs an error when its default context is read.
  const isProvided = Object.getOwnPropertyDescriptor(context, 'publicKey')?.get === undefined
  const adapter = useRef<Adapter>(undefined)
  adapter.current = (isProvided && context.wallet?.adapter) || undefined
  return adapter
}
