'use client'

import { type Checked, useAddress } from '../react/parameters.js'
import { useAccountRent } from '../react/useAccountRent.js'
import { useTokenBalance } from '../react/useTokenBalance.js'
import type { Address } from '../token/address.js'
import { formatAmount } from '../token/amount.js'
import { ConsentField } from './ConsentField.js'
import { FormField } from './FormField.js'
import type { Asset } from './useAsset.js'
import { useFormText } from './useFormText.js'
import { useWalletState } from './useWalletState.js'

/** Who gets it, as far as was typed. */
export interface Recipient {
  readonly text: string
  readonly address: Checked<Address>
  /** What making the account costs that they lack, in lamports; `null` where they lack none, or that is not known. */
  readonly rent: bigint | null
  /** Whether the sender makes what is lacking. */
  readonly isMaking: boolean
  readonly type: (text: string) => void
  readonly make: (isMaking: boolean) => void
}

/** Who gets it, and whether they have an account for it. */
export function useRecipient({ mint }: Asset): Recipient {
  const [text, type] = useWalletState<string>('')
  const [isMaking, make] = useWalletState<boolean>(true)
  const trimmed = text.trim()
  const address = useAddress(trimmed === '' ? null : trimmed, 'to')
  const { data } = useTokenBalance({ mint, owner: address.type === 'ready' ? address.value : null, stream: false })
  const rent = useAccountRent(data?.exists === false ? data : null)
  return { text, address, rent, isMaking, type, make }
}

/** What the field of the recipient takes. */
export interface RecipientFieldProps {
  readonly recipient: Recipient
  readonly fault: string | undefined
  readonly isBusy: boolean
  readonly onEdited: () => void
}

/** Where the recipient is typed; what it costs when they have no account for the token is told, and asked. */
export function RecipientField({ recipient, fault, isBusy, onEdited }: RecipientFieldProps) {
  const { words, numbers } = useFormText()
  const { text, rent, isMaking, type, make } = recipient
  const edit = (change: () => void) => {
    change()
    onEdited()
  }
  return (
    <>
      <FormField label={words.form.to} fault={fault}>
        {(control) => (
          <input
            {...control}
            type="text"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            value={text}
            readOnly={isBusy}
            onChange={({ target }) => edit(() => type(target.value))}
          />
        )}
      </FormField>
      {rent !== null && (
        <ConsentField
          label={words.form.makeAccount}
          note={words.form.missingAccount(`${formatAmount(rent, 9, { locale: numbers })} SOL`)}
          isTicked={isMaking}
          isBusy={isBusy}
          onTick={(ticked) => edit(() => make(ticked))}
        />
      )}
    </>
  )
}
