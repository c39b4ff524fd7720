'use client'

import { unwrapSol } from '../transactions/tokenAccounts.js'
import { type Act, type ActionResult, type UseActionParameters, useAction } from './useAction.js'

/**
 * Unwraps all wrapped SOL of the connected wallet. As `unwrapSol`, with the phase to show.
 * @throws LamplightError `react/no-provider`
 * @example
 * const { mutate, phase } = useUnwrapSol()
 * return <button onClick={() => mutate()}>{phase}</button>
 */
export const useUnwrapSol = (parameters: UseActionParameters<void> = {}): ActionResult<void> =>
  useAction('useUnwrapSol', unwrap, parameters)

const unwrap: Act<void> = (client, signer, _, options) => unwrapSol(client, signer, options)
