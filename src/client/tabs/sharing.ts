import { hexOf, utf8Of } from '../../base/bytes.js'
import { readOr } from '../../base/check.js'
import { instantOf } from '../../base/clock.js'
import { once, whenLoaded } from '../../base/emitter.js'
import { createPageLifecycle } from '../../base/pageLifecycle.js'
import { createSha256 } from '../../base/sha256.js'
import { entryOf } from '../../cache/queries.js'
import { createWriter } from '../../cache/writer.js'
import type { AccountAt, SubscriptionRequest } from '../../token/account.js'
import { says } from '../../token/balance.js'
import { recordOf } from '../../token/record.js'
import type { TabRole } from '../stream/connection.js'
import {
  type Connection,
  type ConnectionParts,
  type ConnectionSettings,
  createConnection,
} from '../stream/connection.js'
import type { ConnectionOptions } from '../stream/settings.js'
import type { PendingTabsParts } from './pendingTabs.js'
import { type Channel, type Locks, sharedName } from './tabChannel.js'
import type { TabMemberParts } from './tabMember.js'
import { createSharedStream } from './tabs.js'

/** Puts the push side together, and this tab among the others where that is wanted; nothing is opened before `open()`. */
export function connect(
  { webSocket, random, shareAcrossTabs = !webSocket }: ConnectionOptions,
  settings: ConnectionSettings,
  parts: ConnectionParts & SharedParts,
): Connection {
  const own = createConnection({ ...settings, webSocket, ...(random && { random }) }, parts)
  return shareAcrossTabs ? shareConnection(own, { ...parts, bandwidth: settings.bandwidth }) : own
}

/** A connection that all tabs of a browser have together. */
export interface SharedConnection extends Connection {
  /** Whether this tab holds it, hears of it from the tab that does, or has one for itself. */
  readonly role: TabRole
}

/** What sharing is joined to. */
export interface SharedParts
  extends Pick<ConnectionParts, 'queryClient' | 'cluster' | 'clock' | 'head' | 'guard' | 'tell'> {
  /** The addresses of all nodes in one text: tabs that ask the same ones have one connection together. */
  readonly nodes: string
  readonly bandwidth?: ConnectionSettings['bandwidth'] | undefined
}

/** The means by which a page reaches its browser's other pages; each may be missing. */
export type SharingMeans = Partial<Pick<TabMemberParts, 'locks' | 'openChannel' | 'page' | 'id'>>

/** Puts a tab's own connection among those of the other tabs: it opens while this tab leads, or is alone. */
export function shareConnection(
  own: Connection,
  parts: SharedParts,
  means: SharingMeans = meansOfPage(),
): SharedConnection {
  const { queryClient, cluster, clock, head, guard, tell, nodes, bandwidth } = parts
  const { locks, openChannel, page = createPageLifecycle(), id = 'alone' } = means
  const name = `${cluster}/${digest(nodes)}`
  const { proofMs } = own
  const stream = createSharedStream({ name, own, clock, proofMs, locks, openChannel, page, id, holds })
  const heldOf = (request: SubscriptionRequest) => entryOf({ queryClient, cluster }, request)?.state.data
  function holds(account: AccountAt, request: SubscriptionRequest, lagging: boolean): boolean {
    const held = heldOf(request)
    if (!held) return false
    // What holds a transaction of this page is not refused: it waits a moment, to be counted once.
    if (held.pending && account.slot > held.slot) return true
    const { commitment } = request
    return says(held, recordOf(account, { commitment, source: 'tab', reason: 'tab', at: instantOf(clock), lagging }))
  }
  function onFlush(written: readonly SubscriptionRequest[]) {
    stream.markLive(written)
    tell('flushed', undefined)
  }
  // What other tabs tell they have read.
  const onDecodeError = () => {}
  const writer = createWriter({ queryClient, cluster, clock, bandwidth, onFlush, onDecodeError })
  // What the own connection learns, it writes and tells itself.
  stream.on('account', ({ account, request: { commitment }, source, reason, lagging, told }) => {
    // A tab on another chain must not freeze this one's values.
    if (source !== 'tab' || !told) return
    if (!head.canBeAt(account.slot, account.address)) return stream.markLive([{ address: account.address, commitment }])
    writer.take(account, { commitment, source, reason, at: told.at, lagging })
    if (told.by === 'reader') tell('read', undefined)
  })
  let malformed = 0
  const onMalformed = () => void malformed++
  const sharePending =
    openChannel && pendingOf({ queryClient, cluster, clock, name: sharedName(name), id, openChannel, onMalformed })
  stream.on('changed', () => tell('changed', undefined))
  // A chain that started over is refused account by account, for as long as the old one lived.
  stream.on('refused', ({ account, request }) => {
    guard.knows(heldOf(request)?.slot ?? 0)
    guard.saw(account.slot)
  })
  stream.on('error', (error) => void (stream.role === 'follower' && tell('error', error)))
  return connectionOf(own, stream, () => malformed + stream.malformed, sharePending)
}

/** What tabs have signed is shared while the connection is held, by code that is loaded then. */
function pendingOf(parts: PendingTabsParts): () => () => void {
  let holders = 0
  let stop = () => {}
  return () => {
    if (holders++ === 0) stop = whenLoaded(import('./pendingTabs.js'), ({ sharePending }) => sharePending(parts))
    return once(() => {
      if (--holders === 0) stop()
    })
  }
}

function connectionOf(
  own: Connection,
  stream: ReturnType<typeof createSharedStream>,
  malformed: () => number,
  sharePending: (() => () => void) | undefined,
): SharedConnection {
  return {
    stream,
    get role() {
      return stream.role
    },
    get state() {
      return stream.state
    },
    get endpoint() {
      return own.endpoint
    },
    get queued() {
      return own.queued
    },
    get latencyMs() {
      return stream.latencyMs
    },
    get stats() {
      return { ...own.stats, tabs: stream.tabs, malformed: own.stats.malformed + malformed() }
    },
    open() {
      const stops = [stream.open(), own.open(), sharePending?.() ?? (() => {})]
      return () => {
        for (const stop of stops) stop()
      }
    },
    get silentMs() {
      return own.silentMs
    },
    proofMs: own.proofMs,
    get refusal() {
      return own.refusal
    },
    reconnect: stream.reconnect,
    wake(reason) {
      own.wake(reason)
      stream.wake()
    },
    // Whether values of other tabs are live is decided in those tabs.
    flush: own.flush,
    announceRead: stream.announceRead,
    request: own.request,
    followSignature: own.followSignature,
  }
}

/** Nothing where there is no page: a server's requests have nothing to share. */
function meansOfPage(): SharingMeans {
  if (typeof document === 'undefined' || typeof BroadcastChannel === 'undefined') return {}
  const locks = readOr(undefined, () => navigator.locks as unknown as Locks | undefined)
  if (!locks) return {}
  // Not by `crypto.randomUUID`, which came later than locks.
  const id = `${Math.random()}${Math.random()}`
  return { locks, openChannel: (name) => new BroadcastChannel(name) as Channel, id }
}

/** An address may hold a key, and the names of locks and channels can be seen by every script of the page's origin. */
const digest = (text: string): string => hexOf(createSha256()(utf8Of(text)).slice(0, 8))
