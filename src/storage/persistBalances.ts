import { persistQueryClientRestore, persistQueryClientSave } from '@tanstack/query-persist-client-core'
import { type Address, type AddressInput, address } from '../base/address.js'
import { durationOf, messageOf } from '../base/check.js'
import { systemClock } from '../base/clock.js'
import { notify } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { isText } from '../base/shape.js'
import { restoredOf } from '../cache/codec.js'
import { balanceKeys } from '../cache/queries.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { type BalanceStorage, indexedDbStorage } from './balanceStorage.js'
import { forgetOwner, ownedEntries } from './ownedEntries.js'
import { createPersister } from './persister.js'
import { createSeal, STORE_VERSION } from './sealedStore.js'

/** Is told that the storage failed. */
export type StorageErrorListener = (error: LamplightError<'storage/failed'>) => void

/** Says in the console that the storage failed. */
export const warnOfStorage: StorageErrorListener = ({ message }) => console.warn(message)

/** How balances are kept. */
export interface BalanceStorageOptions {
  /** @default the browser's IndexedDB */
  readonly storage?: BalanceStorage | undefined
  /** What was written longer ago is dropped, in milliseconds; 0 keeps everything. @default 86_400_000, a day */
  readonly maxAgeMs?: number | undefined
  /** Told once when the storage fails or held something damaged; balances go on without it. @default console.warn */
  readonly onError?: StorageErrorListener | undefined
}
/** Whose balances are kept, and how. */
export interface PersistBalancesOptions extends BalanceStorageOptions {
  readonly owner: AddressInput
}
/** Balances that are being kept. */
export interface BalancePersistence {
  /** Resolves when what was stored is in the query cache, or turned out to be of no use; never rejects. */
  readonly restored: Promise<void>
  /** Keeps nothing more; what is stored stays. */
  stop(): void
  /** Empties this wallet's stores on every cluster, and the query cache of what is the wallet's and not shown. */
  clear(): Promise<void>
}

const DAY_MS = 86_400_000
const SAVE_AFTER_MS = 1000

/**
 * Keeps the balances of one wallet on the client's cluster in a storage, and first restores what is there: such values say
 * `source: 'restored'` and are `stale` until the chain has confirmed them, never replace what was heard already, and an
 * entry that is not as it was written is dropped. Writes at most once a second.
 * @throws LamplightError `input/invalid-address`, `input/invalid-value`
 * @example
 * const kept = persistBalances(client, { owner })
 * await kept.restored
 * // When the wallet disconnects:
 * await kept.clear()
 */
export function persistBalances(client: BalanceClient, options: PersistBalancesOptions): BalancePersistence {
  const { queryClient, cluster } = client
  const owner = address(options.owner, 'owner')
  const maxAge = durationOf('maxAgeMs', options.maxAgeMs, DAY_MS)
  const tell = told(options.onError ?? warnOfStorage)
  const storage = sparing(options.storage ?? indexedDbStorage(), tell)
  const seal = createSeal()
  let isStopped = false
  let cleared: Promise<void> | undefined
  const persister = createPersister({
    ...{ storage, seal, owner, cluster },
    hashOf: (queryKey) => queryClient.defaultQueryOptions({ queryKey }).queryHash as string,
    isFresh: (updatedAt) => Date.now() - updatedAt <= maxAge,
    isWanted: () => !isStopped,
    damaged(entries) {
      tell('read', `${entries} ${entries === 1 ? 'entry was' : 'entries were'} damaged and dropped`)
      void save()
    },
  })
  const line = createLine()
  const save = () => line(async () => void (cleared || (await saveOwned(client, owner, persister))))
  const changes = watchCluster(client, save)

  const restored = line(() =>
    persistQueryClientRestore({
      ...{ queryClient, persister, maxAge, buster: STORE_VERSION },
      hydrateOptions: { defaultOptions: { deserializeData: restoredOf } },
    }),
  )
  function stop() {
    if (isStopped) return
    isStopped = true
    changes.stop()
  }
  return {
    restored,
    stop,
    clear() {
      stop()
      forgetOwner(client, owner)
      cleared ??= line(async () => {
        const names = await storage.keys()
        await Promise.all(names.filter((name) => name.startsWith(seal.prefixOf(owner))).map(storage.remove))
      })
      return cleared
    },
  }
}

/** One after the other, in the order of asking: what is emptied last stays empty. */
function createLine() {
  let last: Promise<unknown> = Promise.resolve()
  return (task: () => Promise<void>): Promise<void> => {
    const done = last.then(task, task)
    last = done
    return done
  }
}

function saveOwned(
  client: BalanceClient,
  owner: Address,
  persister: ReturnType<typeof createPersister>,
): Promise<void> {
  const owned = ownedEntries(client, owner)
  return persistQueryClientSave({
    ...{ queryClient: client.queryClient, persister, buster: STORE_VERSION },
    dehydrateOptions: {
      shouldDehydrateQuery: (query) => owned.has(query),
      shouldDehydrateMutation: () => false,
      serializeData: (data) => data,
    },
  })
}

/** Calls `save` a second after the first change on the cluster that it has not seen; a last time when it is stopped. */
function watchCluster({ queryClient, cluster }: BalanceClient, save: () => Promise<void>): { stop(): void } {
  let cancel: (() => void) | undefined
  function flush() {
    cancel?.()
    cancel = undefined
    void save()
  }
  const [scope] = balanceKeys.all
  const leave = queryClient.getQueryCache().subscribe((event) => {
    const [first, second] = event.query.queryKey
    if (event.type !== 'updated' || event.action.type !== 'success' || first !== scope || second !== cluster) return
    cancel ??= systemClock.schedule(flush, SAVE_AFTER_MS)
  })
  return {
    stop() {
      leave()
      if (cancel) flush()
    },
  }
}

type Tell = (action: 'read' | 'write' | 'remove', why: string, cause?: unknown) => void

function told(onError: StorageErrorListener): Tell {
  let isTold = false
  return (action, why, cause) => {
    if (isTold) return
    isTold = true
    notify(onError, laterError('storage/failed', { action, why }, { cause }))
  }
}

/** A storage that never fails: what it cannot do is told, and balances go on without it. */
function sparing(storage: BalanceStorage, tell: Tell): BalanceStorage {
  const attempt = async <T>(action: Parameters<Tell>[0], otherwise: T, task: () => Promise<T>): Promise<T> => {
    try {
      return await task()
    } catch (cause) {
      tell(action, messageOf(cause), cause)
      return otherwise
    }
  }
  return {
    get: (key) => attempt('read', undefined, () => storage.get(key)),
    set: (key, text) => attempt<unknown>('write', undefined, () => storage.set(key, text)),
    remove: (key) => attempt<unknown>('remove', undefined, () => storage.remove(key)),
    // Another script may have left keys of another kind.
    keys: () => attempt<readonly string[]>('remove', [], async () => [...(await storage.keys())].filter(isText)),
  }
}
