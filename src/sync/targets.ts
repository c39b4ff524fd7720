import { balanceKeys } from '../cache/queries.js'
import type { Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'
import type { AccountRecord } from '../token/balance.js'
import type { Mint } from '../token/mint.js'
import type { BalanceClient } from './balanceClient.js'

/** Whose balance of what: a mint's tokens, or SOL when no mint is named. */
export interface Target {
  readonly owner: Address
  readonly mint?: Address
}

/** How long a value counts as fresh while no stream vouches for it, in milliseconds. */
const STALE_MS = 3000

/**
 * What the query cache needs to read one account. Fresh for as long as the stream vouches for it; what was stored never is.
 * @example
 * const { lamports, slot } = await queryClient.fetchQuery(accountOptions(client, owner, 'confirmed'))
 */
export function accountOptions(client: BalanceClient, address: Address, commitment: Commitment) {
  const wish = { address, commitment }
  return {
    queryKey: balanceKeys.account(client.cluster, commitment, address),
    queryFn: (): Promise<AccountRecord> => client.readAccount(wish),
    staleTime: ({ state }: { readonly state: { readonly data: AccountRecord | undefined } }) =>
      state.data?.source === 'restored' ? 0 : client.isLive(wish) ? Infinity : STALE_MS,
  }
}

/**
 * What the query cache needs to read one mint; its program and decimals never change.
 * @example
 * const { decimals, program } = await queryClient.fetchQuery(mintOptions(client, mint, 'confirmed'))
 */
export function mintOptions(client: BalanceClient, mint: Address, commitment: Commitment) {
  return {
    queryKey: balanceKeys.mint(client.cluster, commitment, mint),
    queryFn: (): Promise<Mint> => client.readMint(mint, commitment),
    staleTime: Infinity,
    gcTime: Infinity,
  }
}

/**
 * The account that holds a target. A mint that was not read yet is taken for one of the classic program: that is right
 * for most, and lets mint and account be asked for in one request.
 */
export function accountOfTarget(client: BalanceClient, { owner, mint }: Target, known: Mint | undefined): Address {
  return mint ? client.associatedAddress(owner, mint, known?.program ?? 'token') : owner
}

/**
 * Keeps a target's account live; moves to the right account when the mint turns out to be a Token-2022 one. An unknown
 * mint and its account are asked for side by side, so that both come in one answer.
 * @example
 * const close = client.open()
 * const stop = followTarget(client, { owner, mint }, 'confirmed')
 * // When nobody looks any more:
 * stop()
 * close()
 */
export function followTarget(
  client: BalanceClient,
  target: Target,
  commitment: Commitment,
  { stream = true }: { readonly stream?: boolean } = {},
): () => void {
  const follow = (address: Address) => (stream ? client.follow({ address, commitment }) : () => {})
  const { mint } = target
  const known = mint && cachedMint(client, mint, commitment)
  const guess = accountOfTarget(client, target, known)
  let stop = follow(guess)
  let isWanted = true
  if (mint && !known) {
    void client.queryClient.prefetchQuery(accountOptions(client, guess, commitment))
    client.queryClient.fetchQuery(mintOptions(client, mint, commitment)).then(
      (read) => {
        const address = accountOfTarget(client, target, read)
        if (!isWanted || address === guess) return
        stop()
        stop = follow(address)
      },
      // Whoever shows the balance reads the same mint and shows its error; there is nothing to move to.
      () => {},
    )
  }
  return () => {
    isWanted = false
    stop()
  }
}

/** A mint that was read before. */
export const cachedMint = (client: BalanceClient, mint: Address, commitment: Commitment): Mint | undefined =>
  client.queryClient.getQueryData<Mint>(balanceKeys.mint(client.cluster, commitment, mint))
