import { notify } from '../../base/emitter.js'
import type { Commitment } from '../../token/account.js'
import type { AccountClient, TargetInput } from './accountClient.js'
import type { BalanceOf, BalanceResult } from './balanceResult.js'
import { createBalancesObserver } from './balancesObserver.js'
import type { ClockTick } from './chainTime.js'
import type { PollInterval } from './pollInterval.js'

/** How a balance is followed. */
export interface FollowOptions {
  /** @default the client's */
  readonly commitment?: Commitment | undefined
  /** How often to ask while not live; nothing is asked for while live. @default 'auto', 5 s */
  readonly pollInterval?: PollInterval | undefined
  /** Whether to be told of changes over the socket. @default true */
  readonly stream?: boolean | undefined
}

/** Told of a balance; see `BalanceClient.follow`. */
export type FollowListener<T extends TargetInput> = (result: BalanceResult<BalanceOf<T>>) => void

/** Follows one target and tells what there is now, and again each time that changes, until the returned function is called. */
export function followBalance<T extends TargetInput>(
  client: AccountClient,
  target: T,
  onChange: FollowListener<T>,
  options: FollowOptions,
  clockTick: ClockTick,
): () => void {
  const observer = createBalancesObserver(client, [target], options, clockTick)
  const tell = () => notify(onChange, observer.results[0] as BalanceResult<BalanceOf<T>>)
  const stop = observer.subscribe(tell)
  tell()
  return stop
}
