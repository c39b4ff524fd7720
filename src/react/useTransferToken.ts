'use client'

import { type TransferTokenInput, transferToken } from '../transactions/transfers.js'
import { type ActionResult, type UseActionParameters, useAction } from './useAction.js'

/**
 * Sends tokens of the connected wallet. As `transferToken`, with the phase, the quote and the signature to show.
 * @throws LamplightError `react/no-provider`
 * @example
 * const { mutate, phase, quote } = useTransferToken()
 * const send = () => mutate({ mint, to: owner, amount: '1.5', createRecipientAccount: true })
 * return <button onClick={send} disabled={phase === 'signing'}>{phase}{quote && `, fee ${quote.transferFee}`}</button>
 */
export const useTransferToken = (
  parameters: UseActionParameters<TransferTokenInput> = {},
): ActionResult<TransferTokenInput> => useAction('useTransferToken', transferToken, parameters)
