'use client'

import { type BurnTokenInput, burnToken } from '../transactions/tokenAccounts.js'
import { type ActionResult, type UseActionParameters, useAction } from './useAction.js'

/**
 * Burns tokens of the connected wallet, with a memo where one is given. As `burnToken`, with the phase to show.
 * @throws LamplightError `react/no-provider`
 * @example
 * const { mutate, phase } = useBurnToken()
 * return <button onClick={() => mutate({ mint, amount: 10n, memo: 'vote: yes' })}>{phase}</button>
 */
export const useBurnToken = (parameters: UseActionParameters<BurnTokenInput> = {}): ActionResult<BurnTokenInput> =>
  useAction('useBurnToken', burnToken, parameters)
