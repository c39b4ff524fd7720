'use client'

import { type Address, type AddressInput, address } from '../base/address.js'
import { cleanSymbol } from '../base/cleanName.js'
import type { ResolveToken } from '../client/balances/tokenOptions.js'
import type { Maybe } from '../react/parameters.js'
import { useSolBalance } from '../react/useSolBalance.js'
import { type PriorityParameters, useSolTransferFee } from '../react/useSolTransferFee.js'
import { useTokenBalance } from '../react/useTokenBalance.js'
import { useTokenInfo } from '../react/useTokenInfo.js'
import type { SolBalance, TokenBalance } from '../token/balance.js'
import { tokenLabelOf } from './tokenLabel.js'

/** What a form moves: SOL or one token of the connected wallet. */
export interface Asset {
  /** `null` for SOL. */
  readonly mint: AddressInput | null
  readonly name: string
  /** `null` while it is not known. */
  readonly decimals: number | null
  /** What can be spent now, in base units, the network's fee left aside; `null` while it is not known. */
  readonly spendable: bigint | null
  /** What base units show as: more or less where a token has interest. */
  readonly shownOf: (units: bigint) => bigint
  /** Whether the wallet has an account to take from. */
  readonly exists: boolean
  /** The token's balance; `null` for SOL, and while it is not known. */
  readonly balance: TokenBalance | null
}

/** How a token is called where its own mint does not say, and what is paid for priority. */
export interface AssetOptions extends PriorityParameters {
  readonly symbol?: string | undefined
  readonly resolveToken?: ResolveToken | undefined
}

/** What the connected wallet has of a mint; `null` for SOL. */
export function useAsset(mint: Maybe<AddressInput>, { symbol, resolveToken, ...priority }: AssetOptions): Asset {
  const sol = useSolBalance(mint ? { owner: null } : {})
  const { data: balance = null } = useTokenBalance({ mint })
  const info = useTokenInfo(balance, resolveToken)
  const fee = useSolTransferFee(mint ? NOTHING : priority)
  if (!mint) return solAsset(sol.data, fee)
  return {
    mint,
    name: balance ? tokenLabelOf(balance.mint, info, symbol) : cleanSymbol(symbol) || '…',
    decimals: balance?.decimals ?? null,
    spendable: balance && positive(balance.spendable + leaving(balance.pending)),
    shownOf: (units) => (balance && balance.amount > 0n ? (units * balance.uiAmount) / balance.amount : units),
    exists: balance?.exists ?? false,
    balance,
  }
}

const NOTHING: PriorityParameters = {}

/** The most that can be sent is what is there without the fee: nothing is left then, and so no rent is missing. */
const solAsset = (sol: SolBalance | undefined, fee: bigint | null): Asset => ({
  mint: null,
  name: 'SOL',
  decimals: 9,
  spendable: sol && fee !== null ? positive(sol.lamports + leaving(sol.pending) - fee) : null,
  shownOf: (units) => units,
  exists: sol?.exists ?? false,
  balance: null,
})

const positive = (units: bigint) => (units > 0n ? units : 0n)
/** What is on its way here cannot be spent yet. */
const leaving = (pending: bigint) => (pending < 0n ? pending : 0n)

/** An address out of a list of one's own. */
export const chosenAddress = (value: string): Address | null => (value === '' ? null : address(value, 'mint'))
