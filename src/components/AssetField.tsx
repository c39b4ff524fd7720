'use client'

import type { ResolveToken } from '../client/balances/tokenOptions.js'
import { useTokenInfo } from '../react/useTokenInfo.js'
import { useWalletTokens } from '../react/useWalletTokens.js'
import type { TokenBalance } from '../token/balance.js'
import { FormField } from './FormField.js'
import { tokenLabelOf } from './tokenLabel.js'
import type { Asset } from './useAsset.js'
import { useFormText } from './useFormText.js'

/** What there is to send. */
export interface AssetFieldProps {
  readonly asset: Asset
  readonly resolveToken: ResolveToken | undefined
  readonly fault: string | undefined
  readonly isBusy: boolean
  /** Told of a mint; empty for SOL. */
  readonly onChoose: (mint: string) => void
}

/** Chooses SOL or a token of the connected wallet. */
export function AssetField({ asset, resolveToken, fault, isBusy, onChoose }: AssetFieldProps) {
  const { messages } = useFormText()
  const { data: balances = [] } = useWalletTokens()
  const chosen = asset.mint === null ? '' : String(asset.mint)
  // Of which nothing is left it stays until another is chosen.
  const isGone = chosen !== '' && !balances.some(({ mint }) => mint === chosen)
  return (
    <FormField label={messages.form.asset} fault={fault}>
      {(control) => (
        <select {...control} value={chosen} disabled={isBusy} onChange={({ target }) => onChoose(target.value)}>
          <option value="">SOL</option>
          {isGone && <option value={chosen}>{asset.name}</option>}
          {balances.map((balance) => (
            <AssetOption key={balance.mint} {...{ balance, resolveToken }} />
          ))}
        </select>
      )}
    </FormField>
  )
}

function AssetOption({ balance, resolveToken }: Pick<AssetFieldProps, 'resolveToken'> & { balance: TokenBalance }) {
  const info = useTokenInfo(balance, resolveToken)
  return <option value={balance.mint}>{tokenLabelOf(balance.mint, info)}</option>
}
