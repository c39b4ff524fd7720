import {
  notifyManager,
  QueryObserver,
  type QueryObserverOptions,
  type QueryObserverResult,
  type QueryState,
} from '@tanstack/query-core'
import { type Address, type AddressInput, address, type TokenProgram } from '../../base/address.js'
import { isLamplightError, type LamplightError } from '../../base/errors.js'
import { balanceKeys } from '../../cache/queries.js'
import { requestsOfWallet, TOKEN_PROGRAMS, type WalletRecord } from '../../cache/walletRecord.js'
import type { Commitment } from '../../token/account.js'
import type { TokenBalance } from '../../token/balance.js'
import type { Freshness } from '../accounts/connectionStatus.js'
import type { AccountClient } from './accountClient.js'
import { idleQuery, worstOf } from './balanceResult.js'
import type { ClockTick } from './chainTime.js'
import { delayOf, isAuto, type PollInterval, pollMsOf } from './pollInterval.js'
import { createWalletBalances } from './walletBalances.js'

/** What of a wallet is shown, and how it is kept. */
export interface WalletSettings {
  readonly owner: Address
  readonly commitment: Commitment
  /** @default every mint */
  readonly mints?: readonly AddressInput[] | undefined
  /** @default false */
  readonly includeZero?: boolean | undefined
  /** @default true */
  readonly stream?: boolean | undefined
  /** @default true */
  readonly enabled?: boolean | undefined
  /** @default 'auto' */
  readonly pollInterval?: PollInterval | undefined
  /** TanStack Query's own options for the list. */
  readonly query: object
}

/** What was left out is as its default says. @throws LamplightError `input/invalid-address`, `input/invalid-value` */
function completed(settings: WalletSettings) {
  const { pollInterval, stream = true, includeZero = false, enabled = true } = settings
  const mints = settings.mints?.map((mint, i) => address(mint, `mints[${i}]`)) ?? null
  const polling = { pollMs: pollMsOf(pollInterval), isAuto: isAuto(pollInterval) }
  return { ...settings, ...polling, stream, includeZero, enabled, mints }
}

/** TanStack Query's result for every token of a wallet. */
export type WalletResult = QueryObserverResult<readonly TokenBalance[], LamplightError> & {
  /** How far the list can be trusted: that it is whole, and all that it shows. */
  readonly freshness: Freshness
  /** The programs whose tokens could not all be read. */
  readonly incomplete: readonly TokenProgram[]
}

/** How long a list counts as fresh while it is not live, in milliseconds. */
const STALE_MS = 3000

/** Gives the result, its data as selected. What is read of it decides when there is another. */
export type GiveResult = <S = readonly TokenBalance[]>(
  select?: ((balances: readonly TokenBalance[]) => S) | undefined,
) => UseResult<S>
type UseResult<S> = QueryObserverResult<S, LamplightError> & Pick<WalletResult, 'freshness' | 'incomplete'>
type Tell = (give: GiveResult) => void

/**
 * Reads, follows and polls every token of a wallet until the returned function is called. `tell` gets what gives the
 * result, and again when something that somebody has read of the last one has changed.
 */
export function observeWallet(
  client: AccountClient,
  settings: WalletSettings,
  clockTick: ClockTick,
  tell: Tell,
): () => void {
  try {
    return observe(client, completed(settings), clockTick, tell)
  } catch (error) {
    if (!isLamplightError(error)) throw error
    const failed = new QueryObserver(client.queryClient, idleQuery(client, error) as never)
    return failed.subscribe((result) => tell(() => ({ ...result, freshness: 'stale', incomplete: [] }) as never))
  }
}

