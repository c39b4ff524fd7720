'use client'

import { useEffect, useMemo, useRef, useState } from 'react'
import { notify, whenLoaded } from '../base/emitter.js'
import type { LamplightError } from '../base/errors.js'
import type { ConnectionState } from '../client/accounts/connectionStatus.js'
import type { TargetInput } from '../client/balances/accountClient.js'
import type { BalanceChange } from '../client/balances/streams.js'
import { targetOf } from '../client/balances/targets.js'
import type { Commitment } from '../token/account.js'
import { useBalanceClient } from './balanceContext.js'
import { check, inputsOf, type Maybe, textOfTargets } from './parameters.js'
import { useConnectionStatus } from './useConnectionStatus.js'

/** What `useBalanceStream` takes. */
export interface UseBalanceStreamParameters {
  /** `null` disables. Compared by value. */
  readonly targets: Maybe<readonly TargetInput[]>
  /** @default the provider's */
  readonly commitment?: Commitment | undefined
  /** Called for every change the cache accepts, whatever path it came by. The first value of a target is no change. */
  readonly onChange?: ((change: BalanceChange) => void) | undefined
  /** Whether first values are told as well, with `previous: null` and a `delta` of 0n. @default false */
  readonly includeFirst?: boolean | undefined
}
/** What `useBalanceStream` gives. */
export interface UseBalanceStreamReturnType {
  readonly state: ConnectionState
  /** Targets listened to. */
  readonly subscribed: number
  /** The slot of the last change. */
  readonly lastSlot: number | null
  /** When the last change was seen, in milliseconds since the epoch. */
  readonly lastEventAt: number | null
  readonly error: LamplightError | null
}

const QUIET = { lastSlot: null, lastEventAt: null } as const

/**
 * Listens to balances: each accepted change with what was, what is, the difference, the slot and the reason. What is only
 * found out when listening begins is no change. The values land in the query cache as well, where `useTokenBalance` and `useSolBalance` show them.
 * @example
 * useBalanceStream({ targets: [{ owner }], onChange: ({ delta }) => toast(`${delta} lamports`) })
 */
export function useBalanceStream(parameters: UseBalanceStreamParameters): UseBalanceStreamReturnType {
  const client = useBalanceClient('useBalanceStream')
  const { commitment = client.commitment, onChange, includeFirst } = parameters
  const state = useConnectionStatus((status) => status.state)
  const lastError = useConnectionStatus((status) => status.lastError)
  const [last, setLast] = useState<{ lastSlot: number | null; lastEventAt: number | null }>(QUIET)
  const latest = useRef(onChange)
  useEffect(() => {
    latest.current = onChange
  })

  const key = parameters.targets ? textOfTargets(parameters.targets) : null
  const targets = useMemo(
    () => check(() => key && inputsOf(key).map((input, i) => targetOf(input, `targets[${i}]`))),
    [key],
  )
  const wanted = targets.type === 'ready' ? targets.value : null
  useEffect(() => {
    setLast(QUIET)
    if (!wanted) return
    const take = (change: BalanceChange) => {
      setLast({ lastSlot: change.slot, lastEventAt: Date.now() })
      notify(latest.current, change)
    }
    return whenLoaded(import('../client/balances/streams.js'), ({ streamTargets }) =>
      streamTargets(client, wanted, commitment, take, { includeFirst }),
    )
  }, [client, wanted, commitment, includeFirst])

  const error = targets.type === 'invalid' ? targets.error : lastError
  return { state, subscribed: wanted?.length ?? 0, ...last, error }
}
