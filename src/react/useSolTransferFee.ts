'use client'

import { useQuery } from '@tanstack/react-query'
import { useContext } from 'react'
import { balanceKeys } from '../cache/queries.js'
import { SIGNATURE_FEE } from '../transactions/answers.js'
import { solTransferFee } from '../transactions/transaction.js'
import { OwnerContext, useBalanceClient } from './balanceContext.js'
import type { UseActionParameters } from './useAction.js'

/** What is paid on top of a signature. */
export type PriorityParameters = Pick<UseActionParameters<never>, 'computeUnitLimit' | 'computeUnitPrice'>

/**
 * What the network takes from the connected wallet for sending SOL, in lamports. A node is asked only where something is
 * paid for priority; `null` while that is not known.
 */
export function useSolTransferFee({ computeUnitLimit, computeUnitPrice }: PriorityParameters): bigint | null {
  const client = useBalanceClient('useSolTransferFee')
  const owner = useContext(OwnerContext)
  const { data } = useQuery({
    queryKey: [...balanceKeys.cluster(client.cluster), 'fee', computeUnitLimit, String(computeUnitPrice)],
    queryFn: async () => {
      const fee = await solTransferFee(client, owner as NonNullable<typeof owner>, {
        computeUnitLimit,
        computeUnitPrice,
      })
      return Number(fee)
    },
    enabled: owner !== null && Boolean(computeUnitPrice),
    // What a unit costs is said here, and how many a transfer takes changes once in years.
    staleTime: Infinity,
    throwOnError: false,
  })
  if (!computeUnitPrice) return SIGNATURE_FEE
  return data === undefined ? null : BigInt(data)
}
