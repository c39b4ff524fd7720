import { notifyManager, type QueryClient } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import { type Clock, systemClock } from '../../base/clock.js'
import { accountOfKey, balanceKeys } from '../../cache/queries.js'
import { type AccountRecord, isRecord, newest, type PendingChange } from '../../token/balance.js'
import { effectOn, isIn, type PendingTransaction, sumOf, touches } from './pendingTransaction.js'

/** The changes that are on their way, laid over the account records of one cluster in the query cache. */
export interface OptimisticUpdates {
  /** What this page has signed and what is not in every record yet. */
  readonly own: ReadonlyMap<string, PendingTransaction>
  /** The newest slot that one of them has settled at: what is older does not show it. */
  readonly floor: number
  /** Adds a pending transaction, or says what is newly known of it. @param from Another page, whose pending transaction it is. */
  set(pendingTransaction: PendingTransaction, from?: string): void
  /** Takes pending transactions away: they will not happen. One that is confirmed stays until every record holds it. */
  drop(ids: readonly string[]): void
  /** The pending transactions heard of from another page. */
  of(from: string): readonly string[]
  /** A record, here or in another page, waits to be told whether it holds a pending transaction. */
  ask(id: string): void
  /** Tells when a record waits to be told whether it holds a pending transaction: the sooner that is known the better. */
  onAsked(listener: (id: string) => void): () => void
  /** Tells when a pending transaction of this page was added, changed or taken away. */
  onOwn(listener: () => void): () => void
}

/** What optimistic updates are laid over. */
export interface WithPending {
  readonly queryClient: QueryClient
  readonly cluster: string
}

/** A record that changed is held back this long at most, until it is known whether it holds what is on its way. */
const HOLD_MS = 3000

/** The optimistic updates of one cluster in a query cache: one object for all callers. */
export function optimisticUpdatesOf(
  { queryClient, cluster }: WithPending,
  clock: Clock = systemClock,
): OptimisticUpdates {
  const key = [...balanceKeys.cluster(cluster), 'pending']
  const known = queryClient.getQueryDefaults(key).meta?.optimisticUpdates as OptimisticUpdates | undefined
  if (known) return known
  const optimisticUpdates = createOptimisticUpdates({ queryClient, cluster }, clock)
  queryClient.setQueryDefaults(key, { meta: { optimisticUpdates } })
  return optimisticUpdates
}

function createOptimisticUpdates(place: WithPending, clock: Clock): OptimisticUpdates {
  const { queryClient, cluster } = place
  const pendingTransactions = new Map<
    string,
    { readonly pendingTransaction: PendingTransaction; readonly from: string | undefined }
  >()
  const asked = new Set<(id: string) => void>()
  const changed = new Set<() => void>()
  function ask(id: string) {
    for (const listener of [...asked]) listener(id)
  }
  const layer = createLayer(place, clock, {
    on: (address) =>
      [...pendingTransactions.values()].flatMap(({ pendingTransaction }) =>
        touches(pendingTransaction, address) ? [pendingTransaction] : [],
      ),
    ask,
  })
  let unwatch: (() => void) | undefined
  let floor = 0

  /** A settled pending transaction is over when every record of its accounts holds it. */
  function prune() {
    const records = layer.records()
    for (const [id, { pendingTransaction }] of [...pendingTransactions])
      if (
        pendingTransaction.slot !== null &&
        records.every(({ address, slot }) => !touches(pendingTransaction, address) || isIn(pendingTransaction, slot))
      )
        pendingTransactions.delete(id)
  }
  function update(isOwn: boolean) {
    layer.refresh()
    prune()
    if (pendingTransactions.size === 0) {
      unwatch?.()
      unwatch = undefined
      layer.clear()
    } else
      unwatch ??= queryClient.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated' || event.action.type !== 'success') return
        if (!accountOfKey(event.query.queryKey, cluster) || !isRecord(event.query.state.data)) return
        layer.cover(event.query.state.data)
        const before = pendingTransactions.size
        prune()
        if (pendingTransactions.size < before) update(true)
      })
    if (isOwn) for (const listener of [...changed]) listener()
  }
  const ids = (from: string | undefined) =>
    [...pendingTransactions].flatMap(([id, each]) => (each.from === from ? [id] : []))

  return {
    get own() {
      return new Map(
        ids(undefined).map((id) => [id, pendingTransactions.get(id)?.pendingTransaction as PendingTransaction]),
      )
    },
    get floor() {
      return floor
    },
    set(pendingTransaction, from) {
      if (from === undefined) floor = Math.max(floor, pendingTransaction.slot ?? 0)
      const known = pendingTransactions.get(pendingTransaction.id)
      if (from !== undefined && known && (known.from === undefined || known.pendingTransaction.slot !== null)) return
      pendingTransactions.set(pendingTransaction.id, { pendingTransaction, from })
      update(from === undefined)
    },
    drop(gone) {
      const [isOwn, before] = [
        gone.some((id) => pendingTransactions.has(id) && !pendingTransactions.get(id)?.from),
        pendingTransactions.size,
      ]
      for (const id of gone)
        if (typeof pendingTransactions.get(id)?.pendingTransaction.slot !== 'number') pendingTransactions.delete(id)
      if (pendingTransactions.size < before) update(isOwn)
    },
    of: ids,
    ask,
    onAsked: (listener) => listening(asked, listener),
    onOwn: (listener) => listening(changed, listener),
  }
}

