import { notifyManager } from '@tanstack/query-core'
import type { Address, TokenProgram } from '../base/address.js'
import type { Commitment, TokenAccountsAt } from '../token/account.js'
import { type AccountRecord, isRecord } from '../token/balance.js'
import { recordOf, type UpdateSource } from '../token/record.js'
import type { Watched } from './changes.js'
import { accountOfKey, balanceKeys } from './queries.js'
import type { WalletRecord } from './walletRecord.js'

/** Whose token accounts. */
export interface Holder {
  readonly address: Address
  readonly commitment: Commitment
  readonly tokens?: TokenProgram | undefined
}

/** The token accounts of an owner that the cache holds, of one program or of both. */
export function heldTokenAccounts(
  { queryClient, cluster }: Watched,
  { address, commitment, tokens }: Holder,
): AccountRecord[] {
  const queryKey = balanceKeys.account(cluster, commitment, address).slice(0, -1)
  const entries = queryClient.getQueryCache().findAll({ queryKey })
  return entries.flatMap(({ queryKey, state: { data } }) => {
    const token = accountOfKey(queryKey, cluster) && isRecord(data) ? data.token : null
    return token?.owner === address && (!tokens || token.program === tokens) ? [data as AccountRecord] : []
  })
}

/** What was listed, decoded: an entry for each account, and the one that says that these are all. */
export interface ListedEntries {
  readonly records: readonly AccountRecord[]
  readonly wallet: WalletRecord
}

/** Decodes what was listed. */
export function entriesOf({ owner, program, slot, accounts }: TokenAccountsAt, origin: UpdateSource): ListedEntries {
  const records = accounts.map((account) => recordOf(account, origin))
  const undecoded = records.filter((record) => record.decodeError !== null).length
  const { commitment, at } = origin
  const listings = { [program]: { slot, verifiedAt: at.wallMs, verifiedMs: at.ms, undecoded } }
  return { records, wallet: { kind: 'wallet', address: owner, commitment, listings, failures: {} } }
}

/** Writes what was listed to the accounts' entries, in one batch, and gives the wallet's. */
export function writeListing(
  { queryClient, cluster }: Watched,
  listing: TokenAccountsAt,
  origin: UpdateSource,
): WalletRecord {
  const { records, wallet } = entriesOf(listing, origin)
  notifyManager.batch(() => {
    for (const record of records)
      queryClient.setQueryData(balanceKeys.account(cluster, record.commitment, record.address), record)
  })
  return wallet
}
