'use client'

import { useEffect, useRef } from 'react'
import type { Address, AddressInput } from '../base/address.js'
import { cleanSymbol } from '../base/cleanName.js'
import { systemClock } from '../base/clock.js'
import { type UseBalanceStreamParameters, useBalanceStream } from '../react/useBalanceStream.js'
import { useSolBalance } from '../react/useSolBalance.js'
import { useTokenBalance } from '../react/useTokenBalance.js'
import type { BalanceMeta } from '../token/balance.js'
import { shortOf } from './AddressLabel.js'
import type { Toasts } from './useToasts.js'

interface Watched {
  readonly owner: Address
  readonly tell: Toasts['tell']
}

/** Tells what comes and goes of an owner's SOL; draws nothing. */
export function SolWatch({ owner, tell }: Watched) {
  const { data } = useSolBalance({ owner })
  useNews(owner, undefined, data, ({ pending }, delta) => {
    const foreign = withoutOwn(delta, pending)
    if (foreign !== 0n) tell({ id: 'SOL', symbol: 'SOL', delta: foreign, decimals: 9 })
  })
  return null
}

/** Tells what comes and goes of one of an owner's tokens; draws nothing. */
export function TokenWatch(props: Watched & { readonly mint: AddressInput; readonly symbol: string }) {
  const { owner, mint, symbol, tell } = props
  const { data } = useTokenBalance({ owner, mint })
  // Of nothing there is no telling how it is shown; the amount held before or after is something.
  const rate = useRef<readonly [shown: bigint, amount: bigint]>([1n, 1n])
  if (data && data.amount > 0n) rate.current = [data.uiAmount, data.amount]
  useNews(owner, mint, data, ({ pending, decimals, mint: of }, delta) => {
    const foreign = withoutOwn(delta, pending)
    const [shown, amount] = rate.current
    if (foreign !== 0n)
      tell({
        id: String(mint),
        symbol: cleanSymbol(symbol) || shortOf(of),
        delta: (foreign * shown) / amount,
        decimals,
      })
  })
  return null
}

/** What of a change the page had not announced itself: a change that was pending has been on screen already. */
function withoutOwn(delta: bigint, pending: bigint): bigint {
  if (pending === 0n || pending > 0n !== delta > 0n) return delta
  const [size, own] = delta > 0n ? [delta, pending] : [-delta, -pending]
  if (size <= own) return 0n
  return delta - pending
}

/** Calls `tell` for what the chain has changed since this began to watch, and not for what was merely found out late. */
function useNews<T extends BalanceMeta>(
  owner: Address,
  mint: AddressInput | undefined,
  data: T | undefined,
  tell: (data: T, delta: bigint) => void,
) {
  const began = useRef(Infinity)
  const latest = useRef(data)
  useEffect(() => {
    latest.current = data
  })
  useEffect(() => {
    began.current = systemClock.now()
  }, [])
  const onChange: UseBalanceStreamParameters['onChange'] = ({ previous, delta, reason }) => {
    const held = latest.current
    if (previous === null || !held || held.source === 'restored') return
    // Pushed is new; a read may only find what had changed before anybody looked.
    if (reason !== 'stream' && held.verifiedMs < began.current) return
    tell(held, delta)
  }
  useBalanceStream({ targets: [{ owner, ...(mint !== undefined && { mint }) }], onChange })
}
