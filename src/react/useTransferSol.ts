'use client'

import { type TransferSolInput, transferSol } from '../transactions/transfers.js'
import { type ActionResult, type UseActionParameters, useAction } from './useAction.js'

/**
 * Sends SOL of the connected wallet. As `transferSol`, with the phase to show.
 * @throws LamplightError `react/no-provider`
 * @example
 * const { mutate, phase, error } = useTransferSol()
 * return <button onClick={() => mutate({ to: owner, lamports: '0.1' })}>{phase === 'failed' ? error?.message : phase}</button>
 */
export const useTransferSol = (
  parameters: UseActionParameters<TransferSolInput> = {},
): ActionResult<TransferSolInput> => useAction('useTransferSol', transferSol, parameters)
