'use client'

import type { Snapshot } from './snapshot.js'

interface Shown {
  readonly snapshot: Snapshot
}

/** The connection and the requests: as they are, and how it came to that. */
export function ConnectionView({ snapshot }: Shown) {
  return (
    <div data-part="columns">
      <Facts title="Connection" facts={connectionFacts(snapshot)} />
      <Facts title="Subscriptions" facts={subscriptionFacts(snapshot)} />
      <Facts title="Requests and cache" facts={requestFacts(snapshot)} />
      <Timeline snapshot={snapshot} />
      <Endpoints snapshot={snapshot} />
    </div>
  )
}

type Fact = readonly [name: string, value: string | number | null | undefined]

const connectionFacts = ({ status, stats, cluster, commitment, atMs }: Snapshot): readonly Fact[] => [
  ['Node', status.endpoint],
  ['Cluster', cluster],
  ['Commitment', commitment],
  ['This tab', status.role],
  ['Other tabs', othersOf(status.role, stats.socket?.tabs ?? 0)],
  ['In this state for', seconds(atMs - (status.since ?? atMs))],
  ['Failed attempts', status.attempt],
  ['Next attempt', status.nextRetryAt === null ? null : `in ${seconds(status.nextRetryAt - atMs)}`],
  ['Slot', status.slot],
  ['Behind', status.slotLag === null ? null : `${status.slotLag} slots`],
  ['Round trip', status.latencyMs === null ? null : `${Math.round(status.latencyMs)} ms`],
  ['Polling', status.polling],
  ['Last error', status.lastError],
]

const subscriptionFacts = ({ stats: { socket } }: Snapshot): readonly Fact[] => [
  ['Accounts', socket?.subscriptions],
  ['Connections made', socket?.connects],
  [
    'Ended',
    socket &&
      Object.entries(socket.ends)
        .map(([why, count]) => `${why}: ${count}`)
        .join(', '),
  ],
  ['Open for', socket && seconds(socket.upMs)],
  ['Frames', socket && `${socket.messages} (${socket.bytesIn} characters)`],
  ['Not understood', socket && socket.malformed + socket.unknown],
  ['Missed, found by audit', socket?.auditMismatches],
]

/** Of the tabs that have one connection together one leads. */
function othersOf(role: Snapshot['status']['role'], count: number): string | null {
  const followers = role === 'follower' ? count - 1 : count
  const named = followers > 0 ? `${followers} ${followers === 1 ? 'follower' : 'followers'}` : ''
  return [role === 'follower' && count > 0 && 'leader', named].filter(Boolean).join(', ') || null
}

const requestFacts = ({ atMs, stats: { requests, budget, cache, queued } }: Snapshot): readonly Fact[] => [
  ['Sent', requests.sent],
  ['Failed', requests.failed],
  ['Budget', budget && budgetText(budget, atMs)],
  ['Waiting for their turn', budget?.waiting],
  ['Waiting for a connection', queued],
  ['Characters', `${requests.bytesOut} out, ${requests.bytesIn} in`],
  ['Cached accounts', `${cache.entries}, ${cache.observed} shown`],
  ['Cache', `${cache.hits} hits, ${cache.misses} misses`],
]

function budgetText({ free, burst, pausedUntil }: NonNullable<Snapshot['stats']['budget']>, atMs: number): string {
  if (pausedUntil !== null) return `paused for ${seconds(pausedUntil - atMs)}`
  return burst === Infinity ? 'no limit' : `${free} of ${burst} free`
}

const Facts = ({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) => (
  <section>
    <h3>{title}</h3>
    <dl>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === null || value === undefined || value === '' ? '–' : value}</dd>
        </div>
      ))}
    </dl>
  </section>
)

const Timeline = ({ snapshot: { timeline } }: Shown) => (
  <section>
    <h3>Timeline</h3>
    <ol data-part="timeline">
      {[...timeline].reverse().map(({ atMs, state, freshness, why }) => (
        <li key={`${atMs} ${state} ${freshness} ${why}`}>
          <time dateTime={new Date(atMs).toISOString()}>{clockOf(atMs)}</time> <b>{state}</b>, values {freshness}
          {why && <small>{why}</small>}
        </li>
      ))}
    </ol>
  </section>
)

const Endpoints = ({ snapshot: { stats, atMs } }: Shown) => (
  <section>
    <h3>Nodes</h3>
    <table>
      <thead>
        <tr>
          {['Host', 'State', 'Latency', 'Failed', 'Behind'].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {stats.endpoints.map(({ host, state, latencyMs, failures, requests, slotLag, retryAt }) => (
          <tr key={host}>
            <td>{host}</td>
            <td>{retryAt === null ? state : `${state}, again in ${seconds(retryAt - atMs)}`}</td>
            <td>{latencyMs === null ? '–' : `${Math.round(latencyMs)} ms`}</td>
            <td>
              {failures} of {requests}
            </td>
            <td>{slotLag ?? '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

/** A length of time. */
export const seconds = (ms: number): string => `${(Math.max(ms, 0) / 1000).toFixed(1)} s`

/** A time of day. */
export const clockOf = (ms: number): string => new Date(ms).toISOString().slice(11, 23)
