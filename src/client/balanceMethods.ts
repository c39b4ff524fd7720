import type { AddressInput } from '../base/address.js'
import { createLazy, type Lazy, whenLoaded } from '../base/emitter.js'
import { balanceKeys } from '../cache/queries.js'
import type { AccountClient, TargetInput } from './balances/accountClient.js'
import type { BalanceReads, BalanceReadsParts } from './balances/balanceReads.js'
import type { BalanceFilter } from './balances/filters.js'
import type { FollowListener, FollowOptions } from './balances/follow.js'
import type { LoadedBalances } from './balances/loadedBalances.js'
import { pollMsOf } from './balances/pollInterval.js'
import { targetOf } from './balances/targets.js'

/** Balances of targets, as a page without React uses them. */
export interface BalanceMethods extends BalanceReads {
  /**
   * Keeps a balance coming, by socket and by polling where there is none, until the returned function is called. `onChange`
   * gets what a hook gives, `data`, `error`, `status` and `freshness` among it: first a moment from now, then each time
   * something it has read is different. The connection is open for as long as something is followed. (TanStack Query polls
   * in pages only: on a server there is the socket alone.)
   * @throws LamplightError `input/invalid-address`, `input/invalid-value`
   */
  follow<T extends TargetInput>(target: T, onChange?: FollowListener<T>, options?: FollowOptions): () => void
  /**
   * Reads a wallet ahead: its SOL, all its token accounts (one request for each program) and their mints, so that whatever
   * shows them paints at once. A read that fails is no error: what shows it tells.
   * @throws LamplightError `input/invalid-address`
   */
  preload(owner: AddressInput): Promise<void>
  /**
   * Marks cached values as stale and reads those again, in one batch, that something shows: all of the client's, or those
   * that fit every part of a tag.
   * @throws LamplightError `input/invalid-address`
   */
  invalidate(tag?: BalanceFilter): Promise<void>
  /** Forgets everything of this client's cluster; what something shows is read anew. */
  clear(): void
  /** @internal The code behind these methods. */
  readonly balances: Lazy<LoadedBalances>
}

/** Makes the methods; the code of each is loaded when one of them is first called. */
export function createBalanceMethods(
  client: () => AccountClient & { open(): () => void },
  parts: BalanceReadsParts,
): BalanceMethods {
  const balances = createLazy('the reads', async () =>
    (await import('./balances/loadedBalances.js')).loadBalances(client(), parts),
  )
  const later =
    (name: keyof BalanceReads | 'preload' | 'invalidate') =>
    async (...args: readonly unknown[]) =>
      ((await balances.load())[name] as (...args: readonly unknown[]) => unknown)(...args)
  return {
    get: later('get'),
    getMany: later('getMany'),
    fetchFresh: later('fetchFresh'),
    preload: later('preload'),
    invalidate: later('invalidate'),
    follow(target, onChange = () => {}, options = {}) {
      targetOf(target)
      pollMsOf(options.pollInterval)
      const close = client().open()
      const stop = whenLoaded(balances.load(), ({ follow }) => follow(target, onChange as never, options))
      return () => {
        stop()
        close()
      }
    },
    clear() {
      const { queryClient, cluster } = client()
      const queryKey = balanceKeys.cluster(cluster)
      queryClient.removeQueries({ queryKey, type: 'inactive' })
      void queryClient.resetQueries({ queryKey })
    },
    balances,
  } as BalanceMethods
}
