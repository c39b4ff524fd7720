import { notifyManager, type QueryClient } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import { type Clock, systemClock } from '../../base/clock.js'
import { accountOfKey, balanceKeys } from '../../cache/queries.js'
import { type AccountRecord, isRecord, newest, type PendingChange } from '../../token/balance.js'
import { effectOn, type Flight, isIn, sumOf, touches } from './flight.js'

/** The changes that are on their way, laid over the account records of one cluster in the query cache. */
export interface Overlay {
  /** What this page has signed and what is not in every record yet. */
  readonly own: ReadonlyMap<string, Flight>
  /** The newest slot that one of them has settled at: what is older does not show it. */
  readonly floor: number
  /** Adds a flight, or says what is newly known of it. @param from Another page, whose flight it is. */
  set(flight: Flight, from?: string): void
  /** Takes flights away: they will not happen. One that is confirmed stays until every record holds it. */
  drop(ids: readonly string[]): void
  /** The flights heard of from another page. */
  of(from: string): readonly string[]
  /** A record, here or in another page, waits to be told whether it holds a flight. */
  ask(id: string): void
  /** Tells when a record waits to be told whether it holds a flight: the sooner that is known the better. */
  onAsked(listener: (id: string) => void): () => void
  /** Tells when a flight of this page was added, changed or taken away. */
  onOwn(listener: () => void): () => void
}

/** What the overlay lies over. */
export interface Overlaid {
  readonly queryClient: QueryClient
  readonly cluster: string
}

/** A record that changed is held back this long at most, until it is known whether it holds what is on its way. */
const HOLD_MS = 3000

/** The overlay of one cluster in a query cache: the same for all who ask. */
export function overlayOf({ queryClient, cluster }: Overlaid, clock: Clock = systemClock): Overlay {
  const key = [...balanceKeys.cluster(cluster), 'pending']
  const known = queryClient.getQueryDefaults(key).meta?.overlay as Overlay | undefined
  if (known) return known
  const overlay = createOverlay({ queryClient, cluster }, clock)
  queryClient.setQueryDefaults(key, { meta: { overlay } })
  return overlay
}

function createOverlay(place: Overlaid, clock: Clock): Overlay {
  const { queryClient, cluster } = place
  const flights = new Map<string, { readonly flight: Flight; readonly from: string | undefined }>()
  const asked = new Set<(id: string) => void>()
  const changed = new Set<() => void>()
  function ask(id: string) {
    for (const listener of [...asked]) listener(id)
  }
  const layer = createLayer(place, clock, {
    on: (address) => [...flights.values()].flatMap(({ flight }) => (touches(flight, address) ? [flight] : [])),
    ask,
  })
  let unwatch: (() => void) | undefined
  let floor = 0

  /** A settled flight is over when every record of its accounts holds it. */
  function prune() {
    const records = layer.records()
    for (const [id, { flight }] of [...flights])
      if (flight.slot !== null && records.every(({ address, slot }) => !touches(flight, address) || isIn(flight, slot)))
        flights.delete(id)
  }
  function update(isOwn: boolean) {
    layer.refresh()
    prune()
    if (flights.size === 0) {
      unwatch?.()
      unwatch = undefined
      layer.clear()
    } else
      unwatch ??= queryClient.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated' || event.action.type !== 'success') return
        if (!accountOfKey(event.query.queryKey, cluster) || !isRecord(event.query.state.data)) return
        layer.cover(event.query.state.data)
        const before = flights.size
        prune()
        if (flights.size < before) update(true)
      })
    if (isOwn) for (const listener of [...changed]) listener()
  }
  const ids = (from: string | undefined) => [...flights].flatMap(([id, each]) => (each.from === from ? [id] : []))

  return {
    get own() {
      return new Map(ids(undefined).map((id) => [id, flights.get(id)?.flight as Flight]))
    },
    get floor() {
      return floor
    },
    set(flight, from) {
      if (from === undefined) floor = Math.max(floor, flight.slot ?? 0)
      const known = flights.get(flight.id)
      if (from !== undefined && known && (known.from === undefined || known.flight.slot !== null)) return
      flights.set(flight.id, { flight, from })
      update(from === undefined)
    },
    drop(gone) {
      const [isOwn, before] = [gone.some((id) => flights.has(id) && !flights.get(id)?.from), flights.size]
      for (const id of gone) if (typeof flights.get(id)?.flight.slot !== 'number') flights.delete(id)
      if (flights.size < before) update(isOwn)
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

/** What the layer has to know of flights. */
interface Above {
  on(address: Address): readonly Flight[]
  ask(id: string): void
}

/** The records as they are shown: each with what is on its way to it, and held back while that cannot be told. */
function createLayer({ queryClient, cluster }: Overlaid, clock: Clock, { on, ask }: Above) {
  const cache = queryClient.getQueryCache()
  const held = new Map<string, { readonly record: AccountRecord; readonly cancel: () => void }>()
  const assumed = new Map<string, number>()
  const keyOf = ({ commitment, address }: AccountRecord) => balanceKeys.account(cluster, commitment, address)
  const nameOf = ({ commitment, address }: AccountRecord) => `${commitment}:${address}`

  /** What waited too long is taken to hold the flight: an amount may be told of late, and is never counted twice. */
  function holds(flight: Flight, { address, slot }: AccountRecord): boolean | undefined {
    return isIn(flight, slot) ?? (slot >= (assumed.get(`${flight.id}:${address}`) ?? Infinity) ? true : undefined)
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
