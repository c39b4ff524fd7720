'use client'

import { type WrapSolInput, wrapSol } from '../transactions/tokenAccounts.js'
import { type ActionResult, type UseActionParameters, useAction } from './useAction.js'

/**
 * Wraps SOL of the connected wallet. As `wrapSol`, with the phase to show.
 * @throws LamplightError `react/no-provider`
 * @example
 * const { mutate, phase } = useWrapSol()
 * return <button onClick={() => mutate({ lamports: '0.5' })}>{phase}</button>
 */
export const useWrapSol = (parameters: UseActionParameters<WrapSolInput> = {}): ActionResult<WrapSolInput> =>
  useAction('useWrapSol', wrapSol, parameters)
