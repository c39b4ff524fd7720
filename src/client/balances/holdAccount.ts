import { QueryObserver } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import type { Commitment } from '../../token/account.js'
import type { AccountClient } from './accountClient.js'
import { accountOptions } from './targets.js'

/** Keeps an account's entry in the cache, which would leave after a while unobserved; reads nothing. The returned function lets go. */
export function holdAccount(client: AccountClient, address: Address, commitment: Commitment): () => void {
  const options = { ...accountOptions(client, address, commitment), enabled: false } as never
  return new QueryObserver(client.queryClient, options).subscribe(() => {})
}
