'use client'

import { useContext } from 'react'
import type { Address } from '../base/address.js'
import { OwnerContext } from '../react/balanceContext.js'
import { type Checked, useAddress } from '../react/parameters.js'
import { useAccountRent } from '../react/useAccountRent.js'
import { useRecipientAccount } from '../react/useRecipientAccount.js'
import { useTokenBalance } from '../react/useTokenBalance.js'
import { formatAmount } from '../token/amount.js'
import { ConsentField } from './ConsentField.js'
import { FormField } from './FormField.js'
import {
  type KnownRecipient,
  type RecipientHistory,
  recipientHistoryOf,
  recipientNoteOf,
} from './forms/recipientNote.js'
import type { Asset } from './useAsset.js'
import { useFormText } from './useFormText.js'
import { useRecentRecipients } from './useRecentRecipients.js'
import { useWalletState } from './useWalletState.js'

/** Who gets it, as far as was typed. */
export interface Recipient {
  readonly text: string
  /** Who gets it: of a token account that was typed its owner. */
  readonly address: Checked<Address>
  /** What is known of them; `null` while nothing is. */
  readonly known: KnownRecipient | null
  /** What the wallet had to do with them; `null` where that is not kept. */
  readonly history: RecipientHistory | null
  /** To be told that something arrived at an address. */
  readonly remember: (address: Address) => void
  /** Whether it was said that a recipient that only a program acts for is meant. */
  readonly isMeant: boolean
  readonly mean: (isMeant: boolean) => void
  /** What making the account costs that they lack, in lamports; `null` where they lack none, or that is not known. */
  readonly rent: bigint | null
  /** Whether the sender makes what is lacking. */
  readonly isMaking: boolean
  readonly type: (text: string) => void
  readonly make: (isMaking: boolean) => void
}

/** Who gets it, and whether they have an account for it. `isKept`: whether the browser keeps who was sent to. */
export function useRecipient({ mint }: Asset, isKept: boolean): Recipient {
  const [text, type] = useWalletState<string>('')
  const [isMaking, make] = useWalletState<boolean>(true)
  const trimmed = text.trim()
  const [meant, setMeant] = useWalletState<string>('')
  const typed = useAddress(trimmed === '' ? null : trimmed, 'to')
  const account = useRecipientAccount(typed)
  const resolved = account?.kind === 'token-account' ? account.tokenOwner : null
  const owner = useAddress(resolved, 'to')
  const ofOwner = useRecipientAccount(owner)
  const address = resolved ? owner : typed
  const inCharge = resolved ? ofOwner : account
  const self = useContext(OwnerContext)
  const known = inCharge && { kind: inCharge.kind, isOwn: inCharge.address === self, resolved }
  const { recent, remember } = useRecentRecipients(isKept, trimmed)
  const history =
    recent && typed.type === 'ready'
      ? recipientHistoryOf(typed.value, address.type === 'ready' ? address.value : typed.value, recent)
      : null
  const { data } = useTokenBalance({ mint, owner: address.type === 'ready' ? address.value : null, stream: false })
  const rent = useAccountRent(data?.exists === false ? data : null)
  // What was said of one address says nothing of the next.
  const isMeant = meant !== '' && meant === trimmed
  const mean = (isTicked: boolean) => setMeant(isTicked ? trimmed : '')
  return { text, address, known, history, remember, rent, isMaking, isMeant, type, make, mean }
}

/** What the field of the recipient takes. */
export interface RecipientFieldProps {
  readonly recipient: Recipient
  readonly fault: string | undefined
  readonly isBusy: boolean
  /** What is wrong with the tick for a recipient that only a program acts for. */
  readonly consentFault: string | undefined
  readonly onEdited: (field: 'to' | 'consent') => void
}

/** Where the recipient is typed; what it costs when they have no account for the token is told, and asked. */
export function RecipientField({ recipient, fault, consentFault, isBusy, onEdited }: RecipientFieldProps) {
  const { messages, numbers } = useFormText()
  const { text, known, history, rent, isMaking, isMeant, type, make, mean } = recipient
  const edit = (change: () => void) => {
    change()
    onEdited('to')
  }
  return (
    <>
      <FormField label={messages.form.to} note={<RecipientNote {...{ known, history }} />} fault={fault}>
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
      {known?.kind === 'program' && (
        <ConsentField
          label={messages.form.recipient.consent}
          note={messages.form.recipient.program}
          fault={consentFault ?? ''}
          isTicked={isMeant}
          isBusy={isBusy}
          onTick={(ticked) => {
            mean(ticked)
            onEdited('consent')
          }}
        />
      )}
      {rent !== null && (
        <ConsentField
          label={messages.form.makeAccount}
          note={messages.form.missingAccount(`${formatAmount(rent, 9, { locale: numbers })} SOL`)}
          isTicked={isMaking}
          isBusy={isBusy}
          onTick={(ticked) => edit(() => make(ticked))}
        />
      )}
    </>
  )
}

/** An address that only looks like one that was sent to is warned of at once, whatever else is known. */
function RecipientNote({ known, history }: Pick<Recipient, 'known' | 'history'>) {
  const { messages, day } = useFormText()
  return (
    <>
      {recipientNoteOf(known, history, messages, day)}
      {history?.lookalike && (
        <strong data-part="warning" role="alert">
          {messages.form.recipient.lookalike(history.lookalike)}
        </strong>
      )}
    </>
  )
}
