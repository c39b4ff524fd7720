import type { Query, QueryClient } from '@tanstack/query-core'
import type { Address } from '../base/address.js'
import { systemClock } from '../base/clock.js'
import { isEntry } from '../cache/codec.js'
import { balanceKeys } from '../cache/queries.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { tagged } from '../client/balances/filters.js'
import { isRecord } from '../token/balance.js'

const ownEntries = (queryClient: QueryClient) => queryClient.getQueryCache().findAll({ queryKey: balanceKeys.all })
const addressIn = ({ queryKey }: Query) => queryKey[4] as Address
const recordIn = ({ state }: Query) => (isRecord(state.data) ? state.data : undefined)

/** Whether an entry is about a wallet: its SOL, or a token account of its own. */
const isOwned = (query: Query, owner: Address) => addressIn(query) === owner || recordIn(query)?.token?.owner === owner

/** The accounts of a wallet on a client's cluster, and the mints of its token accounts: what its balances are made of. */
export function ownedEntries({ queryClient, cluster }: BalanceClient, owner: Address): ReadonlySet<Query> {
  const known = ownEntries(queryClient).filter((query) => query.queryKey[1] === cluster && isEntry(query.state.data))
  const owned = known.filter((query) => isOwned(query, owner))
  const mints = new Set(owned.map((query) => recordIn(query)?.token?.mint))
  return new Set([...owned, ...known.filter((query) => mints.has(addressIn(query)))])
}

/** Longer than a pushed value waits for its frame, in milliseconds. */
const SETTLED_MS = 2000

/**
 * Takes what is a wallet's out of the query cache, on every cluster, and once more when what was under way has arrived.
 * What is still shown, because somebody asks for this owner by name, stays; so does everything when the wallet is back.
 */
export function forgetOwner(client: BalanceClient, owner: Address, isBack: () => boolean = () => false): void {
  const pass = () => {
    if (isBack()) return
    const cache = client.queryClient.getQueryCache()
    const entries = ownEntries(client.queryClient)
    const isTheirs = tagged(client, { owner }, entries)
    for (const query of entries) if (query.getObserversCount() === 0 && isTheirs(query)) cache.remove(query)
  }
  pass()
  systemClock.schedule(pass, SETTLED_MS)
}
