import { balanceKeys } from '../cache/queries.js'
import type { Commitment } from '../token/account.js'
import { type Address, address, CLOCK } from '../token/address.js'
import { type AccountRecord, mintOf, type ShownMint } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
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

/** How long a value counts as fresh while no stream vouches for it, in milliseconds. */
const STALE_MS = 3000

/**
 * What the query cache needs to read one account. Fresh for as long as the stream vouches for it; what was stored never is.
 * @example
 * const { lamports, slot } = await queryClient.fetchQuery(accountOptions(client, owner, 'confirmed'))
 */
export function accountOptions(client: AccountClient, address: Address, commitment: Commitment) {
  const wish = { address, commitment }
  return {
    queryKey: balanceKeys.account(client.cluster, commitment, address),
    queryFn: (): Promise<AccountRecord> => client.readAccount(wish),
    staleTime: ({ state }: { readonly state: { readonly data: AccountRecord | undefined } }) =>
      state.data?.source === 'restored' ? 0 : client.isLive(wish) ? Infinity : STALE_MS,
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

/** How often the chain's time is compared with the page's, in milliseconds. */
const CLOCK_MS = 60_000

/** What the query cache needs to read the chain's time. */
export const clockOptions = (client: AccountClient, commitment: Commitment) => ({
  ...accountOptions(client, CLOCK, commitment),
  staleTime: CLOCK_MS,
  refetchInterval: CLOCK_MS,
})

/**
 * The account that holds a target. A mint that was not read yet is taken for one of the classic program: that is right
 * for most, and lets mint and account be asked for in one request.
 */
export function accountOfTarget(
  client: AccountClient,
  { owner, mint }: Target,
  known: Pick<Mint, 'program'> | undefined,
): Address {
  return mint ? client.associatedAddress(owner, mint, known?.program ?? 'token') : owner
}

/**
 * Keeps a target's account live, and its mint where somebody can change what the mint makes of a balance; moves to the
 * right account when the mint turns out to be a Token-2022 one. An unknown mint and its account are asked for side by side,
 * so that both come in one answer.
 * @example
 * const close = client.open()
 * const stop = followTarget(client, { owner, mint }, 'confirmed')
 * // When nobody looks any more:
 * stop()
 * close()
 */
export function followTarget(
  client: AccountClient,
  target: Target,
  commitment: Commitment,
  { stream = true }: { readonly stream?: boolean } = {},
): () => void {
  const followed = new Map<Address, () => void>()
  function follow(addresses: readonly Address[]) {
    for (const [address, stop] of followed) {
      if (addresses.includes(address)) continue
      stop()
      followed.delete(address)
    }
    if (!stream) return
    for (const address of addresses)
      if (!followed.has(address)) followed.set(address, client.followAccount({ address, commitment }))
  }
  const accountsOf = (known: Mint | undefined) => [
    accountOfTarget(client, target, known),
    ...(known?.changeable ? [known.address] : []),
  ]
  const { mint } = target
  const known = mint && cachedMint(client, mint, commitment)
  follow(accountsOf(known))
  let isWanted = true
  if (mint && !known) {
    void client.queryClient.prefetchQuery(
      accountOptions(client, accountOfTarget(client, target, undefined), commitment),
    )
    client.queryClient.fetchQuery(mintOptions(client, mint, commitment)).then(
      (read) => void (isWanted && follow(accountsOf(read.mint ?? undefined))),
      // Whoever shows the balance reads the same mint and shows its error; there is nothing to move to.
      () => {},
    )
  }
  return () => {
    isWanted = false
    follow([])
  }
}

/** A mint that was read before. */
export const cachedMint = (client: AccountClient, mint: Address, commitment: Commitment): Mint | undefined =>
  client.queryClient.getQueryData<AccountRecord>(balanceKeys.account(client.cluster, commitment, mint))?.mint ??
  undefined
