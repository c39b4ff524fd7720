import { notifyManager, type QueryClient } from '@tanstack/query-core'
import type { Clock } from '../base/clock.js'
import type { Wish } from '../token/account.js'
import { type AccountRecord, newest } from '../token/balance.js'
import { balanceKeys } from './queries.js'
import { isWallet, newestWallet, type WalletRecord, wishesOfWallet } from './walletRecord.js'

/** Puts pushed records into the query cache, at most one per account, and per wallet, and frame. */
export interface Writer {
  push(entry: AccountRecord | WalletRecord): void
  /** Writes what is held now. */
  flush(): void
}

/** A balance is a last-writer-wins value: nobody can see more of it than one value per frame. */
const FRAME_MS = 50
const HIDDEN_MS = 1000

/** Makes a writer. `onFlush` runs after each batch with what was written, as the wishes it answers. */
export function createWriter(
  queryClient: QueryClient,
  cluster: string,
  clock: Clock,
  onFlush: (written: readonly Wish[]) => void,
): Writer {
  const held = new Map<string, AccountRecord | WalletRecord>()
  let cancel: (() => void) | undefined

  function flush() {
    cancel?.()
    cancel = undefined
    const entries = [...held]
    held.clear()
    notifyManager.batch(() => {
      for (const [, entry] of entries) {
        const { commitment, address } = entry
        if (isWallet(entry))
          queryClient.setQueryData<WalletRecord>(balanceKeys.wallet(cluster, commitment, address), (before) =>
            newestWallet(before, entry),
          )
        else queryClient.setQueryData(balanceKeys.account(cluster, commitment, address), entry)
      }
    })
    onFlush(entries.flatMap(([, entry]) => wishesIn(entry)))
  }

  return {
    push(entry) {
      const key = `${entry.kind}:${entry.commitment}:${entry.address}`
      const before = held.get(key)
      if (isWallet(entry)) held.set(key, newestWallet(isWallet(before) ? before : undefined, entry))
      else held.set(key, before && !isWallet(before) ? newest(before, entry) : entry)
      cancel ??= nextFrame(clock, flush)
    },
    flush,
  }
}

/** An account's own fields say more than a wish may: its record is not one. */
const wishesIn = (entry: AccountRecord | WalletRecord): Wish[] =>
  isWallet(entry)
    ? wishesOfWallet(entry).filter(({ tokens }) => tokens && entry.listings[tokens])
    : [{ address: entry.address, commitment: entry.commitment }]

/** The next animation frame or 50 ms, whichever is first; a hidden page draws nothing and gets a second. */
function nextFrame(clock: Clock, task: () => void): () => void {
  const hidden = typeof document !== 'undefined' && document.hidden
  const stopTimer = clock.schedule(task, hidden ? HIDDEN_MS : FRAME_MS)
  if (hidden || typeof requestAnimationFrame !== 'function') return stopTimer
  const frame = requestAnimationFrame(task)
  return () => {
    stopTimer()
    cancelAnimationFrame(frame)
  }
}
