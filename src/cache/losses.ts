import type { Query } from '@tanstack/query-core'
import type { Watched } from './changes.js'
import { balanceKeys, isLoss } from './queries.js'

/**
 * Keeps whoever shows an entry with the entry that counts, until the returned function is called. TanStack leaves the
 * observers of a removed entry where they are: they would show its last value for ever, while another entry at its key is
 * written. Here they move to a new one within the same turn, and it is read. `lost` is told of each entry that lost its value.
 */
export function keepMounted({ queryClient, cluster }: Watched, lost: (query: Query) => void): () => void {
  return queryClient.getQueryCache().subscribe((event) => {
    const { query } = event
    const [scope, name] = query.queryKey
    if (scope !== balanceKeys.all[0] || name !== cluster || !isLoss(event)) return
    lost(query)
    if (event.type === 'removed') for (const observer of [...query.observers]) observer.setOptions(observer.options)
  })
}
