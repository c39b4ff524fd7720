import { type AddressInput, address } from '../../base/address.js'
import { heldTokenAccounts } from '../../cache/listing.js'
import { balanceKeys } from '../../cache/queries.js'
import type { AccountClient } from './accountClient.js'
import { readWallet } from './readWallet.js'
import { accountOptions, mintOptions } from './targets.js'

/**
 * Reads a wallet's SOL, all its token accounts and their mints into the cache. What fails is no error: whatever shows it
 * asks again, and tells.
 * @throws LamplightError `input/invalid-address`
 */
export async function preloadWallet(client: AccountClient, input: AddressInput): Promise<void> {
  const owner = address(input, 'owner')
  const { queryClient, cluster, commitment } = client
  const queryKey = balanceKeys.wallet(cluster, commitment, owner)
  const queryFn = () => readWallet(client, owner, commitment)
  await Promise.all([
    queryClient.prefetchQuery(accountOptions(client, owner, commitment)),
    queryClient.prefetchQuery({ queryKey, queryFn, staleTime: STALE_MS }),
  ])
  const mints = new Set(
    heldTokenAccounts({ queryClient, cluster }, { address: owner, commitment }).map(({ token }) => token?.mint),
  )
  await Promise.all([...mints].map((mint) => mint && queryClient.prefetchQuery(mintOptions(client, mint, commitment))))
}

/** As long as one account counts as fresh, in milliseconds. */
const STALE_MS = 3000
