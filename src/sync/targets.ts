import { accountOfKey, balanceKeys } from '../cache/queries.js'
import type { Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'
import { type AccountRecord, type BalanceReason, isRecord } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import type { BalanceClient } from './balanceClient.js'

/** Whose balance of what: a mint's tokens, or SOL when no mint is named. */
export interface Target {
  readonly owner: Address
  readonly mint?: Address
}

/** How long a value counts as fresh while no stream vouches for it, in milliseconds. */
const STALE_MS = 3000

/**
 * What the query cache needs to read one account. Fresh for as long as the stream vouches for it.
 * @example
 * const { lamports, slot } = await queryClient.fetchQuery(accountOptions(client, owner, 'confirmed'))
 */
export function accountOptions(client: BalanceClient, address: Address, commitment: Commitment) {
  const wish = { address, commitment }
  return {
    queryKey: balanceKeys.account(client.cluster, commitment, address),
    queryFn: (): Promise<AccountRecord> => client.readAccount(wish),
    staleTime: () => (client.isLive(wish) ? Infinity : STALE_MS),
  }
}

/**
 * What the query cache needs to read one mint; its program and decimals never change.
 * @example
 * const { decimals, program } = await queryClient.fetchQuery(mintOptions(client, mint, 'confirmed'))
 */
export function mintOptions(client: BalanceClient, mint: Address, commitment: Commitment) {
  return {
    queryKey: balanceKeys.mint(client.cluster, commitment, mint),
    queryFn: (): Promise<Mint> => client.readMint(mint, commitment),
    staleTime: Infinity,
    gcTime: Infinity,
  }
}

/**
 * The account that holds a target. A mint that was not read yet is taken for one of the classic program: that is right
 * for most, and lets mint and account be asked for in one request.
 */
export function accountOfTarget(client: BalanceClient, { owner, mint }: Target, known: Mint | undefined): Address {
  return mint ? client.associatedAddress(owner, mint, known?.program ?? 'token') : owner
}

/**
 * Keeps a target's account live; moves to the right account when the mint turns out to be a Token-2022 one. An unknown
 * mint and its account are asked for side by side, so that both come in one answer.
 * @example
 * const close = client.open()
 * const stop = followTarget(client, { owner, mint }, 'confirmed')
 * // When nobody looks any more:
 * stop()
 * close()
 */
export function followTarget(
  client: BalanceClient,
  target: Target,
  commitment: Commitment,
  { stream = true }: { readonly stream?: boolean } = {},
): () => void {
  const follow = (address: Address) => (stream ? client.follow({ address, commitment }) : () => {})
  const { mint } = target
  const known = mint && cachedMint(client, mint, commitment)
  const guess = accountOfTarget(client, target, known)
  let stop = follow(guess)
  let isWanted = true
  if (mint && !known) {
    void client.queryClient.prefetchQuery(accountOptions(client, guess, commitment))
    client.queryClient.fetchQuery(mintOptions(client, mint, commitment)).then(
      (read) => {
        const address = accountOfTarget(client, target, read)
        if (!isWanted || address === guess) return
        stop()
        stop = follow(address)
      },
      // Whoever shows the balance reads the same mint and shows its error; there is nothing to move to.
      () => {},
    )
  }
  return () => {
    isWanted = false
    stop()
  }
}

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
  client: BalanceClient,
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
        () => take(change),
        () => {},
      )
    if (known && known.program !== program) return
    const [before, after] = [previous ? amountIn(previous, target) : null, amountIn(next, target)]
    if (before === after) return
    onChange({
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

/** A mint that was read before. */
export const cachedMint = (client: BalanceClient, mint: Address, commitment: Commitment): Mint | undefined =>
  client.queryClient.getQueryData<Mint>(balanceKeys.mint(client.cluster, commitment, mint))

interface AccountChange {
  readonly address: Address
  readonly commitment: Commitment
  readonly previous: AccountRecord | undefined
  readonly next: AccountRecord
}

/** Tells what the cache accepts, by whatever path it came. */
function onAccountChange({ queryClient, cluster }: BalanceClient, tell: (change: AccountChange) => void): () => void {
  const cache = queryClient.getQueryCache()
  const seen = new Map<string, AccountRecord>()
  for (const query of cache.getAll()) if (isRecord(query.state.data)) seen.set(query.queryHash, query.state.data)
  return cache.subscribe((event) => {
    const { queryHash, queryKey, state } = event.query
    if (event.type === 'removed') seen.delete(queryHash)
    if (event.type !== 'updated' || event.action.type !== 'success' || !isRecord(state.data)) return
    const account = accountOfKey(queryKey, cluster)
    const previous = seen.get(queryHash)
    if (!account || previous === state.data) return
    seen.set(queryHash, state.data)
    tell({ ...account, previous, next: state.data })
  })
}