function listening<T>(set: Set<T>, listener: T): () => void {
  set.add(listener)
  return () => void set.delete(listener)
}

/** What the layer has to know of pending transactions. */
interface Above {
  on(address: Address): readonly PendingTransaction[]
  ask(id: string): void
}

/** The records as they are shown: each with what is on its way to it, and held back while that cannot be told. */
function createLayer({ queryClient, cluster }: WithPending, clock: Clock, { on, ask }: Above) {
  const cache = queryClient.getQueryCache()
  const held = new Map<string, { readonly record: AccountRecord; readonly cancel: () => void }>()
  const assumed = new Map<string, number>()
  const keyOf = ({ commitment, address }: AccountRecord) => balanceKeys.account(cluster, commitment, address)
  const nameOf = ({ commitment, address }: AccountRecord) => `${commitment}:${address}`

  /** What waited too long is taken to hold the pending transaction: an amount may be told of late, and is never counted twice. */
  function holds(pendingTransaction: PendingTransaction, { address, slot }: AccountRecord): boolean | undefined {
    return (
      isIn(pendingTransaction, slot) ??
      (slot >= (assumed.get(`${pendingTransaction.id}:${address}`) ?? Infinity) ? true : undefined)
    )
  }
  const unsureOf = (record: AccountRecord) => on(record.address).filter((each) => holds(each, record) === undefined)

  /** The same record, with what is on its way to it now. */
  function laid(record: AccountRecord): AccountRecord {
    const all = on(record.address)
    const sum = sumOf(all.filter((each) => !holds(each, record)).map((each) => effectOn(each, record.address)))
    const { lamports = 0n, tokens = 0n } = record.pending ?? {}
    const isSame = lamports === sum.lamports && tokens === sum.tokens
    if (isSame && (record.pending !== undefined || all.length === 0)) return record
    const value: PendingChange = { ...sum, take, lay: laid }
    return Object.defineProperty({ ...record }, 'pending', { value: all.length > 0 ? value : undefined })
  }

  /** The ordering rule; what changed waits while it cannot be told whether it holds what is on its way. */
  function take(before: AccountRecord, arrived: AccountRecord): AccountRecord {
    const next = newest(before, arrived)
    const unsure = next === before || sameAmounts(before, next) ? [] : unsureOf(next)
    if (unsure.length === 0) return laid(next)
    hold(next)
    for (const { id } of unsure) ask(id)
    return before
  }

  function hold(record: AccountRecord) {
    const name = nameOf(record)
    const waiting = held.get(name)
    const cancel = waiting?.cancel ?? clock.schedule(() => giveUp(name), HOLD_MS)
    held.set(name, { record: waiting ? newest(waiting.record, record) : record, cancel })
  }
  function giveUp(name: string) {
    const record = held.get(name)?.record
    if (!record) return
    for (const { id } of unsureOf(record)) assumed.set(`${id}:${record.address}`, record.slot)
    release()
  }
  function release() {
    for (const [name, { record, cancel }] of [...held]) {
      if (unsureOf(record).length > 0) continue
      held.delete(name)
      cancel()
      queryClient.setQueryData(keyOf(record), record)
    }
  }
  /** Past the rule: the value stays, and stays as old as it is. */
  function cover(record: AccountRecord) {
    const next = laid(record)
    if (next !== record) cache.find({ queryKey: keyOf(record), exact: true })?.setState({ data: next })
  }
  const records = () =>
    cache
      .findAll({ queryKey: balanceKeys.cluster(cluster) })
      .flatMap(({ queryKey, state }) => (isRecord(state.data) && accountOfKey(queryKey, cluster) ? [state.data] : []))

  return {
    records,
    cover,
    clear: () => assumed.clear(),
    refresh: () =>
      notifyManager.batch(() => {
        release()
        for (const record of records()) cover(record)
      }),
  }
}

const sameAmounts = (a: AccountRecord, b: AccountRecord) =>
  a.lamports === b.lamports && a.token?.amount === b.token?.amount && a.exists === b.exists
