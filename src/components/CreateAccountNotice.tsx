'use client'

import { type ComponentProps, type FocusEvent, useContext, useId, useState } from 'react'
import type { AddressInput } from '../base/address.js'
import type { ResolveToken } from '../client/balances/tokenOptions.js'
import { OwnerContext } from '../react/balanceContext.js'
import { useAccountRent } from '../react/useAccountRent.js'
import type { ActionResult } from '../react/useAction.js'
import { useCreateTokenAccount } from '../react/useCreateTokenAccount.js'
import type { PriorityParameters } from '../react/useSolTransferFee.js'
import { formatAmount } from '../token/amount.js'
import { ActionButtons } from './ActionButtons.js'
import { ActionOutcome } from './ActionOutcome.js'
import { useAsset } from './useAsset.js'
import { useFormText } from './useFormText.js'

/** What `<CreateAccountNotice>` takes: any attribute of a `<section>` beside these. */
export interface CreateAccountNoticeProps extends Omit<ComponentProps<'section'>, 'children'>, PriorityParameters {
  /** The token that the connected wallet may lack an account for. */
  readonly mint: AddressInput
  /** What that token is called. @default by its own mint, by `resolveToken`, or its address */
  readonly symbol?: string | undefined
  /** Names a token that does not name itself; keep the function stable. @default nobody */
  readonly resolveToken?: ResolveToken | undefined
}

/**
 * Says that the connected wallet has no account for a token, what making one costs, and makes it. Nothing where there is
 * one, or while that is not known; what was just made stays until the focus has left it. `data-state` is the phase.
 * @example
 * <CreateAccountNotice mint="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v" symbol="USDC" />
 */
export function CreateAccountNotice(props: CreateAccountNoticeProps) {
  const { mint, symbol, resolveToken, computeUnitLimit, computeUnitPrice, ...section } = props
  const { messages, numbers, attributes } = useFormText()
  const owner = useContext(OwnerContext)
  const asset = useAsset(mint, { symbol, resolveToken })
  const action = useCreateTokenAccount({ computeUnitLimit, computeUnitPrice })
  const title = useId()
  const { isShown, focus } = useShown(asset.balance?.exists === false, action)
  const rent = useAccountRent(asset.balance)
  if (!isShown || owner === null) return null
  const isDone = action.isPending || action.isSuccess
  return (
    <section
      data-lamp="create-account"
      data-state={action.phase}
      aria-labelledby={title}
      {...attributes}
      {...section}
      {...focus}
    >
      <p id={title}>{messages.form.noAccount(asset.name)}</p>
      <p data-part="note">
        {rent !== null && messages.form.accountCost(`${formatAmount(rent, 9, { locale: numbers })} SOL`)}
      </p>
      <ActionButtons action={action} isIdle={isDone} onStart={() => action.mutate({ mint })}>
        {messages.form.makeOwnAccount}
      </ActionButtons>
      <ActionOutcome {...{ action, owner }} asset={null} />
    </section>
  )
}

/** What goes away under somebody's fingers would take the focus along, and what it says. */
function useShown(isMissing: boolean, { isPending, isSuccess }: Pick<ActionResult<never>, 'isPending' | 'isSuccess'>) {
  const [isFocused, setFocused] = useState(false)
  return {
    isShown: isMissing || isPending || (isFocused && isSuccess),
    focus: {
      onFocus: () => setFocused(true),
      onBlur: ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) => {
        if (!currentTarget.contains(relatedTarget)) setFocused(false)
      },
    },
  }
}
