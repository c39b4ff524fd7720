'use client'

import { useMemo } from 'react'
import type { AddressInput } from '../base/address.js'
import { withFreshness } from '../client/balances/balanceResult.js'
import { isAuto, pollMsOf } from '../client/balances/pollInterval.js'
import { type SolBalance, solBalanceOf } from '../token/balance.js'
import { useBalanceClient } from './balanceContext.js'
import { check, type Maybe, type ReadParameters, type ReadResult, useOwner, valueIn } from './parameters.js'
import { useAccount, useFollow } from './useAccount.js'

/** What `useSolBalance` takes. */
export interface UseSolBalanceParameters<S = SolBalance> extends ReadParameters<SolBalance, S> {
  /** `null` disables. @default the connected wallet */
  readonly owner?: Maybe<AddressInput>
}
/** What `useSolBalance` gives. */
export type UseSolBalanceReturnType<S = SolBalance> = ReadResult<S>

/**
 * The SOL of one owner, live. An owner without an account has `exists: false`; a failed refresh keeps the last `data`
 * and sets `error`. Errors are `LamplightError`s.
 * @example
 * const { data, freshness } = useSolBalance()
 * return <p>{data ? `${data.text} SOL (${freshness})` : '…'}</p>
 */
export function useSolBalance<S = SolBalance>(parameters: UseSolBalanceParameters<S> = {}): UseSolBalanceReturnType<S> {
  const client = useBalanceClient('useSolBalance')
  const owner = useOwner(parameters.owner)
  const { enabled = true, stream = true, commitment = client.commitment } = parameters
  const { pollInterval } = parameters
  const input = useMemo(
    () =>
      check(() => {
        const pollMs = pollMsOf(pollInterval)
        const address = valueIn(owner)
        return address && { address, commitment, pollMs, auto: isAuto(pollInterval) ? address : undefined }
      }),
    [owner, commitment, pollInterval],
  )
  useFollow(client, enabled && input.type === 'ready' ? input.value.address : null, commitment, stream)
  return withFreshness(...useAccount<SolBalance, S>({ client, input, select: solBalanceOf, parameters }))
}
