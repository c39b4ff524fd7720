'use client'

import { useState } from 'react'
import type { TypedAmount } from '../forms/typedAmount.js'
import type { Asset } from './useAsset.js'

/** An amount's field before anything is typed. */
export const NOTHING: TypedAmount = { text: '', exact: null }

/** What was typed for an asset; of another one it is nothing: all of the one could be too much of the other. */
export function useTypedAmount({ mint }: Pick<Asset, 'mint'>): [TypedAmount, (amount: TypedAmount) => void] {
  const of = String(mint)
  const [held, hold] = useState({ of, amount: NOTHING })
  return [held.of === of ? held.amount : NOTHING, (amount) => hold({ of, amount })]
}
