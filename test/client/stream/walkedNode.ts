import type { Address } from '../../../src/base/address.js'
import { SYSTEM_PROGRAM } from '../../../src/base/address.js'
import type { LamplightError } from '../../../src/base/errors.js'
import { laterError } from '../../../src/base/laterErrors.js'
import type { ReadOptions } from '../../../src/token/account.js'
import { type FarEnd, notification, type Received, slotNotification } from '../../support/socketPair.js'
import { request, setUpConnection } from './pushNode.js'
import { createWalkedChain } from './walkedChain.js'

/*
 * What must hold after every step, whatever the node, the network, the page and other listeners do:
 * - I1: an open connection has given a sign of life within 20 s of the time that the page was awake and seen.
 * - I2: what is live is subscribed on this connection; nothing is asked for twice, nothing leaks, and at rest the node holds
 *   exactly what is wanted.
 * - I3: a slot that the cache holds never goes back, but for one that the chain cannot have reached, which is never live.
 * - I4: for each acknowledgement at most one read is taken that is as new as its node was, and one more only where the node then
 *   names a slot that is newer than that read; live has such a value.
 * - I5: one connection at most.
 * - I6: no attempt, request or queue without a bound.
 * - I7: a listener that throws costs the others nothing.
 * - I8: what is live is what the chain held at some slot not older than the proof of life: the newest frame of this connection
 *   that the writer has had the time for; and where the node hides changes or does not say where it is, the newest read.
 */

/** A node that does only what it is told, the connection to it, and a check of what must always be true. */
export type WalkedNode = ReturnType<typeof createWalkedNode>

const ACCOUNTS = 8
const ACCOUNT_NUMBERS = [...Array(ACCOUNTS).keys()]
/** What comes in a frame is in the cache after this long, in milliseconds. */
const FLUSH_MS = 60
/** What no account ever held. */
const NEVER_HELD = 987_654_321
/** Like `expect`, at a price that can be paid some hundred thousand times. */
function must(isTrue: boolean, what: string) {
  if (!isTrue) throw new Error(what)
}
interface Ask extends Received {
  readonly subscription: number
  readonly atMs: number
}
/** One connection as the server sees it. */
interface ServerSide {
  readonly end: FarEnd
  asks: Ask[]
  /** Who is subscribed, by the server's id. */
  readonly subscribed: Map<number, string>
  /** Subscriptions to slots that have not been told of one yet. */
  readonly slots: Set<number>
  /** Ids that the client was given. */
  readonly given: Set<number>
  /** It hides changes, or does not say where it is: only reads prove anything. */
  isWeak: boolean
  isSilent: boolean
  seen: number
  state: 'asked' | 'open' | 'closed'
}

const newSide = (end: FarEnd): ServerSide => ({
  end,
  asks: [],
  subscribed: new Map(),
  slots: new Set(),
  given: new Set(),
  isWeak: false,
  isSilent: false,
  seen: 0,
  state: 'asked',
})

