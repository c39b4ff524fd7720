import { type AccountClient, cachedMint } from '../balances/accountClient.js'
import { mintOptions, type Target } from '../balances/targets.js'
import { notify } from '../base/emitter.js'
import { type AccountChange, onAccountChange } from '../cache/changes.js'
import type { Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'
import type { AccountRecord, BalanceReason } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import { followTarget } from './followTarget.js'

/** One accepted change of a target's balance. */
export interface BalanceChange<T extends Target = Target> {
  readonly target: T
  /** Base units (SOL: lamports) before; `null` when nothing was known. */
  readonly previous: bigint | null
  readonly next: bigint
  readonly delta: bigint
  readonly slot: number
  readonly reason: BalanceReason
}

/**
 * Follows targets and tells each change the cache accepts, whatever path it came by, until the returned function is called.
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
  let isStopped = false
  function take(change: AccountChange) {
    const { address, commitment: level, previous, next } = change
    const hit = level === commitment ? byAccount.get(address) : undefined
    if (!hit || isStopped) return
    const { target, program } = hit
    const known = target.mint && cachedMint(client, target.mint, commitment)
    // Which of the two possible accounts counts is only known with the mint, which is on its way.
    if (target.mint && !known)
      return void client.queryClient.fetchQuery(mintOptions(client, target.mint, commitment)).then(
        ({ mint }) => void (mint && take(change)),
        () => {},
      )
    if (known && known.program !== program) return
    const [before, after] = [previous ? amountIn(previous, target) : null, amountIn(next, target)]
    if (before === after) return
    notify(onChange, {
      target,
      previous: before,
      next: after,
      delta: after - (before ?? 0n),
      slot: next.slot,
      reason: next.reason,
    })
  }
  const stop = onAccountChange(client, take)
  const undo = targets.map((target) => followTarget(client, target, commitment))
  return () => {
    isStopped = true
    stop()
    for (const each of undo) each()
  }
}

const amountIn = ({ token, lamports }: AccountRecord, { owner, mint }: Target): bigint =>
  mint === undefined ? lamports : token?.owner === owner && token.mint === mint ? token.amount : 0n
