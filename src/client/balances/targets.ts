import { type Address, address, CLOCK } from '../../base/address.js'
import { LamplightError } from '../../base/errors.js'
import { balanceKeys } from '../../cache/queries.js'
import type { Commitment } from '../../token/account.js'
import { type AccountRecord, isRecord, mintOf, type ShownMint } from '../../token/balance.js'
import type { AccountClient, TargetInput } from './accountClient.js'

/** Whose balance of what: a mint's tokens, or SOL when no mint is named. */
export interface Target {
  readonly owner: Address
  readonly mint?: Address
}

/**
 * Checks whose balance of what is meant.
 * @param argument What the error calls the input.
 * @throws LamplightError `input/invalid-address`
 */
export function targetOf(input: TargetInput, argument = 'target'): Target {
  const { owner, mint } = input ?? {}
  const checked = address(owner, `${argument}.owner`)
  return mint === undefined ? { owner: checked } : { owner: checked, mint: address(mint, `${argument}.mint`) }
}

/**
 * Makes a check of what the query cache gives for an account: an app may have put another's record in its place, for as long
 * as there is none (`placeholderData`), or for good. Refused is the same value with the same error, as TanStack expects.
 */
export function ownRecordsOf(address: Address): (value: unknown) => AccountRecord {
  let refused: { readonly value: unknown; readonly error: LamplightError } | undefined
  return (value) => {
    if (isRecord(value) && value.address === address) return value
    const found = isRecord(value) ? `the record of ${value.address}` : `a value of type ${typeof value}`
    if (!refused || refused.value !== value)
      refused = { value, error: new LamplightError('account/foreign-record', { address, found }) }
    throw refused.error
  }
}

/** How long a value counts as fresh while it is not live, in milliseconds. */
const STALE_MS = 3000

/** As much of a cache entry as says how old it is. */
export interface Held {
  readonly state: { readonly data: AccountRecord | undefined; readonly dataUpdatedAt: number }
}

/**
 * A `staleTime` that ends when the value is `ms` old. TanStack adds it to its own stamp and compares that with the date,
 * which may have been set back or forwards since: both are taken out again here.
 */
function freshFor(client: AccountClient, { data, dataUpdatedAt }: Held['state'], ms: number): number {
  const cooldownMs = data && data.source !== 'restored' ? ms - client.ageMs(data) : 0
  // Below zero, because a stamp that the date was set back behind would be fresh with zero.
  return cooldownMs > 0 ? cooldownMs + Date.now() - dataUpdatedAt : -Infinity
}

/**
 * What the query cache needs to read one account. Fresh for as long as it is live; what was stored never is.
 * @example
 * const { lamports, slot } = await queryClient.fetchQuery(accountOptions(client, owner, 'confirmed'))
 */
export function accountOptions(client: AccountClient, address: Address, commitment: Commitment) {
  const request = { address, commitment }
  return {
    queryKey: balanceKeys.account(client.cluster, commitment, address),
    queryFn: (): Promise<AccountRecord> => client.readAccount(request),
    staleTime: ({ state }: Held) =>
      state.data?.source !== 'restored' && client.isLive(request) ? Infinity : freshFor(client, state, STALE_MS),
  }
}

/**
 * What the query cache needs to read one mint: the account at its address. What nobody can change any more is read once;
 * where an extension lets somebody change what balances show, it is as fresh as any account.
 * @example
 * const { decimals, program } = mintOf(await queryClient.fetchQuery(mintOptions(client, mint, 'confirmed')))
 */
export function mintOptions(client: AccountClient, mint: Address, commitment: Commitment) {
  const account = accountOptions(client, mint, commitment)
  return {
    ...account,
    staleTime: (query: Parameters<typeof account.staleTime>[0]) =>
      isSettled(query.state.data) ? Infinity : account.staleTime(query),
    gcTime: Infinity,
  }
}

/** Whether a mint's record is read for good: nobody can change what balances show of it, and the chain has confirmed it. */
export const isSettled = (record: AccountRecord | null | undefined): boolean =>
  record?.mint?.changeable === false && record.source !== 'restored'

/** A mint as it shows, and whether it stays as it is. Of its supply, which changes all the time, nothing shows. */
export type UsedMint = ShownMint & { readonly isSettled: boolean }

/** The mint that a record is of, as balances use it. @throws LamplightError `account/no-mint`, `account/not-mint` */
export function usedMintOf(record: AccountRecord): UsedMint {
  const { supply: _, ...shown } = mintOf(record)
  return { ...shown, isSettled: isSettled(record) }
}

/** How often the chain's time is read anew, in milliseconds; in between it is counted on. */
const CLOCK_MS = 60_000

/** What the query cache needs to read the chain's time. */
export const clockOptions = (client: AccountClient, commitment: Commitment) => ({
  ...accountOptions(client, CLOCK, commitment),
  staleTime: ({ state }: Held) => freshFor(client, state, CLOCK_MS),
  refetchInterval: CLOCK_MS,
  gcTime: Infinity,
})
