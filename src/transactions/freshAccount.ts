import type { Address } from '../base/address.js'
import { laterError } from '../base/laterErrors.js'
import { balanceKeys } from '../cache/queries.js'
import { optimisticUpdatesOf } from '../client/pending/optimisticUpdates.js'
import { type AccountRecord, mintOf } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import type { Planning } from './action.js'

/** What an action is decided by may be this old, in milliseconds. */
const MAX_AGE_MS = 5000

/**
 * An account as the chain said within the last seconds, and after this page's own transactions: never a stored value, never
 * a lagging node's. It goes through the cache.
 * @throws LamplightError `rpc/behind`, and as every read
 */
export async function freshAccount({ client }: Planning, address: Address): Promise<AccountRecord> {
  const { queryClient, cluster, commitment } = client
  const key = balanceKeys.account(cluster, commitment, address)
  const known = queryClient.getQueryData<AccountRecord>(key)
  const { floor } = optimisticUpdatesOf(client)
  const isUsable = ({ source, lagging, slot }: AccountRecord) => source !== 'restored' && !lagging && slot >= floor
  if (known && isUsable(known) && client.ageMs(known) <= MAX_AGE_MS) return known
  const minSlot = known && known.source !== 'restored' ? Math.max(known.slot, floor) : floor
  const read = await client.readAccount({ address, commitment }, { minSlot })
  const record = queryClient.setQueryData<AccountRecord>(key, read) ?? read
  // What is held back for what is on its way is told by its pending part, and as new as can be.
  if (record.pending || (isUsable(record) && read.slot >= minSlot)) return record
  throw laterError('rpc/behind', { endpoint: client.status.getState().endpoint, minSlot })
}

/** A mint as it is now. @throws LamplightError `account/no-mint`, `account/not-mint` */
export const freshMint = async (planning: Planning, mint: Address): Promise<Mint> =>
  mintOf(await freshAccount(planning, mint))
