import type { Address } from '../../base/address.js'
import type { Commitment } from '../../token/account.js'
import type { Mint } from '../../token/mint.js'
import { type AccountClient, accountOfTarget, cachedMint } from './accountClient.js'
import { accountOptions, mintOptions, type Target } from './targets.js'

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
