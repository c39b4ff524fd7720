import { messageOf } from '../../base/check.js'
import { type Clock, type Instant, instantOf } from '../../base/clock.js'
import type { LamplightError } from '../../base/errors.js'
import { laterError } from '../../base/laterErrors.js'
import type { PageLifecycle } from '../../base/pageLifecycle.js'
import type { AccountAt, Commitment, SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import type { TabRole } from '../stream/connection.js'
import {
  type Locks,
  type OpenChannel,
  queueForLock,
  type TabChannel,
  type TabMessage,
  type TabReads,
} from './tabChannel.js'
import { createTabFollower, SILENT_MS, type TabCache, type TabFollower } from './tabFollower.js'
import { createTabLeader, type OwnConnection } from './tabLeader.js'
import { createLeases } from './tabLeases.js'
import { openTabChannel } from './tabShapes.js'
import { createTabTimes, type TabTimes } from './tabTimes.js'

/** What a member is made of. */
export interface TabMemberParts {
  /** The same in every tab that asks the same nodes the same things, and in no other. */
  readonly name: string
  readonly own: OwnConnection
  readonly clock: Clock
  /** A node that was not heard for this long proves nothing, in milliseconds. */
  readonly proofMs: number
  /** Without locks or a channel each tab stays alone. */
  readonly locks: Locks | undefined
  readonly openChannel: OpenChannel | undefined
  /** This tab's own name. */
  readonly id: string
  readonly holds: TabCache['holds']
  /** The page around; without one it is always seen and never sleeps. */
  readonly page?: Pick<PageLifecycle, 'isHidden' | 'on'>
}

/** One tab among the others. */
export interface TabMember {
  readonly role: TabRole
  /** Other tabs that have the same connection, as far as they were heard of. */
  readonly tabs: number
  /** What is heard of the leader. */
  readonly follower: TabFollower
  /** What this tab wants has changed. */
  tell(): void
  /** Has the leader try again now. */
  askReconnect(): void
  /** Tells the other tabs what this one has read, all of a turn in one message. */
  announceRead(account: AccountAt, commitment: Commitment): void
  /** What was heard may be older than it seems: asks anew. */
  ask(): void
  /** Joins the others; or, as one of them already, says so again. */
  start(): void
  /** Leaves the others. */
  stop(): void
}

/** A leader that was hidden for this long gives way to a tab that is seen: it would soon close its sockets. */
const HIDDEN_MS = 60_000

/** The tab of a member: what it wants, by key, and what it has to be told. */
export interface TabMemberTab {
  readonly wanted: ReadonlyMap<string, { readonly request: SubscriptionRequest }>
  readonly on: {
    account(account: AccountAt, request: SubscriptionRequest, told: Told): void
    /** The leader told the same account twice, and both times this tab's cache kept something else. */
    refused(account: AccountAt, request: SubscriptionRequest): void
    error(error: LamplightError): void
    changed(): void
    /** Something came over the tabs' channel that no tab of this version says. */
    malformed(): void
  }
}

/** How an account was told by another tab. */
export interface Told {
  /** By the leader as part of its stream, or by any tab that has read it. */
  readonly by: 'leader' | 'reader'
  readonly lagging: boolean
  /** When it was said, on this tab's clocks: a page that slept hears late. */
  readonly at: Instant
}

interface Followed {
  readonly request: SubscriptionRequest
  readonly stop: () => void
}

/** Makes the part that finds this tab's role among the others; it does nothing before `start()`. */
export function createTabMember(parts: TabMemberParts & TabMemberTab): TabMember {
  const { own, clock, id, locks, openChannel, name, wanted, on, holds, proofMs } = parts
  const followed = new Map<string, Followed>()
  const leases = createLeases(clock)
  const post: TabChannel['post'] = (message) => channel?.post(message)
  let role: TabRole = locks && openChannel ? 'follower' : 'alone'
  let channel: TabChannel | undefined
  let leaveLine = () => {}
  let cancelTell: (() => void) | undefined
  /** Since when the leader that was given up has been speaking again. */
  let backSinceMs: number | undefined
  let hiddenSinceMs: number | undefined

  const times = createTabTimes(clock)
  const isVisible = () => !parts.page?.isHidden
  const reads = createReadShare({ id, clock, post, wanted, times, account: on.account })
  const leader = createTabLeader({ id, own, clock, followed, post, leases, onBeat: review })
  const heardOf = { ...on, changed: heard, lost: () => become('alone') }
  const follower = createTabFollower({ id, clock, proofMs, times, wanted, post, isVisible, holds, on: heardOf })

  /** Makes the own stream follow what it has to in this role. */
  function follow() {
    const theirs = role === 'leader' ? leases.wanted() : new Map<string, SubscriptionRequest>()
    const mine = role === 'follower' ? [] : [...wanted].map(([key, { request }]) => [key, request] as const)
    followExactly(own, followed, new Map([...theirs, ...mine]))
  }

  function become(next: TabRole) {
    if (role === next) return
    role = next
    backSinceMs = undefined
    follow()
    on.changed()
  }
  function lead() {
    if (!isVisible() && leases.hasVisible) return rejoin()
    const term = Math.max(follower.term + 1, clock.wallMs())
    follower.stop()
    become('leader')
    leader.lead(term)
  }

  /** A leader that was given up is trusted again once it has spoken for a while and has everything in place. */
  function heard() {
    if (role === 'alone') {
      backSinceMs = follower.isFresh ? (backSinceMs ?? clock.now()) : undefined
      const isBack = backSinceMs !== undefined && clock.now() - backSinceMs >= SILENT_MS
      if (isBack && follower.isSynced) become('follower')
    }
    on.changed()
  }

  /** Forgets tabs that are gone, and gives way to one that is seen where nobody looks at this one. */
  function review() {
    leases.drop()
    follow()
    hiddenSinceMs = isVisible() ? undefined : (hiddenSinceMs ?? clock.now())
    const isLongHidden = hiddenSinceMs !== undefined && clock.now() - hiddenSinceMs >= HIDDEN_MS
    if (leader.isLeading && isLongHidden && leases.hasVisible) rejoin()
  }
  /** Goes to the end of the line, knowing nobody: it gives way again only to a tab that it hears of anew. */
  function rejoin() {
    leave()
    start()
  }

  function heardTab(message: TabMessage) {
    if (message.type === 'reconnect') {
      if (leader.isLeading) own.reconnect()
      return
    }
    if (message.type === 'reads') return reads.hear(message)
    const isNews = message.type === 'requests' ? leases.renew(message) : leases.drop(message.from)
    review()
    if (message.type === 'requests') leader.beat(isNews || message.isNew ? message.requests.map(keyOf) : [])
  }

  /** One message for all requests of a turn. */
  function tell() {
    follow()
    if (role !== 'leader' && channel) cancelTell ??= clock.schedule(tellNow, 0)
  }
  function tellNow() {
    cancelTell = undefined
    if (role !== 'leader') follower.changed()
  }

  function start() {
    if (!locks || !openChannel) return
    if (channel) return void (leader.isLeading || follower.ask())
    channel = openTabChannel(openChannel, name, {
      leader: (message) => void (leader.isLeading || follower.hear(message)),
      tab: heardTab,
      malformed: on.malformed,
      failed: (cause) => stayAlone('BroadcastChannel', cause),
    })
    if (channel) follower.start()
    // Its first message may not go through either.
    if (channel) leaveLine = queueForLock(locks, name, { held: lead, refused })
  }
  const refused = (cause: unknown) => stayAlone('navigator.locks', cause)
  function stayAlone(facility: string, cause: unknown) {
    if (role !== 'alone') on.error(laterError('socket/not-shared', { facility, why: messageOf(cause) }, { cause }))
    disconnect()
    become('alone')
  }
  function leave() {
    disconnect()
    if (locks && openChannel) become('follower')
  }
  function disconnect() {
    cancelTell?.()
    cancelTell = undefined
    leader.stop()
    follower.stop()
    leases.clear()
    post({ type: 'leave', from: id })
    channel?.close()
    channel = undefined
    leaveLine()
  }

  return {
    get role() {
      return role
    },
    get tabs() {
      if (role === 'alone') return 0
      return role === 'leader' ? Object.keys(leases.heard()).length : follower.tabs
    },
    follower,
    tell,
    announceRead: reads.tell,
    ask: () => void (channel && !leader.isLeading && follower.ask()),
    askReconnect: () => post({ type: 'reconnect', from: id }),
    start,
    stop: leave,
  }
}

/** What tabs tell each other of their reads: all of a turn in one message, and to each only what it wants. */
function createReadShare(
  parts: Pick<TabMemberParts, 'id' | 'clock'> & {
    readonly post: TabChannel['post']
    readonly times: TabTimes
    readonly wanted: TabMemberTab['wanted']
    readonly account: TabMemberTab['on']['account']
  },
) {
  const { id, clock, post, times, wanted } = parts
  const told: TabReads['accounts'][number][] = []
  return {
    tell(account: AccountAt, commitment: Commitment) {
      if (told.push({ account, commitment }) > 1) return
      clock.schedule(() => post({ type: 'reads', from: id, accounts: told.splice(0), at: instantOf(clock) }), 0)
    },
    hear({ from, accounts, at: said }: TabReads) {
      const at = times.saidAt(from, said)
      for (const { account, commitment } of accounts) {
        const request = wanted.get(keyOf({ address: account.address, commitment }))?.request
        if (request) parts.account(account, request, { by: 'reader', lagging: false, at })
      }
    },
  }
}

/** Follows what is new in the list, and nothing that is not in it. */
function followExactly(
  { stream }: OwnConnection,
  followed: Map<string, Followed>,
  all: ReadonlyMap<string, SubscriptionRequest>,
) {
  for (const [key, request] of all) if (!followed.has(key)) followed.set(key, { request, stop: stream.follow(request) })
  for (const [key, { stop }] of followed) {
    if (all.has(key)) continue
    followed.delete(key)
    stop()
  }
}
