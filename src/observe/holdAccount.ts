import { QueryObserver } from '@tanstack/query-core'
import type { AccountClient } from '../balances/accountClient.js'
import { accountOptions } from '../balances/targets.js'
import type { Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'

/** Keeps an account's entry in the cache, which would leave after a while unobserved; reads nothing. The returned function lets go. */
export function holdAccount(client: AccountClient, address: Address, commitment: Commitment): () => void {
  const options = { ...accountOptions(client, address, commitment), enabled: false } as never
  return new QueryObserver(client.queryClient, options).subscribe(() => {})
}
