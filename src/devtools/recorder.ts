import type { ConnectionState, Freshness } from '../client/accounts/connectionStatus.js'
import type { BalanceClient } from '../client/balanceClient.js'
import type { BalanceReason } from '../token/balance.js'

/** One step of the connection. */
export interface ConnectionStep {
  readonly atMs: number
  readonly state: ConnectionState
  readonly freshness: Freshness
  /** What went wrong, where something did. */
  readonly why: string | null
}
/** One accepted change of an account: lamports, or base units of a token. */
export interface AccountStep {
  readonly atMs: number
  readonly slot: number
  readonly reason: BalanceReason
  readonly amount: bigint
}

/** What happened since it was started. */
export interface Recorder {
  /** The newest last. */
  readonly timeline: readonly ConnectionStep[]
  /** The last changes of one account, the newest first. */
  changesOf(address: string): readonly AccountStep[]
  /** Starts to record; the returned function ends it. */
  start(): () => void
}

const MAX_STEPS = 50
const MAX_CHANGES = 5
const MAX_ACCOUNTS = 1000

/** Makes a recorder that has seen nothing. */
export function createRecorder(client: BalanceClient): Recorder {
  const timeline: ConnectionStep[] = []
  const changes = new Map<string, AccountStep[]>()
  function look() {
    const { state, freshness, lastError } = client.status.getState()
    const last = timeline.at(-1)
    const why = lastError?.message ?? null
    if (last?.state === state && last.freshness === freshness && last.why === why) return
    timeline.push({ atMs: Date.now(), state, freshness, why })
    if (timeline.length > MAX_STEPS) timeline.shift()
  }
  return {
    timeline,
    changesOf: (address) => changes.get(address) ?? [],
    start() {
      look()
      const stops = [
        client.status.subscribe(look),
        client.on('balance:updated', ({ address, next }) => {
          const { slot, reason, token, lamports } = next
          const step = { atMs: Date.now(), slot, reason, amount: token?.amount ?? lamports }
          const held = changes.get(address) ?? []
          changes.delete(address)
          changes.set(address, [step, ...held].slice(0, MAX_CHANGES))
          const [oldest] = changes.keys()
          if (changes.size > MAX_ACCOUNTS && oldest) changes.delete(oldest)
        }),
      ]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}