function observe(
  client: AccountClient,
  settings: ReturnType<typeof completed>,
  clockTick: ClockTick,
  tell: Tell,
): () => void {
  const { owner, commitment, pollMs, stream } = settings
  const requests = requestsOfWallet({ address: owner, commitment })
  const used = new Set<keyof WalletResult>()
  let told: WalletResult | undefined
  let latest: WalletResult | undefined
  let shownFreshness: Freshness | undefined
  let listedAt = 0
  let isDue = false
  let isOver = false
  /** An account left the cache by itself: until the next list there may be more than what is shown. */
  let isLosing = false
  let isListing = false
  const balances = createWalletBalances(client, settings, clockTick, () => later(), lost)

  const isLive = () => requests.every(client.isLive)
  const list = new QueryObserver<WalletRecord, LamplightError>(client.queryClient, options())
  function options(): QueryObserverOptions<WalletRecord, LamplightError> {
    return {
      queryKey: balanceKeys.wallet(client.cluster, commitment, owner),
      queryFn: async () => (await import('./readWallet.js')).readWallet(client, owner, commitment),
      staleTime({ state }) {
        // What was stored was never confirmed.
        if (Object.values(state.data?.listings ?? {}).some(({ verifiedAt }) => verifiedAt === 0)) return 0
        return isLive() && incompleteOf(state).length === 0 ? Infinity : STALE_MS
      },
      enabled: settings.enabled,
      refetchInterval({ state }) {
        if (isLive() && incompleteOf(state).length === 0) return false
        return delayOf(client, pollMs, settings.isAuto ? owner : undefined)
      },
      ...settings.query,
    }
  }

  function incompleteOf({ data, status }: Pick<QueryState<WalletRecord>, 'data' | 'status'>): readonly TokenProgram[] {
    return TOKEN_PROGRAMS.filter((program) => {
      const isListed = data?.listings[program] && !data.failures[program] && !data.listings[program].undecoded
      return status === 'error' || (data && !isListed) || balances.failing.includes(program)
    })
  }
  function freshnessNow(wallet: WalletRecord | undefined, isFailing: boolean): Freshness {
    const lists = requests.map((request): Freshness => {
      if (client.isLive(request)) return 'live'
      const { [request.tokens as TokenProgram]: listing } = wallet?.listings ?? {}
      const isKnown = !isFailing && !wallet?.failures[request.tokens as TokenProgram]
      return client.freshnessOf(isKnown ? listing : undefined, pollMs)
    })
    return worstOf([...lists, ...(isLosing ? (['stale'] as const) : []), ...balances.freshness(pollMs)])
  }

  function resultNow(): WalletResult {
    const listed = list.getCurrentResult()
    // One program's list alone is no wallet, however soon it came.
    const isAnswered = TOKEN_PROGRAMS.every((each) => listed.data?.listings[each] || listed.data?.failures[each])
    const shown = isAnswered ? balances.now() : undefined
    const isFailing = listed.isError || listed.failureCount > 0
    const more = { freshness: freshnessNow(listed.data, isFailing), incomplete: incompleteOf(listed), data: shown }
    // The list is there, and the mints that make balances of it are on their way.
    const isWaiting = listed.isSuccess && !shown
    const pending = { status: 'pending', isSuccess: false, isPending: true, isLoading: true, isInitialLoading: true }
    return { ...listed, ...(isWaiting && pending), ...more } as WalletResult
  }
  function look() {
    isDue = false
    if (isOver) return
    balances.followSingly()
    const next = resultNow()
    if (next.freshness !== shownFreshness) {
      shownFreshness = next.freshness
      // Has the interval asked for anew.
      list.setOptions(options())
    }
    if (latest && same(latest.incomplete, next.incomplete)) Object.assign(next, { incomplete: latest.incomplete })
    latest = next
    if (told && used.size > 0 && ![...used].some((key) => told?.[key] !== next[key])) return
    told = next
    tell((select) => tracked(next, select) as never)
  }
  /** Notes what is read, as TanStack does: a component renders again only for what it has read. */
  function tracked(result: WalletResult, select: ((data: readonly TokenBalance[]) => unknown) | undefined): object {
    const selected = result.data && select ? select(result.data) : result.data
    const out = {}
    for (const key of Object.keys(result) as (keyof WalletResult)[])
      Object.defineProperty(out, key, {
        enumerable: true,
        configurable: true,
        get() {
          used.add(key)
          return key === 'data' ? selected : latest?.[key]
        },
      })
    return out
  }
  function lost() {
    isLosing = true
    later()
    if (isListing) return
    isListing = true
    notifyManager.schedule(() => {
      isListing = false
      if (isOver || !settings.enabled) return
      void list.refetch().then(({ isSuccess }) => {
        isLosing &&= isListing || !isSuccess
        later()
      })
    })
  }
  /** Once for all that changed together. */
  function later() {
    if (isDue) return
    isDue = true
    notifyManager.schedule(look)
  }

  const stops = [
    balances.stop,
    ...(stream && settings.enabled ? requests.map(client.followAccount) : []),
    client.onFreshness(later),
    list.subscribe(({ dataUpdatedAt }) => {
      if (dataUpdatedAt !== listedAt) {
        balances.refresh()
        isLosing &&= isListing
      }
      listedAt = dataUpdatedAt
      later()
    }),
  ]
  later()
  return () => {
    isOver = true
    for (const stop of stops) stop()
  }
}

const same = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((each, i) => each === b[i])
