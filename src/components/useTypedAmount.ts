'use client'

import type { TypedAmount } from './forms/typedAmount.js'
import type { Asset } from './useAsset.js'
import { useWalletState } from './useWalletState.js'

/** An amount's field before anything is typed. */
export const NOTHING: TypedAmount = { text: '', exact: null }

/** What was typed for an asset of a wallet; of another one it is nothing: all of the one could be too much of the other. */
export const useTypedAmount = ({ mint }: Pick<Asset, 'mint'>): [TypedAmount, (amount: TypedAmount) => void] =>
  useWalletState(NOTHING, String(mint))
