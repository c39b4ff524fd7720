import { QueryObserver } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import { shown } from '../../base/check.js'
import { type Clock, instantOf } from '../../base/clock.js'
import { isLamplightError, LamplightError } from '../../base/errors.js'
import { laterError } from '../../base/laterErrors.js'
import type { Commitment } from '../../token/account.js'
import { type AccountRecord, mintOf, solBalanceOf, tokenBalanceOf } from '../../token/balance.js'
import { chainMsOf } from '../../token/chainClock.js'
import { type AccountClient, accountOfTarget, cachedMint, type TargetInput } from './accountClient.js'
import type { Balance, BalanceOf } from './balanceResult.js'
import { accountOptions, clockOptions, isSettled, mintOptions, type Target, targetOf } from './targets.js'

/** How sure the cluster has to be. */
export interface BalanceReadOptions {
  /** @default the client's */
  readonly commitment?: Commitment | undefined
}
/** How old an answer may be. */
export interface FetchFreshOptions extends BalanceReadOptions {
  /** How long ago the chain may have confirmed the value at most, in milliseconds; 0 always asks. */
  readonly maxAgeMs: number
}

/** Balances of targets, read once. */
export interface BalanceReads {
  /**
   * A balance from the cache while it is fresh (live, or read within the last 3 s), else from the chain.
   * @throws LamplightError `input/invalid-address`, `account/*`, `rpc/*`
   */
  get<T extends TargetInput>(target: T, options?: BalanceReadOptions): Promise<BalanceOf<T>>
  /**
   * As `get`, for many at once: accounts and mints together are asked for in `ceil(n / 100)` requests, and once more where
   * a mint that was not known turns out to be of Token-2022. The map has the targets as they were given, each with its
   * balance or its own error: one bad address does not spoil the rest.
   */
  getMany<T extends TargetInput>(
    targets: readonly T[],
    options?: BalanceReadOptions,
  ): Promise<Map<T, BalanceOf<T> | LamplightError>>
  /**
   * A balance that the chain has confirmed within the last `maxAgeMs`: what is live now, what was read since
   * then, or else a new read, which joins a poll that is under way. Never a stored value, and never a lagging node's.
   * @throws LamplightError as `get`; `rpc/behind` when no node gives anything as new as what is known already
   */
  fetchFresh<T extends TargetInput>(target: T, options: FetchFreshOptions): Promise<BalanceOf<T>>
}

/** What reads need beside accounts. */
export interface BalanceReadsParts {
  readonly clock: Clock
  /** The host that serves now. */
  readonly endpoint: () => string
}

type Options = ReturnType<typeof accountOptions>
type Read = (options: Options) => Promise<AccountRecord>

/** A node that lags is asked this often, this far apart. */
const TRIES = 3
const TRY_AGAIN_MS = 400

/** Makes the reads of a client. */
export function createBalanceReads(client: AccountClient, parts: BalanceReadsParts): BalanceReads {
  const { queryClient } = client
  const { clock, endpoint } = parts
  const heldAt = ({ queryKey }: Options) => queryClient.getQueryData<AccountRecord>(queryKey)
  const wait = (ms: number) => new Promise<void>((resume) => clock.schedule(resume, ms))

  /** What the cache holds is what counts: an answer that is older than that was not taken. */
  async function fetched(options: Options): Promise<AccountRecord> {
    const answer = await queryClient.fetchQuery(options as Options & { queryKey: readonly unknown[] })
    return heldAt(options) ?? answer
  }
  async function read(options: Options): Promise<AccountRecord> {
    const record = await fetched(options)
    touch(client, options)
    return record
  }
  function readWithin(maxAgeMs: number): Read {
    const sinceMs = clock.now() - maxAgeMs
    return async (options) => {
      for (let tries = 0; ; tries++) {
        const held = heldAt(options)
        if (held && isConfirmed(client, options, held, Math.max(0, clock.now() - sinceMs))) return held
        if (tries === TRIES) throw laterError('rpc/behind', { endpoint: endpoint(), minSlot: held?.slot ?? 0 })
        if (tries > 0) await wait(TRY_AGAIN_MS)
        await fetched({ ...options, staleTime: () => -Infinity })
      }
    }
  }
  const one = async (target: TargetInput, options: BalanceReadOptions, how: Read, argument?: string) => {
    const wanted = targetOf(target, argument)
    return readTarget(client, wanted, options.commitment ?? client.commitment, how, clock).catch(rethrown)
  }

  return {
    get: (target, options = {}) => one(target, options, read) as Promise<never>,
    async getMany(targets, options = {}) {
      const answers = await Promise.allSettled(targets.map((each, i) => one(each, options, read, `targets[${i}]`)))
      return new Map(
        targets.map((target, i) => {
          const answer = answers[i] as PromiseSettledResult<Balance>
          return [target, answer.status === 'fulfilled' ? answer.value : answer.reason] as never
        }),
      )
    },
    fetchFresh: async (target, options) => one(target, options, readWithin(ageOf(options.maxAgeMs))) as Promise<never>,
  }
}

/** Reads a target's account, and beside it the mint; both come in one answer unless the mint turns out to be of Token-2022. */
async function readTarget(
  client: AccountClient,
  target: Target,
  commitment: Commitment,
  read: Read,
  clock: Clock,
): Promise<Balance> {
  const at = (address: Address) => read(accountOptions(client, address, commitment))
  const { owner, mint } = target
  if (!mint) return solBalanceOf(await at(owner))
  const guess = accountOfTarget(client, target, cachedMint(client, mint, commitment))
  const guessed = at(guess)
  // Of no interest where it is another account than this, or where there is no such mint.
  guessed.catch(() => {})
  const known = mintOf(await read(mintOptions(client, mint, commitment)))
  const time = known.display ? await read(clockOptions(client, commitment)) : undefined
  const place = accountOfTarget(client, target, known)
  const record = await (place === guess ? guessed : at(place))
  return tokenBalanceOf(owner, known, record, chainMsOf(time, instantOf(clock)) / 1000)
}

/** What nobody can change needs no confirmation; what was stored or lags behind has none. */
function isConfirmed(client: AccountClient, { queryKey }: Options, held: AccountRecord, maxAgeMs: number): boolean {
  const { source, lagging } = held
  if (source === 'restored' || lagging) return false
  const isLive = client.isLive({ address: queryKey[4], commitment: queryKey[2] })
  return isLive || isSettled(held) || client.ageMs(held) <= maxAgeMs
}

/** Marks an entry as used: TanStack's clock of an unobserved entry, and the order in which entries leave, start anew. */
function touch(client: AccountClient, options: Options): void {
  new QueryObserver(client.queryClient, { ...options, enabled: false } as never).subscribe(() => {})()
}

function ageOf(maxAgeMs: unknown): number {
  if (typeof maxAgeMs === 'number' && maxAgeMs >= 0) return maxAgeMs
  const expected = 'milliseconds, 0 or more'
  throw new LamplightError('input/invalid-value', { argument: 'maxAgeMs', input: shown(maxAgeMs), expected })
}

/** TanStack's own errors as one of this library's. */
function rethrown(reason: unknown): never {
  if (isLamplightError(reason)) throw reason
  const why = reason instanceof Error ? reason.message || reason.name : shown(reason)
  throw laterError('rpc/dropped-request', { why }, { cause: reason })
}
