import type { QueryClient } from '@tanstack/query-core'
import { createEmitter, once } from '../base/emitter.js'
import type { Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'
import { type AccountRecord, type BalanceReason, isRecord } from '../token/balance.js'
import { accountOfKey } from './queries.js'

/** One change that the cache accepted. */
export interface AccountChange {
  readonly address: Address
  readonly commitment: Commitment
  readonly previous: AccountRecord | undefined
  readonly next: AccountRecord
  readonly reason: BalanceReason
}

/** Tells what the cache accepted, by whatever path it came. Costs nothing while nobody listens. */
export interface Changes {
  on(listener: (change: AccountChange) => void): () => void
}

/** Watches this library's part of a query cache. */
export function createChanges(queryClient: QueryClient, cluster: string): Changes {
  const events = createEmitter<{ change: AccountChange }>()
  const cache = queryClient.getQueryCache()
  const seen = new Map<string, AccountRecord>()
  let listeners = 0
  let stop = () => {}

  function start() {
    for (const query of cache.getAll()) if (isRecord(query.state.data)) seen.set(query.queryHash, query.state.data)
    stop = cache.subscribe((event) => {
      const { queryHash, queryKey, state } = event.query
      if (event.type === 'removed') seen.delete(queryHash)
      if (event.type !== 'updated' || event.action.type !== 'success' || !isRecord(state.data)) return
      const account = accountOfKey(queryKey, cluster)
      const previous = seen.get(queryHash)
      if (!account || previous === state.data) return
      seen.set(queryHash, state.data)
      events.emit('change', { ...account, previous, next: state.data, reason: state.data.reason })
    })
  }

  return {
    on(listener) {
      if (listeners++ === 0) start()
      const off = events.on('change', listener)
      return once(() => {
        off()
        if (--listeners > 0) return
        stop()
        seen.clear()
      })
    },
  }
}
