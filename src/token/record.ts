import { type AccountAt, type Commitment, layoutOf, reading } from './account.js'
import { CLOCK, tokenProgramOf } from './address.js'
import type { AccountRecord, BalanceReason, BalanceSource } from './balance.js'
import { mintIn } from './mint.js'
import { tokenAccountIn } from './tokenAccount.js'

/** How an account was learned. */
export interface Sighting {
  readonly commitment: Commitment
  readonly source: BalanceSource
  readonly reason: BalanceReason
  readonly at: number
  readonly lagging?: boolean
}

/** Decodes an account for the cache. It never throws: what cannot be read is kept as the reason why. */
export function recordOf(account: AccountAt, { at, lagging = false, ...sighting }: Sighting): AccountRecord {
  const { address, slot, lamports, program, data } = account
  const base = {
    kind: 'account',
    address,
    slot,
    lamports,
    program,
    ...sighting,
    observedAt: at,
    verifiedAt: at,
    lagging,
  } as const
  const exists = data !== null
  const chainSeconds = address === CLOCK && data ? secondsIn(data) : null
  const none = { ...base, exists, token: null, mint: null, chainSeconds, unreadable: null }
  if (!exists || !tokenProgramOf(program)) return none
  return reading<AccountRecord>(
    () => {
      const layout = layoutOf(account)
      return layout.kind === 'mint'
        ? { ...none, mint: mintIn(address, layout) }
        : { ...none, token: tokenAccountIn(address, layout) }
    },
    (unreadable) => ({ ...none, unreadable }),
  )
}

/** `unix_timestamp` of the Clock sysvar: slot, the epoch's start, epoch, the leaders' epoch, and then it. */
function secondsIn(data: Uint8Array): number | null {
  if (data.length < 40) return null
  return Number(new DataView(data.buffer, data.byteOffset).getBigInt64(32, true))
}
