import { type Query, type QueryClient, type QueryState, replaceEqualDeep } from '@tanstack/query-core'
import { type AccountRecord, isRecord, newest } from '../token/balance.js'
import type { ChainHead } from '../token/slots.js'
import { isEntry, restoredOf } from './codec.js'
import { type Entry, isWholeEntry } from './entryShape.js'
import { balanceKeys } from './queries.js'
import { isWallet } from './walletRecord.js'

/** What keeps the order in the cache. Also runs over what hooks select out of a record; that is new exactly when the record is. */
export function gate(held: unknown, arrived: unknown, head?: Pick<ChainHead, 'canBeAt'>): unknown {
  if (isRecord(arrived)) {
    if (isRecord(held) && held.address !== arrived.address) return held
    // A slot that the chain cannot have reached stands in nobody's way.
    const known =
      isRecord(held) && (isRestored(held) || (head?.canBeAt(held.slot, held.address) ?? true)) ? held : undefined
    if (known) return known.pending ? known.pending.take(known, arrived) : newest(known, arrived)
    // What is on its way stays on top of whatever takes the place.
    return isRecord(held) && held.pending ? held.pending.lay(arrived) : newest(undefined, arrived)
  }
  return isDerived(arrived) ? arrived : replaceEqualDeep(held, arrived)
}
const isRestored = ({ source }: AccountRecord) => source === 'restored'
const isDerived = (value: unknown) =>
  typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'token' || value.kind === 'sol')

/**
 * Holds to the rules what comes past `structuralSharing`, for as long as the query client lives: TanStack's `hydrate`, an
 * app's persister or its broadcast set the state of an entry as a whole. Whoever it is from, this page has not heard it from
 * the chain: it says `restored`, and never takes the place of what was heard. An entry gets its state back in the same
 * turn: React, which is told after it, never sees the other.
 */
export function keepOrder(queryClient: QueryClient): void {
  const cache = queryClient.getQueryCache()
  const states = new WeakMap<Query, QueryState>()
  /** Values that came by the gate, or were judged here: TanStack puts them back itself when a read is cancelled. */
  const known = new WeakSet<object>()
  let isJudging = false
  const isOurs = ({ queryKey }: Query) => queryKey[0] === balanceKeys.all[0]
  function judge(query: Query) {
    const [before, { data }] = [states.get(query), query.state]
    const value = fits(query, data) ? asRestored(data) : data
    // Nothing that could be shown: it is as if it had not come.
    if (!before && holdsAccounts(query) && !fits(query, data)) query.setState(EMPTY)
    else if (before && isOlder(before.data, value)) query.setState(before)
    else if (value !== data) query.setState({ data: value })
  }
  function enter(query: Query, isWhole: boolean) {
    if (isJudging) return
    const { data } = query.state
    isJudging = true
    if (isWhole && data !== undefined && !(isEntry(data) && known.has(data))) judge(query)
    isJudging = false
    states.set(query, query.state)
    if (isEntry(query.state.data)) known.add(query.state.data)
  }
  for (const query of cache.getAll()) if (isOurs(query)) enter(query, true)
  cache.subscribe((event) => {
    const { query } = event
    if (!isOurs(query) || (event.type !== 'added' && event.type !== 'updated')) return
    // Our own changes past the gate are of the data alone.
    const isWhole =
      event.type === 'added' || (event.action.type === 'setState' && 'dataUpdatedAt' in event.action.state)
    enter(query, isWhole)
  })
}
const EMPTY: Partial<QueryState> = { data: undefined, status: 'pending' }

const holdsAccounts = ({ queryKey }: Query) => queryKey[3] === 'account' || queryKey[3] === 'wallet'
const fits = ({ queryKey }: Query, data: unknown): data is Entry =>
  isWholeEntry(data) && data.kind === queryKey[3] && data.commitment === queryKey[2] && data.address === queryKey[4]

/** The same object where it says so already. */
function asRestored(data: Entry): unknown {
  const isSaid = isWallet(data)
    ? Object.values(data.listings).every(({ slot, verifiedAt }) => slot === 0 && verifiedAt === 0)
    : data.source === 'restored'
  return isSaid ? data : restoredOf(data)
}

/** A list that was restored tells less than any that is there. */
const isOlder = (held: unknown, arrived: unknown) =>
  isRecord(held) && isRecord(arrived)
    ? arrived.source === 'restored' && newest(held, arrived) !== arrived
    : isWallet(held) && isWallet(arrived) && held !== arrived
