'use client'

import { type CloseTokenAccountInput, closeTokenAccount } from '../transactions/tokenAccounts.js'
import { type ActionResult, type UseActionParameters, useAction } from './useAction.js'

/**
 * Closes an empty token account of the connected wallet; its rent comes back. As `closeTokenAccount`, with the phase to show.
 * @throws LamplightError `react/no-provider`
 * @example
 * const { mutate, phase } = useCloseTokenAccount()
 * return <button onClick={() => mutate({ account: owner })}>{phase}</button>
 */
export const useCloseTokenAccount = (
  parameters: UseActionParameters<CloseTokenAccountInput> = {},
): ActionResult<CloseTokenAccountInput> => useAction('useCloseTokenAccount', closeTokenAccount, parameters)
