'use client'

import { type CreateTokenAccountInput, createTokenAccount } from '../transactions/tokenAccounts.js'
import { type ActionResult, type UseActionParameters, useAction } from './useAction.js'

/**
 * Makes an associated token account, paid by the connected wallet. As `createTokenAccount`, with the phase to show.
 * @throws LamplightError `react/no-provider`
 * @example
 * const { mutate, phase } = useCreateTokenAccount()
 * return <button onClick={() => mutate({ mint })}>{phase}</button>
 */
export const useCreateTokenAccount = (
  parameters: UseActionParameters<CreateTokenAccountInput> = {},
): ActionResult<CreateTokenAccountInput> => useAction('useCreateTokenAccount', createTokenAccount, parameters)
