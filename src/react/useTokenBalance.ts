'use client'

import { notifyManager, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { Address, AddressInput } from '../base/address.js'
import type { LamplightError } from '../base/errors.js'
import { entryOf } from '../cache/queries.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { withFreshness, worstOf } from '../client/balances/balanceResult.js'
import { isAuto, pollMsOf } from '../client/balances/pollInterval.js'
import type { SharedMint } from '../client/balances/sharedMint.js'
import { type AccountRecord, type TokenBalance, tokenBalanceOf } from '../token/balance.js'
import { useBalanceClient } from './balanceContext.js'
import {
  type Checked,
  check,
  type Maybe,
  type ReadParameters,
  type ReadResult,
  useAddress,
  useOwner,
  valueIn,
} from './parameters.js'
import { type PolledAccount, standStill, useAccount, useFollow, useFreshness } from './useAccount.js'
import { useChainTime } from './useChainTime.js'
import { useSnapshot } from './useSnapshot.js'
import { useWallet } from './useWallet.js'

/** What `useTokenBalance` takes. */
export interface UseTokenBalanceParameters<S = TokenBalance> extends ReadParameters<TokenBalance, S> {
  /** `null` disables. */
  readonly mint: Maybe<AddressInput>
  /** `null` disables. @default the connected wallet */
  readonly owner?: Maybe<AddressInput>
  /** Only the associated account, or all accounts of the mint that are the owner's, as one balance. @default 'associated' */
  readonly scope?: 'associated' | 'all' | undefined
}
/** What `useTokenBalance` gives. */
export type UseTokenBalanceReturnType<S = TokenBalance> = ReadResult<S>

/**
 * One owner's balance of one mint, live, for both token programs. No token account gives `exists: false`; a failed
 * refresh keeps the last `data` and sets `error`. Errors are `LamplightError`s.
 * @example
 * const { data, freshness } = useTokenBalance({ mint: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v' })
 * return <p>{data ? `${data.text} USDC (${freshness})` : '…'}</p>
 */
export function useTokenBalance<S = TokenBalance>(
  parameters: UseTokenBalanceParameters<S>,
): UseTokenBalanceReturnType<S> {
  const client = useBalanceClient('useTokenBalance')
  const owner = useOwner(parameters.owner)
  const associated = useAssociated(client, owner, parameters)
  const { scope, mint, query: { select, ...query } = {} } = parameters
  const isAll = scope === 'all' && mint
  const all = useWallet(client, isAll ? owner : NOBODY, {
    ...(isAll && { ...parameters, mints: [mint], includeZero: true }),
    query: {
      ...query,
      select: useCallback(([first]: readonly TokenBalance[]) => first && (select ? select(first) : first), [select]),
    },
  })
  if (!isAll || (associated.isError && !all)) return associated
  // A part of the accounts is no answer.
  if (!all) return { ...associated, ...PENDING } as UseTokenBalanceReturnType<S>
  // Of none at all the associated account says the same.
  return all.isSuccess && all.data === undefined ? associated : (all as UseTokenBalanceReturnType<S>)
}

const PENDING = { data: undefined, status: 'pending', isPending: true, isSuccess: false }
const NOBODY = { type: 'none' } as const

function useAssociated<S>(
  client: BalanceClient,
  owner: Checked<Address>,
  parameters: UseTokenBalanceParameters<S>,
): ReadResult<S> {
  const mint = useAddress(parameters.mint, 'mint')
  const { enabled = true, stream = true, commitment = client.commitment, pollInterval } = parameters
  const input = useMemo(
    () =>
      check((): MintTarget | null => {
        const pollMs = pollMsOf(pollInterval)
        const [ofOwner, ofMint] = [valueIn(owner), valueIn(mint)]
        if (!ofOwner || !ofMint) return null
        const shared = client.sharedMint(ofMint, { commitment, pollMs, enabled })
        const auto = isAuto(pollInterval) ? ofOwner : undefined
        return { owner: ofOwner, address: ofMint, commitment, pollMs, auto, shared }
      }),
    [client, owner, mint, commitment, pollInterval, enabled],
  )
  const target = input.type === 'ready' ? input.value : null
  const seen = useMint(client, target)
  const known = seen && 'program' in seen ? seen : undefined
  const account: Checked<PolledAccount> = useMemo(() => {
    if (!target) return input as Checked<never>
    const address = client.associatedAddress(target.owner, target.address, known?.program ?? 'token')
    return { type: 'ready', value: { ...target, address } }
  }, [client, input, target, known?.program])
  useFollow(client, enabled && account.type === 'ready' && account.value.address, commitment, stream)
  const watched = known && !known.isSettled ? target : null
  const ofMint = useFreshness(client, watched)
  useFollow(client, enabled && known?.changeable && target?.address, commitment, stream)
  const formatTime = useChainTime(client, commitment, (enabled && known) || null)
  const select = useCallback(
    (record: AccountRecord) => {
      const used = known ?? target?.shared.getCurrentResult().data
      return used && tokenBalanceOf(target?.owner as Address, used, record, formatTime.seconds)
    },
    [target, known, formatTime.seconds],
  )
  const [result, freshness] = useAccount<TokenBalance, S>({ client, input: account, select, parameters })
  // Until the mint is known its query is the one in charge: pending, failed, or wrong.
  const inCharge = known || !seen ? result : (seen as UseQueryResult<S, LamplightError>)
  return withFreshness(inCharge, () =>
    worstOf([freshness(), watched ? ofMint() : 'live', formatTime.isKnown ? 'live' : 'stale']),
  )
}

/** A mint, whose tokens are shown, and the observer that all who show tokens of it share. */
interface MintTarget extends PolledAccount {
  readonly owner: Address
  readonly shared: SharedMint
}

/**
 * A mint, or the result that is in charge until it is known. `undefined` while that makes no difference: before the account
 * was read there is nothing to render, unless the mint tells that it is another account.
 */
function useMint(client: BalanceClient, target: MintTarget | null) {
  const store = useMemo(() => {
    function look() {
      if (!target) return undefined
      const { owner, address: mint, commitment, shared } = target
      // Nothing tells an observer without listeners what happens to its query, which may have left the cache.
      if (!shared.hasListeners()) shared.setOptions(shared.options)
      const result = shared.getCurrentResult()
      const seen = result.data ?? result
      if (result.data ? result.data.program !== 'token' : result.isError) return seen
      const address = client.associatedAddress(owner, mint, 'token')
      return entryOf(client, { address, commitment })?.state.data && seen
    }
    function subscribe(changed: () => void) {
      return target ? target.shared.subscribe(notifyManager.batchCalls(changed)) : standStill()
    }
    return [subscribe, look] as const
  }, [client, target])
  return useSnapshot(...store)
}
