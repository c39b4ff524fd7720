import { type Clock, instantOf } from '../../base/clock.js'
import type { LamplightError } from '../../base/errors.js'
import type { AccountReader } from '../../rpc/accountReader.js'
import type { AccountAt, SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import { type AccountRecord, newest } from '../../token/balance.js'
import { recordOf } from '../../token/record.js'
import type { AccountUpdate } from './accountUpdate.js'
import type { SocketStream } from './stream.js'

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
  readonly stream: SocketStream
  readonly reader: AccountReader
  /** What the cache holds. */
  readonly held: (request: SubscriptionRequest) => AccountRecord | undefined
  readonly tell: (update: AccountUpdate) => void
  readonly failed: (error: LamplightError) => void
}

/** The stream may be a little slower than the read; what it says within this time was not lost, in milliseconds. */
const LEEWAY_MS = 2000

/** Makes an audit; it reads nothing before `start()`. */
export function createAudit(parts: AuditParts): Audit {
  const { clock, stream, everyMs } = parts
  const suspects = new Map<string, () => void>()
  let mismatches = 0

  function settle(key: string) {
    suspects.get(key)?.()
    suspects.delete(key)
  }
  stream.on('account', ({ request, reason }) => void (reason === 'stream' && settle(keyOf(request))))

  function compare(request: SubscriptionRequest, account: AccountAt) {
    if (!stream.isLive(request)) return
    const { commitment } = request
    const record = recordOf(account, { commitment, source: 'fetch', reason: 'audit', at: instantOf(clock) })
    const held = parts.held(request)
    const key = keyOf(request)
    if (held && newest({ ...held }, record) === record) {
      settle(key)
      const count = () => {
        suspects.delete(key)
        mismatches++
        stream.missed(request)
      }
      suspects.set(key, clock.schedule(count, LEEWAY_MS))
    }
    parts.tell({ account, request, source: 'fetch', reason: 'audit', lagging: false })
  }

  async function round() {
    const requests = stream.live
    // The reader makes one batch of all that is asked for in one turn.
    const read = async (request: SubscriptionRequest) => {
      if (request.tokens) return stream.check(request)
      const [account] = await parts.reader.read([request.address], request)
      if (account) compare(request, account)
    }
    try {
      await Promise.all(requests.map(read))
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
