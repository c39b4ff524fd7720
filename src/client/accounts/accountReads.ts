import type { QueryClient } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import type { LamplightError } from '../../base/errors.js'
import { entryOf } from '../../cache/queries.js'
import type { Commitment, ReadOptions, SubscriptionRequest } from '../../token/account.js'
import { type AccountRecord, mintOf } from '../../token/balance.js'
import type { Mint } from '../../token/mint.js'
import type { LazyReading } from '../reads/lazyReading.js'
import type { Polling } from '../reads/polling.js'
import type { Reading } from '../reads/reading.js'
import type { ConnectionRef } from './connectionRef.js'
import type { Status } from './connectionStatus.js'
import type { FreshnessTracker } from './freshnessTracker.js'

/** Reads for the query cache. */
export interface Reads {
  /**
   * Reads one account; joins whatever else is asked at the same time. With `minSlot` it is read now, and as of that slot
   * or later.
   */
  readAccount(request: SubscriptionRequest, options?: Pick<ReadOptions, 'minSlot'>): Promise<AccountRecord>
  /** Asks by way of the nodes' one door; joins first with acknowledgements that are on their way. */
  ask<T extends { readonly slot: number }>(question: (reading: Reading) => Promise<T>): Promise<T>
  /** Resolves when no acknowledgement is expected soon: a read that waits for it can be spared. */
  settled(): Promise<void>
  /** Reads one mint. @throws LamplightError `account/no-mint`, `account/not-mint` */
  readMint(mint: Address, commitment: Commitment): Promise<Mint>
}

/** What reads are joined to. */
export interface ReadsParts {
  readonly reading: LazyReading
  readonly connectionRef: ConnectionRef
  readonly status: Status
  readonly freshnessTracker: FreshnessTracker
  readonly polling: Polling
  readonly queryClient: QueryClient
  readonly cluster: string
  /** How long a read waits for acknowledgements, in milliseconds. */
  readonly batchDelayMs: number
  /** Answers every read with this instead of asking. */
  readonly failure: LamplightError | undefined
}

/** Makes the pull path's one door to the nodes: what is read tells the status and the pace of polling how it went. */
export function createReads(parts: ReadsParts): Reads {
  const { reading, connectionRef, status, freshnessTracker, polling, queryClient, cluster, batchDelayMs, failure } =
    parts

  const newestSeen = () => connectionRef.connection?.stream.slot ?? 0

  const ask: Reads['ask'] = async (question) => {
    if (failure) throw failure
    try {
      const loaded = await reading.load()
      loaded.bound.start()
      const answer = await question(loaded)
      status.readOk(Math.max(0, newestSeen() - answer.slot))
      polling.succeeded()
      return answer
    } catch (error) {
      status.failed(error as LamplightError)
      polling.failed(error as LamplightError)
      throw error
    }
  }

  const settled = () => connectionRef.settled(batchDelayMs)

  async function readAccount(
    request: SubscriptionRequest,
    options?: Pick<ReadOptions, 'minSlot'>,
  ): Promise<AccountRecord> {
    const wasLive = freshnessTracker.isLive(request)
    if (!options) await settled()
    // Read after its acknowledgement while this read was waiting: nothing could be newer.
    const held =
      !options && !wasLive && freshnessTracker.isLive(request) && entryOf({ queryClient, cluster }, request)?.state.data
    if (held) return held
    const seen = newestSeen()
    const { account, record } = await ask((loaded) => loaded.read(request, seen, options))
    connectionRef.connection?.announceRead?.(account, request.commitment)
    // The same answer may have closed the gap before a subscription: a value that is live is so from its first frame on.
    connectionRef.connection?.flush()
    return record
  }

  return {
    ask,
    settled,
    readAccount,
    readMint: async (mint, commitment) => mintOf(await readAccount({ address: mint, commitment })),
  }
}
