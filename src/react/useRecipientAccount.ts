'use client'

import { useMemo } from 'react'
import type { Address } from '../base/address.js'
import type { AccountRecord } from '../token/balance.js'
import { type RecipientKind, recipientKindOf } from '../token/recipient.js'
import { useBalanceClient } from './balanceContext.js'
import type { Checked } from './parameters.js'
import { useAccount } from './useAccount.js'

/** An address as a recipient. */
export interface RecipientAccount {
  readonly address: Address
  readonly kind: RecipientKind
  readonly exists: boolean
  /** Whose token account it is; `null` for any other address. */
  readonly tokenOwner: Address | null
}

/** What an address is as a recipient; `null` while that is not known. The action looks again before anything is signed. */
export function useRecipientAccount(address: Checked<Address>): RecipientAccount | null {
  const client = useBalanceClient('useRecipientAccount')
  const input = useMemo(() => {
    if (address.type !== 'ready') return { type: 'none' } as const
    const value = { address: address.value, commitment: client.commitment, pollMs: Infinity, auto: undefined }
    return { type: 'ready', value } as const
  }, [client, address])
  const [{ data }] = useAccount<RecipientAccount, RecipientAccount>({
    client,
    input,
    select: recipientOf,
    parameters: {},
  })
  // While another one is read there may be the one before.
  return data && input.type === 'ready' && data.address === input.value.address ? data : null
}

const recipientOf = (record: AccountRecord): RecipientAccount => ({
  address: record.address,
  kind: recipientKindOf(record),
  exists: record.exists,
  tokenOwner: record.token?.owner ?? null,
})
