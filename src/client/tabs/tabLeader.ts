import { type Clock, instantOf } from '../../base/clock.js'
import type { SocketState } from '../../socket/socket.js'
import type { SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { Stream } from '../stream/stream.js'
import { type LeaderMessage, type LeaderPayload, sentError, sentState } from './tabChannel.js'
import type { Leases } from './tabLeases.js'

/** The tab's own connection, open exactly while its stream follows something. */
export interface OwnConnection {
  readonly stream: Stream
  readonly state: SocketState
  readonly latencyMs: number | null
  /** How long ago its node was heard at most, in milliseconds; `null` while it is not connected. */
  readonly silentMs: number | null
  reconnect(): void
}

/** What a tab tells the others while it leads. */
export interface TabLeader {
  readonly isLeading: boolean
  /** Starts to lead, in this term. */
  lead(term: number): void
  /** Ends it, with a last word. */
  stop(): void
  /** Says how things are, with the newest value of what became live and of what is asked for. */
  beat(asked?: Iterable<string>): void
}

type Told = Omit<Extract<LeaderPayload, { readonly type: 'account' }>, 'type'>

/** How often a leader says that it is there, in milliseconds. */
export const BEAT_MS = 2000

/** What a leader is made of. */
export interface TabLeaderParts {
  readonly id: string
  readonly own: OwnConnection
  readonly clock: Clock
  /** What this tab follows for itself and for others, by key. */
  readonly followed: ReadonlyMap<string, { readonly request: SubscriptionRequest }>
  /** What other tabs want. */
  readonly leases: Pick<Leases, 'heard' | 'isWanted'>
  readonly post: (message: LeaderMessage) => void
  /** Runs before each regular beat. */
  readonly onBeat: () => void
}

/** Makes the leading side of a tab; it sends nothing before `lead()`. */
export function createTabLeader(parts: TabLeaderParts): TabLeader {
  const { id, own, clock, followed, leases } = parts
  const newest = new Map<string, Told>()
  let said: { readonly term: number; seq: number; live: ReadonlySet<string>; cancel: () => void } | undefined

  function say(payload: LeaderPayload) {
    if (said) parts.post({ ...payload, leader: id, term: said.term, seq: ++said.seq, at: instantOf(clock) })
  }

  function tell(value: Told) {
    if (value.account.isReadable !== false) say({ type: 'account', ...value })
  }

  /** The values first, so that nobody hears of an account as live whose value has not been told. */
  function beat(asked: Iterable<string> = []) {
    if (!said) return
    const requests = [...followed.values()].map(({ request }) => request)
    const live = new Set(requests.filter((request) => own.stream.isLive(request)).map(keyOf))
    const told = new Set([...asked].filter((key) => live.has(key)))
    for (const key of live) if (!said.live.has(key)) told.add(key)
    said.live = live
    for (const request of requests) {
      const value = told.has(keyOf(request)) && newest.get(keyOf(request))
      if (value) tell(value)
    }
    const { latencyMs, silentMs, stream } = own
    const status = {
      latencyMs,
      silentMs,
      slot: stream.slot,
      isSynced: stream.isSynced,
      live: [...live],
      heard: leases.heard(),
    }
    say({ type: 'beat', status: { ...status, state: sentState(own.state) } })
  }

  function tick() {
    if (!said) return
    said.cancel = clock.schedule(tick, BEAT_MS)
    parts.onBeat()
    beat()
  }

  listen(own, newest, followed, { tell, beat, isWanted: leases.isWanted })
  own.stream.on('error', (error) => say({ type: 'error', error: sentError(error) }))
  return {
    get isLeading() {
      return said !== undefined
    },
    lead(term) {
      said = { term, seq: 0, live: new Set(), cancel: () => {} }
      tick()
    },
    stop() {
      say({ type: 'bye' })
      said?.cancel()
      said = undefined
    },
    beat,
  }
}

/** Keeps the newest value of what is followed, and says what is new. */
function listen(
  own: OwnConnection,
  newest: Map<string, Told>,
  followed: TabLeaderParts['followed'],
  { tell, beat, isWanted }: Pick<Leases, 'isWanted'> & { tell(value: Told): void; beat(): void },
) {
  own.stream.on('account', ({ account, request, source, lagging }) => {
    // Of a wallet's list: other tabs have their own.
    if (request.tokens) return
    const key = keyOf(request)
    const held = newest.get(key)?.account
    // The cache's own rule: other tabs then see what this one shows, in the same order.
    if (held && (account.slot < held.slot || (account.slot === held.slot && source !== 'stream'))) return
    const value = { account, commitment: request.commitment, lagging }
    newest.set(key, value)
    if (newest.size > followed.size) for (const each of newest.keys()) if (!followed.has(each)) newest.delete(each)
    // Who wants it later asks for it.
    if (isWanted(key)) tell(value)
  })
  own.stream.on('changed', () => {
    // Another connection may know another history, as after a reset of a local chain.
    if (own.state.name !== 'open' && own.state.name !== 'suspect') newest.clear()
    beat()
  })
}
