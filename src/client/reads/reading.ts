import type { QueryClient } from '@tanstack/query-core'
import { type Clock, instantOf } from '../../base/clock.js'
import { type Bound, type BoundParts, createBound } from '../../cache/bound.js'
import type { ChainResetGuard } from '../../cache/chainReset.js'
import { writeListing } from '../../cache/listing.js'
import { entryOf } from '../../cache/queries.js'
import type { WalletRecord } from '../../cache/walletRecord.js'
import { type AccountReader, createAccountReader } from '../../rpc/accountReader.js'
import { type CheckedLimits, createBudget } from '../../rpc/budget.js'
import { createEndpointPool, type EndpointPool, type EndpointPoolOptions } from '../../rpc/endpointPool.js'
import type { AccountAt, ReadOptions, SubscriptionRequest } from '../../token/account.js'
import type { AccountRecord } from '../../token/balance.js'
import { recordOf } from '../../token/record.js'
import type { ChainHead } from '../../token/slots.js'
import { listOf } from './gapReader.js'
import { repoll } from './repoll.js'

/** The reading side put together: every node, one budget, one reader. */
export interface Reading {
  readonly pool: EndpointPool
  readonly reader: AccountReader
  /**
   * Reads one account. What is known to lag does so until it has caught up with `seen`, the newest slot that the socket
   * had told of when it was asked for.
   */
  read(request: SubscriptionRequest, seen: number, options?: Pick<ReadOptions, 'minSlot'>): Promise<ReadAccount>
  /** Lists the token accounts of a request, and writes what was found to the accounts' own entries in the cache. */
  list(request: SubscriptionRequest): Promise<{ readonly slot: number; readonly wallet: WalletRecord }>
  readonly repoll: typeof repoll
  /** Keeps the cache small, from the first read on. */
  readonly bound: Bound
}

/** An account as the node said it, and as the cache keeps it. */
export interface ReadAccount {
  readonly slot: number
  readonly account: AccountAt
  readonly record: AccountRecord
}

/** What the reading side is made of. */
export interface ReadingOptions
  extends Pick<EndpointPoolOptions, 'endpoints' | 'fetch' | 'random' | 'onRefused' | 'deadlineMs'> {
  readonly clock: Clock
  readonly budget: CheckedLimits
  readonly queryClient: QueryClient
  readonly cluster: string
  /** How far the chain is, by all who speak of it. */
  readonly head: ChainHead
  /** Told of every slot that was read. */
  readonly guard: ChainResetGuard
  readonly bounds: Pick<BoundParts, 'max' | 'followed'>
}

/** Puts it together; nothing is sent before something is asked for. */
export function createReading({
  budget,
  queryClient,
  cluster,
  bounds,
  head,
  guard,
  ...options
}: ReadingOptions): Reading {
  const { clock } = options
  const pool = createEndpointPool({ ...options, budget: createBudget({ ...budget, clock }) })
  const reader = createAccountReader({
    rpc: pool,
    clock,
    accepts(slot, endpoint) {
      const isPlausible = head.accepts(slot, endpoint, true)
      if (isPlausible) guard.saw(slot)
      return isPlausible
    },
  })
  return {
    pool,
    reader,
    bound: createBound({ queryClient, cluster, clock, ...bounds }),
    repoll,
    async read(request, seen, readOptions) {
      const { address, commitment } = request
      const [account] = (await reader.read([address], { commitment, ...readOptions })) as [AccountAt]
      const { slot } = account
      const lags = () => slot < seen && entryOf({ queryClient, cluster }, request)?.state.data?.lagging
      const lagging = account.lagging ?? lags() ?? false
      const record = recordOf(account, { commitment, source: 'fetch', reason: 'poll', at: instantOf(clock), lagging })
      return { slot, account, record }
    },
    async list(request) {
      const listing = await listOf({ reader, queryClient, cluster }, request)
      const origin = { commitment: request.commitment, source: 'fetch', reason: 'poll', at: instantOf(clock) } as const
      return { slot: listing.slot, wallet: writeListing({ queryClient, cluster }, listing, origin) }
    },
  }
}
