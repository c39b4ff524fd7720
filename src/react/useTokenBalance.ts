'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import { useCallback } from 'react'
import { withFreshness, worstOf } from '../balances/balanceResult.js'
import { againAfter, isAuto, pollMsOf } from '../balances/pollInterval.js'
import { accountOfTarget, isSettled, mintOptions, type UsedMint, usedMintOf } from '../balances/targets.js'
import type { LamplightError } from '../base/errors.js'
import type { BalanceClient } from '../sync/balanceClient.js'
import type { Commitment } from '../token/account.js'
import type { Address, AddressInput } from '../token/address.js'
import { type AccountRecord, type ShownMint, type TokenBalance, tokenBalanceOf } from '../token/balance.js'
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
import { type PolledAccount, useAccount, useFollow } from './useAccount.js'
import { useMoment } from './useMoment.js'
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
  const { enabled = true, stream = true, commitment = client.commitment } = parameters
  const input = check(() => {
    const pollMs = pollMsOf(parameters.pollInterval)
    const target = { owner: valueIn(owner), mint: valueIn(mint) }
    return target.owner && target.mint ? { owner: target.owner, mint: target.mint, pollMs } : null
  })
  const target = input.type === 'ready' ? input.value : null
  const auto = isAuto(parameters.pollInterval) ? target?.owner : undefined

  const mintResult = useMint({ client, input, commitment, auto, enabled })
  const known = mintResult.data
  const guess = target && accountOfTarget(client, target, known)
  useFollow(client, enabled && target && guess ? { ...target, account: guess } : null, commitment, stream)

  const account: Checked<PolledAccount> =
    target && known && guess
      ? { type: 'ready', value: { address: guess, commitment, pollMs: target.pollMs, auto } }
      : { type: 'none' }
  const moment = useMoment(client, commitment, (enabled && known?.display) || null)
  const ownerAddress = target?.owner
  const select = useCallback(
    (record: AccountRecord) => tokenBalanceOf(ownerAddress as never, known as ShownMint, record, moment.seconds),
    [ownerAddress, known, moment.seconds],
  )
  const result = useAccount<TokenBalance, S>({ client, input: account, select, parameters })
  // Until the mint is known its query is the one in charge: pending, failed, or wrong.
  if (!known) return withFreshness(mintResult as unknown as UseQueryResult<S, LamplightError>, result.freshness)
  const ofMint = known.isSettled ? 'live' : mintResult.freshness
  return withFreshness(result, worstOf([result.freshness, ofMint, moment.isKnown ? 'live' : 'stale']))
}

/** What `useMint` reads, and how. */
interface MintQuery {
  readonly client: BalanceClient
  readonly input: Checked<{ readonly mint: Address; readonly pollMs: number }>
  readonly commitment: Commitment
  readonly auto: Address | undefined
  readonly enabled: boolean
}

/** Reads a mint: once where nobody can change it, else like any account. Of its supply, which changes all the time, nothing shows. */
function useMint({ client, input, commitment, auto, enabled }: MintQuery): ReadResult<UsedMint> {
  const target = input.type === 'ready' ? input.value : null
  const options = target && mintOptions(client, target.mint, commitment)
  const held = options && client.queryClient.getQueryData<AccountRecord>(options.queryKey)
  const pollMs = isSettled(held) ? Infinity : (target?.pollMs ?? Infinity)
  const rules = options && { ...options, ...(held?.mint ? {} : { refetchInterval: againAfter(pollMs) }) }
  return useAccount<UsedMint, UsedMint>({
    client,
    input: target
      ? { type: 'ready', value: { address: target.mint, commitment, pollMs, auto } }
      : (input as Checked<never>),
    select: usedMintOf,
    parameters: { enabled, query: { ...rules } as object },
    isWatched: held?.mint ? !isSettled(held) : false,
  })
}