/** Makes the node, and a connection that is held and follows nothing yet. */
export function createWalkedNode() {
  const chain = createWalkedChain(() => clock)
  let failNext = false
  let heardAwakeMs = 0
  let awakeMs = 0
  let lastId = 0
  const sides = new Map<FarEnd, ServerSide>()
  const followed = new Map<number, () => void>()
  const slots = new Map<number, number>()
  /** The newest slot that a read of an account was answered at. */
  const readSlots = new Map<number, number>()
  /** Frames of the connection that is open, with the slot of their time; the last one before `FLUSH_MS` ago counts. */
  let frames: { readonly atMs: number; readonly slot: number }[] = []
  const requests: Promise<unknown>[] = []
  const own = setUpConnection({ auditMs: 60_000 }, (_, head) => ({
    async read(addresses: readonly Address[], { minSlot = 0 }: ReadOptions) {
      const fails = failNext
      failNext = false
      const { slot, lagging } = await chain.read(minSlot)
      must(head.accepts(slot, 'http', true), 'a true slot was not believed')
      if (fails) throw laterError('rpc/unreachable', { endpoint: 'node.example' })
      const data = new Uint8Array()
      return addresses.map((address) => {
        const n = ACCOUNT_NUMBERS.findIndex((each) => request(each).address === address)
        readSlots.set(n, slot)
        return { address, slot, lamports: chain.valueAt(n, slot), program: SYSTEM_PROGRAM, data, lagging }
      })
    },
    list: () => Promise.reject(new Error('this node has no lists')),
  }))
  const { clock, pair, page, connection, held } = own
  own.chain.isMute = true
  let release: (() => void) | undefined = connection.open()
  const snapshots = new Map<string, number>()
  const acks = new Map<string, number>()
  /** The node's slot at the newest acknowledgement, or doubt; and from then on the one that it named. */
  const ackSlots = new Map<string, number>()
  /** Accounts for which the node has not named its slot yet, with the slot of what was read meanwhile. */
  const unnamed = new Map<string, number | undefined>()
  let starts = 0
  let startedAtMs = 0
  let shortestGapMs = Infinity
  let wasIdle = true

  // I7: the first listeners throw, and nothing below may suffer from it.
  connection.stream.on('changed', () => {
    noteStart()
    throw new Error('a listener throws')
  })
  connection.stream.on('account', ({ request: { address }, reason, lagging, account }) => {
    if (reason === 'gap-fill' && !lagging && account.slot >= (ackSlots.get(address) ?? 0)) {
      snapshots.set(address, (snapshots.get(address) ?? 0) + 1)
      if (unnamed.has(address)) unnamed.set(address, account.slot)
    }
    throw new Error('a listener throws')
  })

  /** I6: between two attempts there is always a pause, unless nothing was wanted in between. */
  function noteStart() {
    wasIdle ||= connection.state.name === 'idle'
    if (pair.ends.length === starts) return
    starts = pair.ends.length
    const gapMs = clock.now() - startedAtMs
    if (!wasIdle) shortestGapMs = Math.min(shortestGapMs, gapMs)
    wasIdle = false
    startedAtMs = clock.now()
  }

  /** Reads what the client wrote since the last look. */
  function look() {
    for (const end of pair.ends) {
      const side = sides.get(end) ?? newSide(end)
      sides.set(end, side)
      for (const request of end.received.slice(side.seen)) read(side, request)
      side.seen = end.received.length
    }
  }
  function read(side: ServerSide, request: Received) {
    if (request.method === 'accountUnsubscribe') {
      // I2: nothing is given back that was not there.
      must(side.subscribed.delete(request.params[0] as number), 'I2: gave back what it did not have')
    }
    if (request.method === 'accountSubscribe') {
      const key = String(request.params[0])
      // I2: nothing is asked for twice.
      must(![...side.subscribed.values()].includes(key), 'I2: asked for what it had')
      const isSame = ({ method, params }: Ask) => method === request.method && params[0] === key
      must(!side.asks.some(isSame), 'I2: asked twice')
    }
    if (request.method === 'slotUnsubscribe') side.slots.delete(request.params[0] as number)
    side.asks.push({ ...request, subscription: lastId++, atMs: clock.now() })
  }
  const current = () => {
    const side = sides.get(pair.ends.at(-1) as FarEnd)
    return side?.state === 'open' && !side.end.isClosedByClient ? side : undefined
  }
  function say(side: ServerSide, frame: unknown) {
    heardAwakeMs = awakeMs
    frames.push({ atMs: clock.now(), slot: chain.slot })
    side.end.say(frame)
    look()
  }
  /** One read is owed to this account from here on. */
  function expectRead(address: string) {
    acks.set(address, (acks.get(address) ?? 0) + 1)
    unnamed.set(address, undefined)
  }
  /** What was read before the node named its slot has to be read again where it turns out to be older. */
  function nameSlot(address: string) {
    const readAt = unnamed.get(address)
    if (readAt !== undefined && readAt < chain.slot) acks.set(address, (acks.get(address) ?? 0) + 1)
    if (unnamed.delete(address)) ackSlots.set(address, chain.slot)
  }
  /** Tells who asked for it of the slot that has just ended, once for each. */
  function tellSlots() {
    const side = current()
    for (const id of side?.slots ?? []) {
      for (const address of side?.subscribed.values() ?? []) nameSlot(address)
      if (side) say(side, slotNotification(id, chain.slot))
    }
  }
  const take = (a: number) => {
    const side = current()
    const ask = side?.asks[a % side.asks.length]
    if (side && ask) side.asks = side.asks.filter((each) => each !== ask)
    return side && ask && { side, ask }
  }
  function register(side: ServerSide, ask: Ask) {
    if (ask.method === 'accountSubscribe') side.subscribed.set(ask.subscription, String(ask.params[0]))
    if (ask.method === 'slotSubscribe') side.slots.add(ask.subscription)
  }
  function answer(a: number) {
    const taken = take(a)
    if (!taken) return
    const { side, ask } = taken
    register(side, ask)
    if (ask.method === 'accountSubscribe') {
      const address = String(ask.params[0])
      expectRead(address)
      ackSlots.set(address, chain.slot)
      side.given.add(ask.subscription)
    }
    say(side, { jsonrpc: '2.0', id: ask.id, result: ask.subscription })
  }
  async function pass(ms: number, stepMs = 1000) {
    look()
    // In small moves, so that what must hold is looked at in between.
    for (let left = ms; left >= 0; left -= stepMs) {
      const moveMs = Math.min(left, stepMs)
      awakeMs += moveMs
      chain.advance(Math.floor(moveMs / 400))
      if (moveMs >= 400) tellSlots()
      await clock.advance(moveMs)
      look()
      if (ms > 0) check()
      if (left === 0) break
    }
  }

  function check() {
    // Who has not said for two seconds where it is does not say so.
    const isLate = ({ method, atMs }: Ask) => method === 'slotSubscribe' && clock.now() - atMs >= 2000
    for (const side of sides.values()) side.isWeak ||= side.asks.some(isLate)
    const { state } = connection
    // I1: open means proven within 20 s of the time that the page was awake and seen.
    if (state.name === 'open' && !page.wake.isHidden) must(awakeMs - heardAwakeMs <= 20_000, 'I1: open on an old proof')
    for (let n = 0; n < ACCOUNTS; n++) {
      const now = held(n)?.slot ?? 0
      // The first word of all has nothing to be compared with; it is let go of as soon as there is something.
      if (now > chain.slot) {
        must(!connection.stream.isLive(request(n)), 'I3: live at a slot that the chain cannot have reached')
        continue
      }
      // I3: never back. I2 and I4: live is subscribed on this connection, and read.
      must(now >= (slots.get(n) ?? 0), 'I3: a slot went back')
      slots.set(n, now)
      if (!connection.stream.isLive(request(n))) continue
      // A socket that is closing says nothing of it: the last connection's set counts until the client finds out.
      const subscribed = [...(sides.get(pair.last)?.subscribed.values() ?? [])]
      must(subscribed.includes(request(n).address), 'I2: live without a subscription')
      must(now > 0, 'I4: live without a value')
      must(isTrue(n), `I8: ${n} is live and holds what the chain did not hold any more`)
    }
    // I4: one snapshot for an acknowledgement, or a doubt, at most.
    for (const [address, count] of snapshots)
      must(count <= (acks.get(address) ?? 0), 'I4: two snapshots for one acknowledgement')
    // I5: one connection at most.
    const open = [...sides.values()].filter((side) => side.state !== 'closed' && !side.end.isClosedByClient)
    must(open.length <= 1, 'I5: two connections')
    // I6: nothing hurries, nothing grows.
    must(shortestGapMs >= 100, 'I6: two attempts without a pause')
    must(connection.queued <= 64, 'I6: the queue grew')
    must(clock.timers < 150, 'I6: timers grew')
  }

  const subscriptionOf = (n: number) =>
    [...(current()?.subscribed ?? [])].find(([, key]) => key === request(n).address)?.[0]
  function tell(n: number, slot: number, lamports: number) {
    const [side, id] = [current(), subscriptionOf(n)]
    if (side && !side.isSilent && id !== undefined) say(side, notification(id, slot, lamports))
  }
  /** I8, of one account. */
  function isTrue(n: number) {
    const lamports = held(n)?.lamports ?? -1n
    const proof = frames.findLast(({ atMs }) => atMs <= clock.now() - FLUSH_MS)?.slot ?? 0
    const readAt = readSlots.get(n) ?? 0
    return chain.heldSince(n, lamports, sides.get(pair.last)?.isWeak ? Math.min(proof, readAt) : proof)
  }

  function changeOf(n: number) {
    tell(n, chain.slot, Number(chain.change(n)))
  }
  /** Something that costs a read of its own has happened to everything that is subscribed. */
  function doubtAll() {
    for (const address of current()?.subscribed.values() ?? []) expectRead(address)
  }

  const hold = () => {
    release ??= connection.open()
  }
  const accept = () => {
    look()
    const side = sides.get(pair.ends.at(-1) as FarEnd)
    if (side?.state !== 'asked' || side.end.isClosedByClient) return
    side.state = 'open'
    heardAwakeMs = awakeMs
    frames = []
    side.end.open()
    look()
  }
  async function answerAll() {
    for (let i = 0; i < 50 && current()?.asks.length; i++) {
      answer(0)
      await clock.advance(0)
      look()
    }
  }
  async function comeToRest() {
    hold()
    chain.lag = 0
    page.setOnline(true)
    page.show()
    page.tell('pageshow')
    connection.reconnect()
    const wanted = [...followed.keys()].map((n) => request(n).address as string).sort()
    // I2: the server holds what is wanted: no leak, no double; all of it is live.
    const isAtRest = () =>
      String([...(current()?.subscribed.values() ?? [])].sort()) === String(wanted) &&
      connection.stream.isSynced &&
      [...followed.keys()].every((n) => connection.stream.isLive(request(n)))
    for (let second = 0; second < 100 && !isAtRest(); second++) {
      accept()
      await answerAll()
      await pass(1000)
      const side = current()
      if (side) side.isSilent = false
      // A node that hid changes is believed again when it has told of some for a while.
      if (connection.stream.isServing || second % 10 < 9) continue
      await pass(3_600_000, 10_000)
      for (const n of followed.keys()) changeOf(n)
    }
    must(isAtRest(), 'I2: does not come to rest')
    let areSettled = false
    void Promise.allSettled(requests).then(() => {
      areSettled = true
    })
    // An answer that was lost is waited for in the clock's time, which nobody else moves any more.
    for (let second = 0; second < 30 && !areSettled; second++) await clock.advance(1000)
    must(areSettled, 'I6: a request waits without a bound')
  }

  return {
    page,
    connection,
    pass,
    check,
    hold,
    accept,
    answer,
    answerAll,
    comeToRest,
    async sleep(ms: number) {
      clock.sleep(ms)
      await pass(0)
    },
    lose(a: number) {
      const taken = take(a)
      if (!taken) return
      register(taken.side, taken.ask)
      if (taken.ask.method === 'slotSubscribe') taken.side.isWeak = true
    },
    refuse(a: number, code: number) {
      const taken = take(a)
      if (!taken) return
      if (taken.ask.method === 'slotSubscribe') taken.side.isWeak = true
      say(taken.side, { jsonrpc: '2.0', id: taken.ask.id, error: { code, message: 'no' } })
    },
    change(n: number, drift: number) {
      const which = n % ACCOUNTS
      chain.change(which)
      // Out of order, and told twice: what the account held some slots ago is told under that slot.
      const at = chain.slot + Math.min(0, drift)
      tell(which, at, Number(chain.valueAt(which, at)))
      if (drift < 0) tell(which, chain.slot, Number(chain.valueAt(which, chain.slot)))
    },
    overtake(a: number) {
      const side = current()
      const ask = side?.asks.filter(({ method }) => method === 'accountSubscribe')[a % 3]
      if (!side || !ask) return
      const n = ACCOUNT_NUMBERS.findIndex((each) => request(each).address === ask.params[0])
      chain.change(n)
      say(side, notification(ask.subscription, chain.slot, chain.slot))
    },
    stray(a: number) {
      const side = current()
      const frames = [
        notification(900_000 + a, chain.slot, 1),
        '{',
        '[]',
        'null',
        { id: 123_456, result: 1 },
        { id: 0 },
      ]
      if (side) say(side, frames[a % frames.length])
    },
    end(code: number) {
      const side = current()
      if (!side) return
      side.state = 'closed'
      side.end.close(code)
    },
    fade() {
      const side = current()
      if (!side) return
      side.state = 'closed'
      side.end.fade()
    },
    /** HTTP falls behind, or catches up. */
    lagBehind(a: number) {
      chain.lag = a % 3 === 0 ? 0 : a % 41
    },
    /** The node goes on to answer, and tells of no change any more. */
    fallSilent() {
      const side = current()
      if (side) side.isSilent = side.isWeak = true
    },
    /** A slot that the chain cannot have, with a value that no account ever held. */
    saySlot(a: number, b: number) {
      const [side, id] = [current(), subscriptionOf(a % ACCOUNTS)]
      const slot = [2 ** 53 - 1, -5, 1.5, Number.NaN, chain.slot + 400_000, chain.slot + 5000][b % 6] as number
      if (!side || id === undefined) return
      doubtAll()
      say(side, notification(id, slot, NEVER_HELD))
    },
    /** A change whose frame cannot be read. */
    changeUnread(a: number, b: number) {
      const n = a % ACCOUNTS
      const lamports = Number(chain.change(n))
      const [side, id] = [current(), subscriptionOf(n)]
      if (!side || side.isSilent || id === undefined) return
      doubtAll()
      const frame = notification(id, chain.slot, lamports)
      const text = JSON.stringify(frame)
      say(side, [new Blob([text]), `[${text}]`, text.slice(0, 80), text.replace('"slot"', '"at"')][b % 4])
    },
    /** An acknowledgement with the id of another. */
    answerTwice(a: number) {
      const side = current()
      const taken = [...(side?.subscribed.keys() ?? [])].find((id) => side?.given.has(id))
      const ask = side?.asks.filter(({ method }) => method === 'accountSubscribe')[a % 3]
      if (!side || !ask || taken === undefined) return
      side.asks = side.asks.filter((each) => each !== ask)
      say(side, { jsonrpc: '2.0', id: ask.id, result: taken })
    },
    speakOld(a: number) {
      const old = pair.ends.at(-2)
      old?.say(notification(a, chain.slot, 1))
      old?.close(4999)
    },
    follow(a: number) {
      const n = a % ACCOUNTS
      if (!followed.has(n)) followed.set(n, connection.stream.follow(request(n)))
    },
    unfollow(a: number) {
      followed.get(a % ACCOUNTS)?.()
      followed.delete(a % ACCOUNTS)
    },
    request() {
      requests.push(connection.request('getSlot', []).catch((error: LamplightError) => error.code))
    },
    failNextRead() {
      failNext = true
    },
    release() {
      release?.()
      release = undefined
    },
    async sizesAtRest() {
      for (const n of [5, 6, 7]) this.unfollow(n)
      await pass(5000)
      await answerAll()
      await pass(5000)
      const entries = current()?.subscribed.size
      return { timers: clock.timers, entries, queued: connection.queued }
    },
  }
}
