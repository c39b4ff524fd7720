import { CLOCK } from '../base/address.js'
import type { Instant } from '../base/clock.js'
import { type AccountAt, type Commitment, layoutOf, reading, tokenProgramOf } from './account.js'
import type { AccountRecord, BalanceReason, BalanceSource } from './balance.js'
import { mintIn } from './mint.js'
import { tokenAccountIn } from './tokenAccount.js'

/** How an account was learned. */
export interface UpdateSource {
  readonly commitment: Commitment
  readonly source: BalanceSource
  readonly reason: BalanceReason
  readonly at: Instant
  readonly lagging?: boolean
}

/** Decodes an account for the cache. It never throws: what cannot be read is kept as the reason why. */
export function recordOf(account: AccountAt, origin: UpdateSource): AccountRecord {
  const { address, slot, lamports, program, data } = account
  const { commitment, source, reason, at, lagging = false } = origin
  const content = data && tokenProgramOf(program) ? contentOf(account) : NOTHING
  // Field by field: this runs for everything that is pushed, and spreading costs more than reading the bytes.
  return {
    kind: 'account',
    address,
    commitment,
    slot,
    source,
    reason,
    observedAt: at.wallMs,
    verifiedAt: at.wallMs,
    verifiedMs: at.ms,
    lagging,
    exists: data !== null,
    lamports,
    program,
    token: content.token ?? null,
    mint: content.mint ?? null,
    chainSeconds: address === CLOCK && data ? secondsIn(data) : null,
    decodeError: content.decodeError ?? null,
  }
}

/** What a token program's account is, or why it cannot be told. */
type Content = Partial<Pick<AccountRecord, 'token' | 'mint' | 'decodeError'>>
const NOTHING: Content = {}

function contentOf(account: AccountAt): Content {
  return reading<Content>(
    () => {
      const layout = layoutOf(account)
      const { address } = account
      return layout.kind === 'mint' ? { mint: mintIn(address, layout) } : { token: tokenAccountIn(address, layout) }
    },
    (decodeError) => ({ decodeError }),
  )
}

/** `unix_timestamp` of the Clock sysvar: slot, the epoch's start, epoch, the leaders' epoch, and then it. */
function secondsIn(data: Uint8Array): number | null {
  if (data.length < 40) return null
  return Number(new DataView(data.buffer, data.byteOffset).getBigInt64(32, true))
}
