import type { Address } from '../../base/address.js'
import { heldTokenAccounts } from '../../cache/listing.js'
import { accountOfKey, isLoss } from '../../cache/queries.js'
import type { Commitment } from '../../token/account.js'
import { type AccountRecord, isRecord } from '../../token/balance.js'
import type { AccountClient } from './accountClient.js'
import { holdAccount } from './holdAccount.js'

/** The token accounts of an owner, kept together as the cache accepts them, by whatever path. */
export interface HeldTokens {
  /** By mint, and there by account. A mint without an account is not in it. */
  readonly byMint: ReadonlyMap<Address, ReadonlyMap<Address, AccountRecord>>
  stop(): void
}

/** Whose accounts, and of which mints. */
export interface HeldTokensOf {
  readonly owner: Address
  readonly commitment: Commitment
  /** `null` for every mint. */
  readonly mints: readonly Address[] | null
}

/**
 * Starts to keep them. `changed` is told of each mint of which an account came, changed, or left; `lost` that one left
 * because its entry in the cache lost its value, of which the chain has said nothing.
 */
export function holdTokens(
  client: AccountClient,
  { owner, commitment, mints }: HeldTokensOf,
  changed: (mint: Address) => void,
  lost: () => void = () => {},
): HeldTokens {
  const byMint = new Map<Address, Map<Address, AccountRecord>>()
  const mintOf = new Map<Address, Address>()
  const holds = new Map<Address, () => void>()
  const wanted = mints && new Set(mints)

  function drop(account: Address) {
    const mint = mintOf.get(account)
    if (!mint) return
    mintOf.delete(account)
    byMint.get(mint)?.delete(account)
    if (byMint.get(mint)?.size === 0) byMint.delete(mint)
    holds.get(account)?.()
    holds.delete(account)
    changed(mint)
  }
  function take(record: AccountRecord) {
    const { address, token } = record
    if (!token || token.owner !== owner || (wanted && !wanted.has(token.mint))) return drop(address)
    const { mint } = token
    if (mintOf.get(address) !== mint) drop(address)
    const accounts = byMint.get(mint) ?? new Map<Address, AccountRecord>()
    if (accounts.get(address) === record) return
    byMint.set(mint, accounts.set(address, record))
    mintOf.set(address, mint)
    if (!holds.has(address)) holds.set(address, holdAccount(client, address, commitment))
    changed(mint)
  }

  const stop = client.queryClient.getQueryCache().subscribe((event) => {
    // What is on its way to an account changes its entry too, by `setState`.
    const isNews =
      event.type === 'added' || (event.type === 'updated' && /^(success|setState)$/.test(event.action.type))
    const isLost = isLoss(event)
    if (!isNews && !isLost) return
    const account = accountOfKey(event.query.queryKey, client.cluster)
    if (account?.commitment !== commitment) return
    if (isLost) {
      if (mintOf.has(account.address)) lost()
      drop(account.address)
    } else if (isRecord(event.query.state.data)) take(event.query.state.data)
  })
  for (const record of heldTokenAccounts(client, { address: owner, commitment })) take(record)
  return {
    byMint,
    stop() {
      stop()
      for (const each of holds.values()) each()
    },
  }
}
