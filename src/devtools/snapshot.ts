import { redactor } from '../base/redact.js'
import { balanceKeys } from '../cache/queries.js'
import type { ConnectionStatus, Freshness } from '../client/accounts/connectionStatus.js'
import type { BalanceClient } from '../client/balanceClient.js'
import { exactText } from '../token/amount.js'
import { type AccountRecord, type BalanceMeta, isRecord } from '../token/balance.js'
import type { AccountStep, ConnectionStep, Recorder } from './recorder.js'

/** One account in the cache, as the panel shows it. */
export interface AccountRow extends Pick<BalanceMeta, 'slot' | 'source' | 'observedAt' | 'verifiedAt' | 'lagging'> {
  readonly address: string
  readonly commitment: string
  readonly kind: 'SOL' | 'token' | 'mint' | 'clock'
  /** Of a token account. */
  readonly mint: string | null
  readonly text: string
  readonly freshness: Freshness
  readonly reason: AccountRecord['reason']
  /** How many show it. */
  readonly observers: number
  readonly changes: readonly (Omit<AccountStep, 'amount'> & { readonly text: string })[]
}

/** Everything the panel shows, at one moment. */
export interface Snapshot {
  readonly atMs: number
  readonly cluster: string
  readonly commitment: string
  readonly status: Omit<ConnectionStatus, 'lastError'> & { readonly lastError: string | null }
  readonly timeline: readonly ConnectionStep[]
  readonly stats: ReturnType<BalanceClient['stats']>
  readonly accounts: readonly AccountRow[]
}

const POLL_MS = 5000

/** Looks at a client. */
export function snapshotOf(client: BalanceClient, recorder: Recorder): Snapshot {
  const { lastError, ...status } = client.status.getState()
  const { cluster, commitment, queryClient } = client
  const held = queryClient
    .getQueryCache()
    .findAll({ queryKey: balanceKeys.cluster(cluster) })
    .flatMap((query) => (isRecord(query.state.data) ? [{ query, record: query.state.data as AccountRecord }] : []))
  const decimals = new Map(held.flatMap(({ record }) => (record.mint ? [[record.address, record.mint.decimals]] : [])))
  const accounts = held.map(({ query, record }): AccountRow => {
    const { address, commitment: level, token, slot, source, observedAt, verifiedAt, lagging, reason } = record
    const write = (amount: bigint) =>
      token ? exactText(amount, decimals.get(token.mint) ?? 0) : `${exactText(amount, 9)} SOL`
    return {
      ...{ address, commitment: level, slot, source, observedAt, verifiedAt, lagging, reason },
      kind: kindOf(record),
      mint: token?.mint ?? null,
      text: record.exists ? textOf(record, write) : 'no account',
      freshness: client.freshness({ address, commitment: level }, POLL_MS),
      observers: query.getObserversCount(),
      changes: recorder.changesOf(address).map(({ amount, ...step }) => ({ ...step, text: write(amount) })),
    }
  })
  return {
    atMs: Date.now(),
    ...{ cluster, commitment, accounts },
    status: { ...status, lastError: lastError?.message ?? null },
    timeline: [...recorder.timeline],
    stats: client.stats(),
  }
}

const kindOf = ({ token, mint, chainSeconds }: AccountRecord): AccountRow['kind'] =>
  token ? 'token' : mint ? 'mint' : chainSeconds !== null ? 'clock' : 'SOL'

function textOf(
  { token, mint, lamports, chainSeconds, decodeError }: AccountRecord,
  write: (amount: bigint) => string,
) {
  if (decodeError) return `unreadable: ${decodeError}`
  if (mint) return `${mint.decimals} decimals, ${mint.program}`
  if (chainSeconds !== null) return `${chainSeconds} s`
  return write(token?.amount ?? lamports)
}

/** A snapshot as a text to pass on: of every address in it only the host is left, for a path or a query may hold a key. */
export function reportOf(snapshot: Snapshot): string {
  const text = JSON.stringify(
    snapshot,
    (_, value) => (typeof value === 'bigint' ? String(value) : (value as unknown)),
    2,
  )
  return redactor()(text)
}
