import { notifyManager } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import { notify } from '../../base/emitter.js'
import { isLamplightError } from '../../base/errors.js'
import type { Commitment } from '../../token/account.js'
import type { AccountClient, TargetInput } from './accountClient.js'
import type { AccountObserver } from './accountObserver.js'
import type { BalanceResult } from './balanceResult.js'
import type { ClockTick } from './chainTime.js'
import { createChainTimes } from './chainTimes.js'
import { isAuto, type PollInterval, pollMsOf } from './pollInterval.js'
import {
  createFailedObserver,
  createMintObserver,
  createTargetObserver,
  type ObserverSettings,
  type TargetObserver,
} from './targetObserver.js'
import { targetOf, type UsedMint } from './targets.js'

/** Many balances as a page shows them. */
export interface BalancesObserver {
  /** One result for each target, in their order; the same array for as long as nothing has changed. */
  readonly results: readonly BalanceResult[]
  /** Reads, follows and polls while somebody listens; a listener is called once for all that changed together. */
  subscribe(listener: () => void): () => void
}

/** How balances are observed. */
export interface ObserveOptions {
  /** @default the client's */
  readonly commitment?: Commitment | undefined
  /** How often to ask while not live. @default 'auto', 5 s */
  readonly pollInterval?: PollInterval | undefined
  /** Whether to be told of changes over the socket. @default true */
  readonly stream?: boolean | undefined
  /** @default true */
  readonly enabled?: boolean | undefined
}

/** Makes an observer; nothing is asked for before somebody listens. A wrong target is an error in its own place. */
export function createBalancesObserver(
  client: AccountClient,
  inputs: readonly TargetInput[],
  options: ObserveOptions,
  clockTick: ClockTick,
): BalancesObserver {
  const listeners = new Set<{ readonly call: () => void }>()
  const mints = new Map<Address, AccountObserver<UsedMint>>()
  let isDue = false
  let isFreshnessDue = false
  let stops: readonly (() => void)[] = []

  function mintAt(mint: Address) {
    const made = mints.get(mint) ?? createMintObserver(client, settingsOf(client, options), mint)
    mints.set(mint, made)
    return made
  }
  const chainTimes = createChainTimes(client, options.commitment ?? client.commitment, clockTick, mark)
  const targets = inputs.map((input, i) =>
    observerOf(client, () =>
      createTargetObserver(
        { client, settings: settingsOf(client, options), mintAt, chainTimes },
        targetOf(input, `targets[${i}]`),
      ),
    ),
  )
  let results = targets.map(({ result }) => result)

  function mark() {
    if (isDue) return
    isDue = true
    notifyManager.schedule(flush)
  }
  function markFreshness() {
    isFreshnessDue = true
    mark()
  }
  function flush() {
    if (listeners.size > 0 && refresh()) for (const { call } of [...listeners]) notify(call)
    isDue = false
  }
  /** Whether something has changed. What this itself sets off is part of it, and no reason to look again. */
  function refresh(): boolean {
    const wasFreshnessDue = isFreshnessDue
    isFreshnessDue = false
    if (wasFreshnessDue) for (const mint of mints.values()) mint.judge()
    const changed = targets.filter((target) => target.refresh(wasFreshnessDue))
    chainTimes.want(targets.map(({ display }) => display))
    if (changed.length > 0) results = targets.map(({ result }) => result)
    return changed.length > 0
  }
  return {
    get results() {
      return results
    },
    subscribe(listener) {
      const entry = { call: listener }
      listeners.add(entry)
      if (listeners.size === 1) {
        stops = [client.onFreshness(markFreshness), ...targets.map((target) => target.start(mark))]
        markFreshness()
      }
      return () => {
        if (!listeners.delete(entry) || listeners.size > 0) return
        for (const stop of stops) stop()
        chainTimes.want([])
      }
    },
  }
}

/** @throws LamplightError `input/invalid-value` */
function settingsOf(client: AccountClient, options: ObserveOptions): ObserverSettings {
  const { commitment = client.commitment, stream = true, enabled = true, pollInterval } = options
  return { commitment, stream, enabled, pollMs: pollMsOf(pollInterval), isAuto: isAuto(pollInterval) }
}

function observerOf(client: AccountClient, make: () => TargetObserver): TargetObserver {
  try {
    return make()
  } catch (error) {
    if (!isLamplightError(error)) throw error
    return createFailedObserver(client, error)
  }
}
