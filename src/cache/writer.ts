import { notifyManager, type QueryClient } from '@tanstack/query-core'
import type { Clock } from '../base/clock.js'
import { notify } from '../base/emitter.js'
import type { AccountAt, SubscriptionRequest } from '../token/account.js'
import { keyOf } from '../token/accountKey.js'
import { type AccountRecord, newest } from '../token/balance.js'
import { recordOf, type UpdateSource } from '../token/record.js'
import { type Bandwidth, createFlushThrottle } from './flushPace.js'
import { balanceKeys, entryOf } from './queries.js'
import { isWallet, newestWallet, requestsOfWallet, type WalletRecord } from './walletRecord.js'

/** What a writer has done. */
export interface FlushStats {
  /** Times what was pushed was written into the cache. */
  readonly flushes: number
  /** Time between two of them now, in milliseconds: longer while they keep the page busy. */
  readonly flushMs: number
  /** How long the oldest value of the last one had waited, in milliseconds. */
  readonly lagMs: number
}

/** Puts what was pushed into the query cache, at most one write per account, and per wallet, and flush. */
export interface Writer {
  /** Takes an account as it came: of many in one flush only the newest is decoded. */
  take(account: AccountAt, origin: UpdateSource): void
  push(entry: AccountRecord | WalletRecord): void
  /** Writes what is held now. */
  flush(): void
  readonly stats: FlushStats
}

/** What a writer is made of. */
export interface WriterParts {
  readonly queryClient: QueryClient
  readonly cluster: string
  readonly clock: Clock
  readonly bandwidth?: Bandwidth | undefined
  /** Runs after each flush with what was written, as the requests it answers. */
  readonly onFlush: (written: readonly SubscriptionRequest[]) => void
  /** What was pushed last of an account makes no sense; whatever came before it in the same flush is not kept. */
  readonly onDecodeError: (request: SubscriptionRequest) => void
}

interface Queued {
  readonly account: AccountAt
  readonly origin: UpdateSource
}

/** Makes a writer. A balance is a last-writer-wins value: nobody can see more of it than one value per frame. */
export function createWriter(parts: WriterParts): Writer {
  const { queryClient, cluster, clock, bandwidth = 'normal', onFlush, onDecodeError } = parts
  const throttle = createFlushThrottle(clock, bandwidth)
  const held = new Map<string, AccountRecord | WalletRecord>()
  const taken = new Map<string, Queued>()
  let cancel: (() => void) | undefined
  let [flushes, lagMs, sinceMs] = [0, 0, 0]

  function soon() {
    if (cancel) return
    sinceMs = clock.now()
    cancel = throttle.schedule(flush)
  }
  function push(entry: AccountRecord | WalletRecord) {
    const key = `${entry.kind}:${keyOf(entry)}`
    const before = held.get(key)
    if (isWallet(entry)) held.set(key, newestWallet(isWallet(before) ? before : undefined, entry))
    else held.set(key, before && !isWallet(before) ? newest(before, entry) : entry)
  }
  function flush() {
    if (!cancel) return
    cancel()
    cancel = undefined
    for (const { account, origin } of taken.values()) {
      if (account.isReadable === false) onDecodeError({ address: account.address, commitment: origin.commitment })
      else push(recordOf(account, origin))
    }
    taken.clear()
    const entries = [...held.values()]
    held.clear()
    flushes++
    lagMs = clock.now() - sinceMs
    throttle.flushing()
    notifyManager.batch(() => {
      // The app's own listeners of its cache hear of each write: one that throws must not cost the others theirs.
      for (const entry of entries) notify(write, { queryClient, cluster }, entry)
    })
    onFlush(entries.flatMap(requestsIn))
  }

  return {
    take(account, origin) {
      const key = keyOf({ ...origin, address: account.address })
      const before = taken.get(key)?.account
      // The ordering rule, by the slot alone: of what is held here nobody has seen anything yet.
      const isNewer = !before || account.slot > before.slot
      const isOfEqualRank = account.slot === before?.slot && origin.source !== 'fetch'
      if (isNewer || isOfEqualRank) taken.set(key, { account, origin })
      soon()
    },
    push(entry) {
      push(entry)
      soon()
    },
    flush,
    get stats() {
      return { flushes, flushMs: throttle.intervalMs, lagMs }
    },
  }
}

function write(
  { queryClient, cluster }: Pick<WriterParts, 'queryClient' | 'cluster'>,
  entry: AccountRecord | WalletRecord,
) {
  const { commitment, address } = entry
  if (isWallet(entry))
    queryClient.setQueryData<WalletRecord>(balanceKeys.wallet(cluster, commitment, address), (before) =>
      newestWallet(before, entry),
    )
  else {
    const query = entryOf({ queryClient, cluster }, entry)
    // An entry that is there needs neither its key's hash nor its defaults again.
    if (query) query.setData(entry, { manual: true })
    else queryClient.setQueryData(balanceKeys.account(cluster, commitment, address), entry)
  }
}

/** An account's own fields say more than a request may: its record is not one. */
const requestsIn = (entry: AccountRecord | WalletRecord): SubscriptionRequest[] =>
  isWallet(entry)
    ? requestsOfWallet(entry).filter(({ tokens }) => tokens && entry.listings[tokens])
    : [{ address: entry.address, commitment: entry.commitment }]
