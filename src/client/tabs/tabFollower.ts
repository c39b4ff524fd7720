import { ageMsOf, type Clock, type Instant, instantOf } from '../../base/clock.js'
import type { LamplightError } from '../../base/errors.js'
import type { SocketState } from '../../socket/socket.js'
import type { AccountAt, SubscriptionRequest } from '../../token/account.js'
import { keyOf } from '../../token/accountKey.js'
import { type LeaderMessage, type LeaderStatus, receivedError, receivedState, type TabMessage } from './tabChannel.js'
import type { TabTimes } from './tabTimes.js'

/** What a tab hears of its leader. */
export interface TabFollower {
  /** The newest term heard of; 0 before any. */
  readonly term: number
  /** The leader was heard a moment ago. */
  readonly isFresh: boolean
  /** The leader's connection is open and has everything that this tab wants. */
  readonly isSynced: boolean
  readonly state: SocketState
  readonly latencyMs: number | null
  readonly slot: number | null
  /** Tabs beside this one that have the leader's connection, the leader included. */
  readonly tabs: number
  isLive(request: SubscriptionRequest): boolean
  /**
   * What the leader told of these accounts was written: those are live of which this tab's cache says the same now. True where
   * that changed something.
   */
  markLive(requests: readonly SubscriptionRequest[]): boolean
  /** The cache holds this account no longer: it is not live until the leader has told it again. */
  lost(request: SubscriptionRequest): void
  hear(message: LeaderMessage): void
  /** Tells the leader what this tab wants. */
  ask(): void
  /** The requests have changed. */
  changed(): void
  /** Starts to listen, and to judge silence. */
  start(): void
  /** Forgets the leader. */
  stop(): void
}

/** How long the values of a silent leader stay live, in milliseconds. */
export const SILENT_MS = 6000
/** How long a leader may be silent before a tab opens a connection of its own, in milliseconds. */
export const LOST_MS = 15_000
/** Silence after which the leader is asked: a hidden page's timers may run once a minute, its messages come at once. */
const ASK_MS = 4000
/** How often requests are repeated, in milliseconds; a third of their lease. */
const RENEW_MS = 10_000
/** A value that was asked for and did not come is asked for again after this time, in milliseconds. */
const AGAIN_MS = 1000
const NEVER: Instant = { ms: -Infinity, wallMs: -Infinity }
const NO_STATE: SocketState = { name: 'connecting', attempt: 0 }
/** A timer this late says that this page slept, not that the leader is silent. */
const LATE_MS = 2000

/** This tab's own cache, as far as it has to be asked. */
export interface TabCache {
  /** Whether it says of an account what the leader told, as of that slot or a later one. */
  holds(account: AccountAt, request: SubscriptionRequest, lagging: boolean): boolean
}

interface Told {
  readonly account: AccountAt
  readonly lagging: boolean
}

/** What a follower is made of. */
export interface TabFollowerParts {
  readonly id: string
  readonly clock: Clock
  /** A leader that did not hear its node for this long proves nothing, in milliseconds. */
  readonly proofMs: number
  readonly times: TabTimes
  /** What this tab wants, by key. */
  readonly wanted: ReadonlyMap<string, { readonly request: SubscriptionRequest }>
  readonly post: (message: TabMessage) => void
  readonly isVisible: () => boolean
  readonly holds: TabCache['holds']
  readonly on: {
    account(
      account: AccountAt,
      request: SubscriptionRequest,
      told: { by: 'leader'; lagging: boolean; at: Instant },
    ): void
    /** The leader told the same account twice, and both times this tab's cache kept something else. */
    refused(account: AccountAt, request: SubscriptionRequest): void
    error(error: LamplightError): void
    /** The leader said how things are, or was silent for so long that this changed what can be said. */
    changed(): void
    /** The leader was not heard for `LOST_MS`. */
    lost(): void
  }
}

