import { createEmitter, type Emitter, once } from '../../base/emitter.js'
import type { LamplightError } from '../../base/errors.js'
import type { SocketState } from '../../socket/socket.js'
import type { AccountAt, Commitment, SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { AccountUpdate } from '../stream/accountUpdate.js'
import type { TabRole } from '../stream/connection.js'
import type { Stream } from '../stream/stream.js'
import { createTabMember, type TabMember, type TabMemberParts, type Told } from './tabMember.js'

/** An account as the stream learned it, or another tab's stream. */
export interface SharedUpdate extends Omit<AccountUpdate, 'source' | 'reason'> {
  readonly source: AccountUpdate['source'] | 'tab'
  readonly reason: AccountUpdate['reason'] | 'tab'
  /** What another tab told: by whom, and when. */
  readonly told?: Told
}
/** What a shared stream tells. */
export interface SharedStreamEvents {
  account: SharedUpdate
  /** Some account became live or stopped being it, or the connection or the role changed. */
  changed: undefined
  /** The leading tab told the same account twice, and both times this tab's cache kept something else. */
  refused: Pick<SharedUpdate, 'account' | 'request'>
  error: LamplightError
}

/** A stream that all tabs of a browser have together. */
export interface SharedStream extends Omit<Stream, 'on'> {
  readonly role: TabRole
  /** Other tabs that have the same connection, as far as they were heard of. */
  readonly tabs: number
  /** Messages on the tabs' channel that were not understood. */
  readonly malformed: number
  /** The connection that serves this tab, whichever tab's it is. */
  readonly state: SocketState
  readonly latencyMs: number | null
  /** Takes part; the returned function leaves. */
  open(): () => void
  /** Has the tab that holds the connection try again now. */
  reconnect(): void
  /** What was heard of the tab that holds the connection may be older than it seems: asks anew. */
  wake(): void
  /** Tells the other tabs what this one has read. */
  announceRead(account: AccountAt, commitment: Commitment): void
  readonly on: Emitter<SharedStreamEvents>['on']
}

/** Joins one tab to the others; nothing is shared before `open()`. */
export function createSharedStream(parts: TabMemberParts): SharedStream {
  const { own } = parts
  const events = createEmitter<SharedStreamEvents>()
  const wanted = new Map<string, { readonly request: SubscriptionRequest; count: number }>()
  const changed = () => events.emit('changed', undefined)
  const error = (error: LamplightError) => events.emit('error', error)
  const refused = (account: AccountAt, request: SubscriptionRequest) => events.emit('refused', { account, request })
  const malformed = () => void malformedCount++
  const account = (account: AccountAt, request: SubscriptionRequest, told: Told) =>
    events.emit('account', { account, request, source: 'tab', reason: 'tab', lagging: told.lagging, told })
  const member = createTabMember({ ...parts, wanted, on: { account, changed, refused, error, malformed } })
  const { follower } = member
  let [holders, malformedCount] = [0, 0]
  let end = () => {}

  /** A page that goes to sleep, or away, leaves the others in time for one of them to take over. */
  function begin() {
    const offs = [parts.page?.on('freeze', member.stop), parts.page?.on('wake', member.start)]
    member.start()
    end = () => {
      for (const off of offs) off?.()
      member.stop()
    }
  }

  own.stream.on('account', (update) => events.emit('account', update))
  own.stream.on('changed', changed)
  own.stream.on('error', error)

  const isOwn = () => member.role !== 'follower'
  return {
    on: events.on,
    get role() {
      return member.role
    },
    get tabs() {
      return member.tabs
    },
    get malformed() {
      return malformedCount
    },
    get state() {
      return isOwn() || holders === 0 || wanted.size === 0 ? own.state : follower.state
    },
    get latencyMs() {
      return isOwn() ? own.latencyMs : follower.latencyMs
    },
    get isSynced() {
      return own.stream.isSynced && (isOwn() || follower.isSynced)
    },
    get isServing() {
      return !isOwn() || own.stream.isServing
    },
    get slot() {
      return isOwn() ? own.stream.slot : follower.slot
    },
    isRefused: own.stream.isRefused,
    isLive: (request) => (isOwn() || request.tokens ? own.stream.isLive(request) : follower.isLive(request)),
    follow(request) {
      // A wallet's list is not shared yet: each tab that shows one has its own connection for it.
      if (request.tokens) return own.stream.follow(request)
      const key = keyOf(request)
      const { address, commitment } = request
      // What crosses to other tabs has these fields and no others.
      const entry = wanted.get(key) ?? { request: { address, commitment }, count: 0 }
      wanted.set(key, entry)
      if (entry.count++ === 0) member.tell()
      return once(() => {
        if (--entry.count > 0) return
        wanted.delete(key)
        member.tell()
      })
    },
    markLive(requests) {
      own.stream.markLive(requests)
      if (follower.markLive(requests)) changed()
    },
    lost(request) {
      own.stream.lost(request)
      follower.lost(request)
    },
    reconnect() {
      own.reconnect()
      if (!isOwn()) member.askReconnect()
    },
    wake() {
      member.ask()
      changed()
    },
    announceRead: member.announceRead,
    open() {
      if (holders++ === 0) begin()
      return once(() => {
        if (--holders === 0) end()
      })
    },
    async settled(firstReadDelayMs) {
      const leader = isOwn() ? undefined : settled(firstReadDelayMs, { ...parts, member, on: events.on })
      await Promise.all([own.stream.settled(firstReadDelayMs), leader])
    },
  }
}

/** Waits for the leader's word; a tab that comes to lead meanwhile waits for its own stream instead. */
function settled(
  firstReadDelayMs: number,
  { own, clock, member, on }: TabMemberParts & { readonly member: TabMember; readonly on: SharedStream['on'] },
): Promise<void> {
  const startMs = clock.now()
  return new Promise((resolve) => {
    function look() {
      if (member.role === 'follower' && !member.follower.isSynced) return
      stop()
      if (member.role === 'follower') resolve()
      else void own.stream.settled(firstReadDelayMs - (clock.now() - startMs)).then(resolve)
    }
    function stop() {
      off()
      cancel()
    }
    const off = on('changed', look)
    const cancel = clock.schedule(() => {
      stop()
      resolve()
    }, firstReadDelayMs)
    look()
  })
}
