import { QueryObserver, type QueryObserverOptions } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import type { LamplightError } from '../../base/errors.js'
import type { Commitment } from '../../token/account.js'
import type { AccountRecord } from '../../token/balance.js'
import type { AccountClient } from './accountClient.js'
import { againAfter, delayOf } from './pollInterval.js'
import { isSettled, mintOptions, ownRecordsOf, type UsedMint, usedMintOf } from './targets.js'

/** How a mint is observed, checked and complete. */
export interface MintSettings {
  readonly commitment: Commitment
  /** How often to ask while it is not known, or is not live, in milliseconds; `Infinity` for never. */
  readonly pollMs: number
  readonly enabled: boolean
}

/** One observer of a mint, however many show its tokens. */
export type SharedMint = QueryObserver<AccountRecord, LamplightError, UsedMint>
/** Gives the observer that all who ask for the same share. */
export type SharedMints = (mint: Address, settings: MintSettings) => SharedMint

/** So many mints are remembered. */
const MAX_SHARED = 100

/** Makes the shared observers of a client, none at first. */
export function createSharedMints(client: () => AccountClient): SharedMints {
  const shared = new Map<string, SharedMint>()
  return (mint, settings) => {
    const key = JSON.stringify([mint, settings])
    const made =
      shared.get(key) ?? new QueryObserver(client().queryClient, mintObserverOptions(client(), mint, settings))
    // Who has one keeps it; it is only not shared any more.
    if (shared.size > MAX_SHARED) shared.clear()
    shared.set(key, made)
    return made
  }
}

/** What TanStack is asked for to have a mint until it is known, and on where somebody can change it. */
export function mintObserverOptions(
  client: AccountClient,
  mint: Address,
  { commitment, pollMs, enabled }: MintSettings,
): QueryObserverOptions<AccountRecord, LamplightError, UsedMint> {
  const again = againAfter(pollMs)
  const own = ownRecordsOf(mint)
  return {
    ...(mintOptions(client, mint, commitment) as object as { readonly queryKey: readonly unknown[] }),
    enabled,
    refetchInterval(query) {
      const { data } = query.state
      const isKnownLive = !data?.mint || isSettled(data) || client.isLive({ address: mint, commitment })
      return again(query) || (!isKnownLive && delayOf(client, pollMs))
    },
    select: (record) => usedMintOf(own(record)),
  }
}