/** Makes the ear of a tab. */
export function createTabFollower(parts: TabFollowerParts): TabFollower {
  const { id, clock, proofMs, times, wanted, post, on, isVisible } = parts
  const arrived = new Map<string, Told>()
  const markedLive = new Set<string>()
  /** Told, and not taken by this tab's cache. */
  const refused = new Set<string>()
  let leader: { readonly id: string; readonly term: number; seq: number; live: ReadonlySet<string> } | undefined
  let status: LeaderStatus | undefined
  let state: SocketState = NO_STATE
  let [heardAt, provenAt] = [NEVER, NEVER]
  let [askedAtMs, count, slot, isNew] = [-Infinity, 0, 0, true]
  let cancelProof = () => {}
  const judge = createSilenceTimer(clock, { ask, changed: on.changed, lost })

  const isWithin = (ms: number, then: Instant) => ageMsOf(then, instantOf(clock)) < ms
  const isFresh = () => status !== undefined && isWithin(SILENT_MS, heardAt)
  const isProven = () => isFresh() && state.name === 'open' && isWithin(proofMs, provenAt)
  const hasHeardMe = () => status?.heard[id] === count

  function ask() {
    askedAtMs = clock.now()
    const requests = [...wanted.values()].map(({ request }) => request)
    post({ type: 'requests', from: id, count, requests, isVisible: isVisible(), isNew })
    isNew = false
  }
  function lost() {
    const { term } = leader ?? { term: 0 }
    // Whoever speaks next is believed, whatever its term: the clock that gives terms may have been set back.
    if (term > 0) forget()
    on.lost()
  }
  function forget() {
    leader = status = undefined
    for (const keys of [arrived, markedLive, refused]) keys.clear()
    slot = 0
    isNew = true
  }

  /** Whether a message is the next to be taken. What was missed is asked for; what is old, double or of an old leader is not. */
  function isDue(message: LeaderMessage): boolean {
    if (leader && message.term < leader.term) return false
    // Two that came to lead in one millisecond: the second counts once the first has said that it is over.
    if (leader && message.term === leader.term && message.leader !== leader.id && status) return false
    if (leader?.id === message.leader && leader.term === message.term) {
      if (message.seq <= leader.seq) return false
      if (message.seq === leader.seq + 1) return true
    }
    forget()
    leader = { id: message.leader, term: message.term, seq: message.seq, live: new Set() }
    ask()
    return true
  }

  function take(message: LeaderMessage) {
    if (message.type === 'bye') forgetStatus()
    else if (message.type === 'error') on.error(receivedError(message.error))
    else if (message.type === 'account') takeAccount(message)
    else takeStatus(message.status)
  }
  function forgetStatus() {
    status = undefined
    for (const keys of [arrived, markedLive, refused]) keys.clear()
    on.changed()
  }
  function takeAccount(message: Extract<LeaderMessage, { readonly type: 'account' }>) {
    const { account, commitment, lagging } = message
    const request = wanted.get(keyOf({ address: account.address, commitment }))?.request
    slot = Math.max(slot, account.slot)
    if (!request) return
    arrived.set(keyOf(request), { account, lagging })
    on.account(account, request, { by: 'leader', lagging, at: heardAt })
  }
  function takeStatus(next: LeaderStatus) {
    // Another connection, which may be to a chain that started over.
    if (next.slot === null || next.slot < (status?.slot ?? 0)) slot = 0
    status = next
    prove(next)
    const live = new Set(next.live)
    // What is not live now has to come again before it may be.
    for (const keys of [arrived, markedLive, refused])
      for (const key of keys.keys()) if (!live.has(key)) keys.delete(key)
    if (leader) leader.live = live
    const isMissing = (key: string) => live.has(key) && !arrived.has(key) && !markedLive.has(key)
    const askedMs = clock.now() - askedAtMs
    if (askedMs >= AGAIN_MS && [...wanted.keys()].some(isMissing)) isNew = true
    if (isNew || !hasHeardMe() || askedMs >= RENEW_MS) ask()
    on.changed()
  }

  /** A value that this tab's cache refused is not live here; the leader is asked for it again. */
  function judged(request: SubscriptionRequest): boolean {
    const key = keyOf(request)
    const told = arrived.get(key)
    if (!told) return false
    arrived.delete(key)
    const wasMarkedLive = markedLive.delete(key)
    if (parts.holds(told.account, request, told.lagging)) {
      markedLive.add(key)
      refused.delete(key)
      return !wasMarkedLive
    }
    if (refused.has(key)) on.refused(told.account, request)
    refused.add(key)
    return wasMarkedLive
  }

  /** What the leader says proves itself; of its node it tells when that was heard. */
  function prove({ state: sent, silentMs }: LeaderStatus) {
    const from = leader?.id ?? ''
    state = receivedState(sent, (ms) => times.ownMs(from, ms))
    provenAt = silentMs === null ? NEVER : { ms: heardAt.ms - silentMs, wallMs: heardAt.wallMs - silentMs }
    cancelProof()
    const cooldownMs = proofMs - ageMsOf(provenAt, instantOf(clock))
    // Otherwise its own silence is noticed before.
    if (cooldownMs > 0 && cooldownMs < SILENT_MS) cancelProof = clock.schedule(on.changed, cooldownMs)
  }

  /** Of a connection nobody hears of any more only its age is known. */
  function stateNow(): SocketState {
    if (!status) return NO_STATE
    if (isProven() || (state.name !== 'open' && state.name !== 'suspect') || (state.name === 'suspect' && isFresh()))
      return state
    return { name: 'suspect', sinceMs: state.sinceMs, heardAtMs: provenAt.ms }
  }

  return {
    get term() {
      return leader?.term ?? 0
    },
    get tabs() {
      return status ? 1 + Object.keys(status.heard).filter((tab) => tab !== id).length : 0
    },
    get isFresh() {
      return isFresh()
    },
    get isSynced() {
      const isHeld = (key: string) => !leader?.live.has(key) || markedLive.has(key)
      return isFresh() && hasHeardMe() && (status?.isSynced ?? false) && [...wanted.keys()].every(isHeld)
    },
    get state() {
      return stateNow()
    },
    get latencyMs() {
      return status?.latencyMs ?? null
    },
    get slot() {
      return Math.max(status?.slot ?? 0, slot) || null
    },
    isLive(request) {
      const key = keyOf(request)
      return isProven() && (leader?.live.has(key) ?? false) && markedLive.has(key)
    },
    markLive(requests) {
      return requests.map(judged).includes(true)
    },
    lost(request) {
      // Asked for with the leader's next word: what is cleared is many accounts in one turn.
      if (markedLive.delete(keyOf(request))) isNew = true
    },
    hear(message) {
      if (!isDue(message)) return
      if (leader) leader.seq = message.seq
      // A page that was frozen gets at once what was said meanwhile: that proves no life.
      heardAt = times.saidAt(message.leader, message.at)
      if (isFresh()) judge.heard()
      take(message)
    },
    ask,
    changed() {
      count++
      for (const keys of [arrived, markedLive, refused])
        for (const key of keys.keys()) if (!wanted.has(key)) keys.delete(key)
      ask()
    },
    start() {
      judge.heard()
      ask()
    },
    stop() {
      judge.stop()
      cancelProof()
      forget()
    },
  }
}

/** One timer: asks, says that the leader is silent, gives it up; and starts over at every sign of it. */
function createSilenceTimer(clock: Clock, on: { ask(): void; changed(): void; lost(): void }) {
  let cancel = () => {}
  function after(ms: number, step: () => void) {
    const dueMs = clock.now() + ms
    cancel()
    cancel = clock.schedule(() => {
      if (clock.now() - dueMs <= LATE_MS) return step()
      on.changed()
      on.ask()
      after(SILENT_MS, step)
    }, ms)
  }
  function silent() {
    on.changed()
    after(LOST_MS - SILENT_MS, lost)
  }
  function lost() {
    on.lost()
  }
  return {
    heard: () =>
      after(ASK_MS, () => {
        on.ask()
        after(SILENT_MS - ASK_MS, silent)
      }),
    stop: () => cancel(),
  }
}
