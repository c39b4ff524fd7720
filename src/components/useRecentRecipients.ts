'use client'

import { useContext, useMemo, useState } from 'react'
import type { Address } from '../base/address.js'
import { systemClock } from '../base/clock.js'
import { OwnerContext, useBalanceClient } from '../react/balanceContext.js'
import { openRecentRecipients, type RecentRecipient } from './forms/recentRecipients.js'

/** Where the connected wallet sent to. */
export interface RecentRecipientsState {
  /** The latest first; `null` where nothing is kept. */
  readonly recent: readonly RecentRecipient[] | null
  /** To be told that something arrived at an address. It counts for the wallet and cluster that this function came with. */
  readonly remember: (address: Address) => void
}

/**
 * The recent recipients of the connected wallet on its cluster.
 * @param isKept Whether they are read and written at all.
 * @param typed What was typed; other tabs and forms write too, so each text has them read anew.
 */
export function useRecentRecipients(isKept: boolean, typed: string): RecentRecipientsState {
  const { cluster } = useBalanceClient('useRecentRecipients')
  const owner = useContext(OwnerContext)
  const [writes, setWrites] = useState(0)
  const store = useMemo(
    () => (isKept && owner !== null ? openRecentRecipients(cluster, owner) : null),
    [isKept, owner, cluster],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: a text, and a write, ask for them anew.
  const recent = useMemo(() => (typed === '' ? null : (store?.read() ?? null)), [store, typed, writes])
  return {
    recent,
    remember(address) {
      store?.add({ address, sentAtMs: systemClock.wallMs() })
      setWrites((count) => count + 1)
    },
  }
}
