import { type Clock, instantOf } from '../../base/clock.js'
import type { LamplightError } from '../../base/errors.js'
import type { AccountReader } from '../../rpc/accountReader.js'
import type { AccountAt, Wish } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import { type AccountRecord, newest } from '../../token/balance.js'
import { recordOf } from '../../token/record.js'
import type { Arrival } from './arrival.js'
import type { LaneStream } from './stream.js'

/** Reads what is live once more now and then: a change can be lost between the acknowledgement and the node's registration. */
export interface Audit {
  /** Accounts that had changed without the stream saying so. */
  readonly mismatches: number
  /** Starts the rounds; the returned function ends them. */
  start(): () => void
}

/** What an audit is made of. */
export interface AuditParts {
  readonly clock: Clock
  readonly random: () => number
  /** Between two rounds, in milliseconds, give or take a fifth; 0 or `Infinity` is never. */
  readonly everyMs: number
  /** Rounds rest while the page is hidden. */
  readonly page: { readonly isHidden: boolean }
  readonly stream: LaneStream
  readonly reader: AccountReader
  /** What the cache holds. */
  readonly held: (wish: Wish) => AccountRecord | undefined
  readonly tell: (arrival: Arrival) => void
  readonly failed: (error: LamplightError) => void
}

/** The stream may be a little slower than the read; what it says within this time was not lost, in milliseconds. */
const LEEWAY_MS = 2000

/** Makes an audit; it reads nothing before `start()`. */
export function createAudit(parts: AuditParts): Audit {
  const { clock, stream, everyMs } = parts
  const doubts = new Map<string, () => void>()
  let mismatches = 0

  function settle(key: string) {
    doubts.get(key)?.()
    doubts.delete(key)
  }
  stream.on('account', ({ wish, reason }) => void (reason === 'stream' && settle(keyOf(wish))))

  function compare(wish: Wish, account: AccountAt) {
    if (!stream.isLive(wish)) return
    const { commitment } = wish
    const record = recordOf(account, { commitment, source: 'fetch', reason: 'audit', at: instantOf(clock) })
    const held = parts.held(wish)
    const key = keyOf(wish)
    if (held && newest({ ...held }, record) === record) {
      settle(key)
      const count = () => {
        doubts.delete(key)
        mismatches++
        stream.missed(wish)
      }
      doubts.set(key, clock.schedule(count, LEEWAY_MS))
    }
    parts.tell({ account, wish, source: 'fetch', reason: 'audit', lagging: false })
  }

  async function round() {
    const wishes = stream.live
    // The reader makes one batch of all that is asked for in one turn.
    const read = async (wish: Wish) => {
      if (wish.tokens) return stream.check(wish)
      const [account] = await parts.reader.read([wish.address], wish)
      if (account) compare(wish, account)
    }
    try {
      await Promise.all(wishes.map(read))
    } catch (error) {
      parts.failed(error as LamplightError)
    }
  }

  return {
    get mismatches() {
      return mismatches
    },
    start() {
      if (everyMs === 0 || everyMs === Infinity) return () => {}
      let cancel = () => {}
      const arm = () => {
        cancel = clock.schedule(
          () => {
            arm()
            if (!parts.page.isHidden) void round()
          },
          everyMs * (0.8 + 0.4 * parts.random()),
        )
      }
      arm()
      return () => cancel()
    },
  }
}
