import type { AddressInput } from '../../base/address.js'
import type { AccountClient, TargetInput } from './accountClient.js'
import { type BalanceReads, type BalanceReadsParts, createBalanceReads } from './balanceReads.js'
import { type BalancesObserver, createBalancesObserver, type ObserveOptions } from './balancesObserver.js'
import { type ClockTick, createClockTick } from './chainTime.js'
import { type BalanceFilter, invalidate } from './filters.js'
import { type FollowListener, type FollowOptions, followBalance } from './follow.js'

/** What is made of accounts on demand: balances of targets, read and observed. */
export interface LoadedBalances extends BalanceReads {
  preload(owner: AddressInput): Promise<void>
  invalidate(tag?: BalanceFilter): Promise<void>
  follow(target: TargetInput, onChange: FollowListener<TargetInput>, options: FollowOptions): () => void
  /** Observes many targets at once; a wrong interval is the error of each. */
  observe(targets: readonly TargetInput[], options: ObserveOptions, clockTick: ClockTick): BalancesObserver
}

/** Puts it together. */
export function loadBalances(client: AccountClient, parts: BalanceReadsParts): LoadedBalances {
  const clockTick = createClockTick(parts.clock)
  return {
    ...createBalanceReads(client, parts),
    preload: async (owner) => (await import('./preloadWallet.js')).preloadWallet(client, owner),
    invalidate: (tag) => invalidate(client, tag),
    follow: (target, onChange, options) => followBalance(client, target, onChange, options, clockTick),
    observe: (targets, options, clockTick) => createBalancesObserver(client, targets, options, clockTick),
  }
}
