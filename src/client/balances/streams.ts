import type { Address } from '../../base/address.js'
import { notify } from '../../base/emitter.js'
import { type AccountChange, onAccountChange } from '../../cache/changes.js'
import { entryOf } from '../../cache/queries.js'
import type { Commitment } from '../../token/account.js'
import type { AccountRecord, BalanceReason } from '../../token/balance.js'
import type { Mint } from '../../token/mint.js'
import { type AccountClient, cachedMint } from './accountClient.js'
import { followTarget } from './followTarget.js'
import { holdAccount } from './holdAccount.js'
import { mintOptions, type Target } from './targets.js'

/** One accepted change of a target's balance. */
export interface BalanceChange<T extends Target = Target> {
  readonly target: T
  /** Base units (SOL: lamports) before; `null` for a first value, which is told of only where `includeFirst` asks for it. */
  readonly previous: bigint | null
  readonly next: bigint
  /** Signed; 0n for a first value. */
  readonly delta: bigint
  readonly slot: number
  readonly reason: BalanceReason
}

/** What of a target is told beside its changes. */
export interface StreamOptions {
  /**
   * Whether the first value of a target is told as well, with `previous: null`: what the chain confirms when nothing was
   * known, or only a stored value. It is no change. @default false
   */
  readonly includeFirst?: boolean | undefined
}

/**
 * Follows targets and tells each change the cache accepts, whatever path it came by, until the returned function is called.
 * What is only found out is no change: not the first value, nor the first one after an app has cleared its query client.
 * @example
 * const stop = streamTargets(client, [{ owner }, { owner, mint }], 'confirmed', ({ target, delta, slot }) => {
 *   console.log(`${target.mint ?? 'SOL'}: ${delta} at slot ${slot}`)
 * })
 */
export function streamTargets<T extends Target>(
  client: AccountClient,
  targets: readonly T[],
  commitment: Commitment,
  onChange: (change: BalanceChange<T>) => void,
  { includeFirst = false }: StreamOptions = {},
): () => void {
  const byAccount = new Map<Address, { target: T; program: Mint['program'] | null }>()
  for (const target of targets)
    for (const program of target.mint ? (['token', 'token-2022'] as const) : [null])
      byAccount.set(
        program && target.mint ? client.associatedAddress(target.owner, target.mint, program) : target.owner,
        {
          target,
          program,
        },
      )
  const holds = new Map<Address, () => void>()
  let isStopped = false
  /** What was known has to stay, or the next change would be a first value. */
  function hold(address: Address) {
    if (!holds.has(address)) holds.set(address, holdAccount(client, address, commitment))
  }
  function take(change: AccountChange) {
    const { address, commitment: level, previous, next } = change
    const hit = level === commitment ? byAccount.get(address) : undefined
    if (!hit || isStopped) return
    hold(address)
    const { target, program } = hit
    const known = target.mint && cachedMint(client, target.mint, commitment)
    // Which of the two possible accounts counts is only known with the mint, which is on its way.
    if (target.mint && !known)
      return void client.queryClient.fetchQuery(mintOptions(client, target.mint, commitment)).then(
        ({ mint }) => void (mint && take(change)),
        () => {},
      )
    if (known && known.program !== program) return
    // What was stored was true once, and nobody knows when it changed.
    const isFirst = !previous || previous.source === 'restored'
    const [before, after] = [isFirst ? null : amountIn(previous, target), amountIn(next, target)]
    if (before === after || (isFirst && !includeFirst)) return
    notify(onChange, {
      target,
      previous: before,
      next: after,
      delta: before === null ? 0n : after - before,
      slot: next.slot,
      reason: next.reason,
    })
  }
  for (const address of byAccount.keys()) if (entryOf(client, { address, commitment })) hold(address)
  const stop = onAccountChange(client, take)
  const undo = targets.map((target) => followTarget(client, target, commitment))
  return () => {
    isStopped = true
    stop()
    for (const each of [...undo, ...holds.values()]) each()
  }
}

const amountIn = ({ token, lamports }: AccountRecord, { owner, mint }: Target): bigint =>
  mint === undefined ? lamports : token?.owner === owner && token.mint === mint ? token.amount : 0n
