import { type DehydratedState, hashKey, type QueryKey } from '@tanstack/query-core'
import type { Persister } from '@tanstack/query-persist-client-core'
import { isText, isTime, listOf, objectOf } from '../base/shape.js'
import { parsedOf, textOf } from '../cache/codec.js'
import { type Entry, isWholeEntry } from '../cache/entryShape.js'
import { balanceKeys } from '../cache/queries.js'
import type { BalanceStorage } from './balanceStorage.js'
import { type Seal, STORE_VERSION } from './sealedStore.js'

/** An entry of the query cache as it is kept: its value, and nothing of its errors. */
interface KeptEntry {
  readonly queryKey: QueryKey
  readonly data: Entry
  /** When it was written, in milliseconds since the epoch. */
  readonly updatedAt: number
}

const isKept = objectOf<KeptEntry>({ queryKey: listOf(isText), data: isWholeEntry, updatedAt: isTime })

/** What a persister is made of. */
export interface PersisterParts {
  readonly storage: BalanceStorage
  readonly seal: Seal
  readonly owner: string
  readonly cluster: string
  /** How the app's query client names an entry. */
  readonly hashOf: (queryKey: QueryKey) => string
  /** Whether what was written then, in milliseconds since the epoch, is of use. */
  readonly isFresh: (updatedAt: number) => boolean
  /** What is read after this turned false is not handed out. */
  readonly isWanted: () => boolean
  /** Told how many entries were not as they had been written; they are gone then. */
  readonly damaged: (entries: number) => void
}

/** TanStack's persister over one sealed store: the balances of one wallet on one cluster. */
export function createPersister(parts: PersisterParts): Persister {
  const { storage, seal, cluster, damaged } = parts
  const name = seal.nameOf(parts.owner, cluster)
  return {
    async persistClient({ timestamp, clientState }) {
      const entries = clientState.queries.map(({ queryKey, state }) => ({
        ...{ queryKey, data: state.data, updatedAt: state.dataUpdatedAt },
      }))
      const texts = entries.filter(isKept).map(textOf)
      await storage.set(name, seal.close(name, { at: timestamp, entries: texts }))
    },
    async restoreClient() {
      const text = await storage.get(name)
      if (typeof text !== 'string' || !parts.isWanted()) return undefined
      const { at, entries, dropped } = seal.open(name, text)
      // A seal proves no origin.
      const kept = entries.map(parsedOf).filter(isKept)
      const lost = dropped + entries.length - kept.length
      if (lost > 0) damaged(lost)
      const usable = kept.filter((entry) => isOf(cluster, entry) && parts.isFresh(entry.updatedAt))
      return { timestamp: at, buster: STORE_VERSION, clientState: stateOf(usable, parts.hashOf) }
    },
    async removeClient() {
      await storage.remove(name)
    },
  }
}

/** Whether a kept entry is of this cluster, and holds what its key says. */
function isOf(cluster: string, { queryKey, data }: KeptEntry): boolean {
  const [scope] = balanceKeys.all
  return hashKey(queryKey) === hashKey([scope, cluster, data.commitment, data.kind, data.address])
}

/** Marked as out of date: whoever shows a restored value asks for it. */
const stateOf = (kept: readonly KeptEntry[], hashOf: PersisterParts['hashOf']): DehydratedState => ({
  mutations: [],
  queries: kept.map(({ queryKey, data, updatedAt }) => ({
    queryKey,
    queryHash: hashOf(queryKey),
    dehydratedAt: updatedAt,
    state: {
      ...{ data, dataUpdateCount: 0, dataUpdatedAt: updatedAt, status: 'success', isInvalidated: true },
      ...{ error: null, errorUpdateCount: 0, errorUpdatedAt: 0, fetchStatus: 'idle' },
      ...{ fetchFailureCount: 0, fetchFailureReason: null, fetchMeta: null },
    },
  })),
})
