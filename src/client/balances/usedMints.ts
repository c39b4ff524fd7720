import { replaceEqualDeep } from '@tanstack/query-core'
import type { Address } from '../../base/address.js'
import { isLamplightError } from '../../base/errors.js'
import { accountOfKey } from '../../cache/queries.js'
import type { Commitment } from '../../token/account.js'
import { type AccountRecord, isRecord } from '../../token/balance.js'
import type { AccountClient } from './accountClient.js'
import { mintOptions, type UsedMint, usedMintOf } from './targets.js'

/** What is known of a mint: what shows of it, that it is being read, or that it could not be read; `none` where there is no such mint. */
export type MintState = UsedMint | 'reading' | 'failed' | 'none'

/** The mints of a wallet's tokens, each read once, and followed where somebody can change what shows of it. */
export interface UsedMints {
  /** What is known of it; a mint that nobody asked for before, or that could not be read, is read now. */
  use(mint: Address): MintState
  /** Reads again those that could not be read, and those that may have changed while they are not live. */
  refresh(): void
  /** The mints that somebody can change. */
  readonly changeable: readonly Address[]
  stop(): void
}

/** Starts with none. `changed` is told of each mint of which something else is known now. */
export function createUsedMints(
  client: AccountClient,
  { commitment, stream }: { readonly commitment: Commitment; readonly stream: boolean },
  changed: (mint: Address) => void,
): UsedMints {
  const { queryClient } = client
  const known = new Map<Address, MintState>()
  const changeable = new Set<Address>()
  const follows = new Map<Address, () => void>()

  function learn(mint: Address, now: MintState) {
    const before = known.get(mint)
    const next = replaceEqualDeep(before, now) as MintState
    if (next === before) return
    known.set(mint, next)
    changed(mint)
  }
  function take(mint: Address, record: AccountRecord) {
    const shown = usedMintOf(record)
    if (!shown.isSettled) changeable.add(mint)
    if (changeable.has(mint) && stream && !follows.has(mint))
      follows.set(mint, client.followAccount({ address: mint, commitment }))
    learn(mint, shown)
  }
  async function read(mint: Address) {
    try {
      take(mint, await queryClient.fetchQuery(mintOptions(client, mint, commitment)))
    } catch (error) {
      // An account of a mint that was closed holds nothing; there is no such thing to show.
      const isNone = isLamplightError(error, 'account/no-mint') || isLamplightError(error, 'account/not-mint')
      learn(mint, isNone ? 'none' : 'failed')
    }
  }
  const stop = queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success') return
    const account = accountOfKey(event.query.queryKey, client.cluster)
    const { data } = event.query.state
    if (account?.commitment === commitment && known.has(account.address) && isRecord(data) && data.mint)
      take(account.address, data)
  })
  return {
    use(mint) {
      const held = known.get(mint)
      if (held) return held
      known.set(mint, 'reading')
      void read(mint)
      return 'reading'
    },
    refresh() {
      for (const [mint, state] of known) {
        const isOld = changeable.has(mint) && !client.isLive({ address: mint, commitment })
        if (state === 'failed' || isOld) void read(mint)
      }
    },
    get changeable() {
      return [...changeable]
    },
    stop() {
      stop()
      for (const each of follows.values()) each()
    },
  }
}
