'use client'

import { useContext, useEffect, useMemo, useState } from 'react'
import type { Address } from '../base/address.js'
import { whenLoaded } from '../base/emitter.js'
import type { BalanceClient } from '../client/balanceClient.js'
import type { GiveResult, WalletSettings } from '../client/balances/walletObserver.js'
import type { TokenBalance } from '../token/balance.js'
import { ClockTickContext } from './clockTick.js'
import { type Checked, passedOptions } from './parameters.js'

/** What of a wallet is shown. Compared by value; of functions those of the first render stay, but for `select`. */
export interface UseWalletParameters<S> extends Omit<WalletSettings, 'owner' | 'commitment' | 'query'> {
  readonly commitment?: WalletSettings['commitment'] | undefined
  readonly query?: { readonly select?: ((balances: readonly TokenBalance[]) => S) | undefined } | undefined
}

/** Every token of a wallet; `undefined` while the code for it is loaded, and where there is no owner. */
export function useWallet<S>(client: BalanceClient, owner: Checked<Address>, parameters: UseWalletParameters<S>) {
  const clockTick = useContext(ClockTickContext)
  const { commitment = client.commitment, query: { select, ...query } = {} } = parameters
  const key = JSON.stringify(parameters)
  const of = useMemo(() => [client, owner, commitment], [client, owner, commitment])
  const [seen, setSeen] = useState<{ readonly of: unknown; readonly give: GiveResult }>()

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is everything else, compared by value.
  useEffect(() => {
    if (owner.type !== 'ready') return
    const settings = { ...parameters, query: passedOptions(query), commitment, owner: owner.value }
    return whenLoaded(import('../client/balances/walletObserver.js'), ({ observeWallet }) =>
      observeWallet(client, settings, clockTick, (give) => setSeen({ of, give })),
    )
  }, [of, key, clockTick])

  return useMemo(() => (seen?.of === of ? seen.give(select) : undefined), [seen, of, select])
}
