import type { Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'
import type { AccountRecord, BalanceReason } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import type { BalanceClient } from './balanceClient.js'
import { balanceKeys } from './queries.js'

/** Whose balance of what: a mint's tokens, or SOL when no mint is named. */
export interface Target {
  readonly owner: Address
  readonly mint?: Address
}

/** How long a value counts as fresh while no stream vouches for it, in milliseconds. */
const STALE_MS = 3000

/** What the query cache needs to read one account. Fresh for as long as the stream vouches for it. */
export function accountOptions(client: BalanceClient, address: Address, commitment: Commitment) {
  const wish = { address, commitment }
  return {
    queryKey: balanceKeys.account(client.cluster, commitment, address),
    queryFn: (): Promise<AccountRecord> => client.readAccount(wish),
    staleTime: () => (client.isLive(wish) ? Infinity : STALE_MS),
  }
}

/** What the query cache needs to read one mint; its program and decimals never change. */
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

/** Keeps a target's account live; moves to the right account when the mint turns out to be a Token-2022 one. */
export function followTarget(client: BalanceClient, target: Target, commitment: Commitment): () => void {
  const { mint } = target
  const known = mint && cachedMint(client, mint, commitment)
  const guess = accountOfTarget(client, target, known)
  let stop = client.follow({ address: guess, commitment })
  let isWanted = true
  if (mint && !known)
    client.queryClient.fetchQuery(mintOptions(client, mint, commitment)).then(
      (read) => {
        const address = accountOfTarget(client, target, read)
        if (!isWanted || address === guess) return
        stop()
        stop = client.follow({ address, commitment })
      },
      // Whoever shows the balance reads the same mint and shows its error; there is nothing to move to.
      () => {},
    )
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

/** Follows targets and tells each change the cache accepts, whatever path it came by, until the returned function is called. */
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
  const stop = client.changes.on(({ address, commitment: level, previous, next, reason }) => {
    const hit = level === commitment ? byAccount.get(address) : undefined
    if (!hit) return
    const { target, program } = hit
    const known = target.mint && cachedMint(client, target.mint, commitment)
    // The account of the program that the mint turned out not to belong to.
    if (known && known.program !== program) return
    const [before, after] = [previous ? amountIn(previous, target) : null, amountIn(next, target)]
    if (before === after) return
    onChange({ target, previous: before, next: after, delta: after - (before ?? 0n), slot: next.slot, reason })
  })
  const undo = targets.map((target) => followTarget(client, target, commitment))
  return () => {
    stop()
    for (const each of undo) each()
  }
}

const amountIn = ({ token, lamports }: AccountRecord, { owner, mint }: Target): bigint =>
  mint === undefined ? lamports : token?.owner === owner && token.mint === mint ? token.amount : 0n

/** A mint that was read before. */
export const cachedMint = (client: BalanceClient, mint: Address, commitment: Commitment): Mint | undefined =>
  client.queryClient.getQueryData<Mint>(balanceKeys.mint(client.cluster, commitment, mint))
