import { notifyManager, type QueryClient } from '@tanstack/query-core'
import type { Clock } from '../base/clock.js'
import { type AccountRecord, newest } from '../token/balance.js'
import { balanceKeys } from './queries.js'

/** Puts pushed records into the query cache, at most one per account per frame. */
export interface Writer {
  push(record: AccountRecord): void
  /** Writes what is held now. */
  flush(): void
}

/** A balance is a last-writer-wins value: nobody can see more of it than one value per frame. */
const FRAME_MS = 50
const HIDDEN_MS = 1000

/** Makes a writer. `onFlush` runs after each batch with what was written. */
export function createWriter(
  queryClient: QueryClient,
  cluster: string,
  clock: Clock,
  onFlush: (written: readonly AccountRecord[]) => void,
): Writer {
  const held = new Map<string, AccountRecord>()
  let cancel: (() => void) | undefined

  function flush() {
    cancel?.()
    cancel = undefined
    const records = [...held.values()]
    held.clear()
    notifyManager.batch(() => {
      for (const record of records)
        queryClient.setQueryData(balanceKeys.account(cluster, record.commitment, record.address), record)
    })
    onFlush(records)
  }

  return {
    push(record) {
      const key = `${record.commitment}:${record.address}`
      const before = held.get(key)
      held.set(key, before ? newest(before, record) : record)
      cancel ??= nextFrame(clock, flush)
    },
    flush,
  }
}

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
