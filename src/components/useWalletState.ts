'use client'

import { useContext, useRef, useState } from 'react'
import { OwnerContext, useBalanceClient } from '../react/balanceContext.js'

/**
 * State that belongs to the connected wallet on its cluster, and to `of`: with another one it is as at first, in the same
 * frame. What is set for one that is gone changes nothing.
 */
export function useWalletState<T extends string | boolean | object | null>(
  initial: T,
  of = '',
): [T, (next: T | ((held: T) => T)) => void] {
  const { cluster } = useBalanceClient('useWalletState')
  const owner = useContext(OwnerContext)
  const key = JSON.stringify([cluster, owner, of])
  const latest = useRef(key)
  latest.current = key
  const [held, hold] = useState({ key, value: initial })
  const valueIn = (state: typeof held) => (state.key === key ? state.value : initial)
  return [
    valueIn(held),
    (next) => {
      if (latest.current !== key) return
      hold((state) => ({ key, value: typeof next === 'function' ? next(valueIn(state)) : next }))
    },
  ]
}
