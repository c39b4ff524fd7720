import type { Query } from '@tanstack/query-core'
import { type Address, type AddressInput, address } from '../../base/address.js'
import { accountOfKey, balanceKeys } from '../../cache/queries.js'
import { type AccountRecord, isRecord } from '../../token/balance.js'
import type { AccountClient } from './accountClient.js'

/** Which cached values are meant: those that fit everything that is named. */
export interface BalanceFilter {
  /** The owner's SOL and token accounts. */
  readonly owner?: AddressInput | undefined
  /** The mint itself and every account of it. */
  readonly mint?: AddressInput | undefined
  /** One account. */
  readonly account?: AddressInput | undefined
  /** A cluster's name in cache keys. @default the client's */
  readonly cluster?: string | undefined
}

type Tag = { readonly [K in 'owner' | 'mint' | 'account']?: Address | undefined }

/**
 * Marks values as stale, and reads those that something shows in one batch. A read that is under way may have left before
 * whatever made them stale: it is waited for, and another one made.
 */
export async function invalidate(client: AccountClient, tag: BalanceFilter = {}): Promise<void> {
  const { queryClient } = client
  const queryKey = balanceKeys.cluster(tag.cluster ?? client.cluster)
  const predicate = tagged(client, checked(tag), queryClient.getQueryCache().findAll({ queryKey }))
  const filter = { queryKey, predicate }
  await queryClient.invalidateQueries({ ...filter, refetchType: 'none' })
  const underWay = queryClient.getQueryCache().findAll({ ...filter, fetchStatus: 'fetching' })
  await Promise.allSettled(underWay.map((query) => query.promise))
  await queryClient.invalidateQueries(filter, { cancelRefetch: false })
}

const checked = ({ owner, mint, account }: BalanceFilter): Tag => ({
  owner: owner === undefined ? owner : address(owner, 'owner'),
  mint: mint === undefined ? mint : address(mint, 'mint'),
  account: account === undefined ? account : address(account, 'account'),
})

const addressIn = ({ queryKey }: Query) => queryKey[4] as Address
const recordIn = ({ state }: Query): AccountRecord | undefined => (isRecord(state.data) ? state.data : undefined)

/** Tells which entries a tag means, among `entries`. An entry that says there is no account is told by its address. */
export function tagged(client: AccountClient, tag: Tag, entries: readonly Query[]): (query: Query) => boolean {
  const { owner, mint, account } = tag
  const places = owner || mint ? placesOf(client, tag, entries) : new Set<Address>()
  return (query) => {
    const at = addressIn(query)
    if (account && at !== account) return false
    if (!owner && !mint) return true
    const { token } = recordIn(query) ?? {}
    const isNamed = at === owner ? !mint : at === mint && !owner
    const isTheirs = token && (!owner || token.owner === owner) && (!mint || token.mint === mint)
    return isNamed || Boolean(isTheirs) || places.has(at)
  }
}

/** Where there could be token accounts of the tag, as far as owners and mints are known: what is missing names neither. */
function placesOf(client: AccountClient, { owner, mint }: Tag, entries: readonly Query[]): Set<Address> {
  const missing = new Set(entries.filter(isNobodys).map(addressIn))
  const places = new Set<Address>()
  if (missing.size === 0) return places
  const owners = owner ? [owner] : ownersIn(entries, client.cluster)
  for (const [known, programs] of mint ? programsOf(entries, [mint]) : programsOf(entries))
    for (const one of owners)
      for (const program of programs) {
        const place = client.associatedAddress(one, known, program)
        if (missing.has(place)) places.add(place)
      }
  return places
}

/** Whether only the place of an entry tells whose it is: there is no account, or none that can be read. */
function isNobodys(query: Query): boolean {
  const record = recordIn(query)
  return !record?.exists || record.decodeError !== null
}

/** Wallets: what is neither a mint nor a token account, and whoever has one. */
function ownersIn(entries: readonly Query[], cluster: string): Set<Address> {
  const owners = new Set<Address>()
  for (const query of entries) {
    const { mint, token } = recordIn(query) ?? {}
    if (token) owners.add(token.owner)
    else if (!mint && accountOfKey(query.queryKey, cluster)) owners.add(addressIn(query))
  }
  return owners
}

type Programs = readonly ('token' | 'token-2022')[]
const BOTH: Programs = ['token', 'token-2022']

/** Every mint that is known or named by an account, and the programs it may be of. */
function programsOf(entries: readonly Query[], named: readonly Address[] = []): Map<Address, Programs> {
  const mints = new Map<Address, Programs>(named.map((each) => [each, BOTH]))
  for (const query of entries) {
    const { mint, token } = recordIn(query) ?? {}
    if (token && named.length === 0 && !mints.has(token.mint)) mints.set(token.mint, BOTH)
    if (mint && (named.length === 0 || mints.has(mint.address))) mints.set(mint.address, [mint.program])
  }
  return mints
}
