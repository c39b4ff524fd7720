import type { LamplightError } from '../../src/base/errors.js'
import { laterError } from '../../src/base/laterErrors.js'
import type { Address } from '../../src/token/address.js'
import { SYSTEM_PROGRAM } from '../../src/token/address.js'
import { type FarEnd, notification, type Received } from '../support/socketPair.js'
import { setUpConnection, wish } from './pushNode.js'

/** A node that does only what it is told, the connection to it, and a check of what must always be true. */
export type WalkedNode = ReturnType<typeof createWalkedNode>

const ACCOUNTS = 8
/** Like `expect`, at a price that can be paid some hundred thousand times. */
function must(isTrue: boolean, what: string) {
  if (!isTrue) throw new Error(what)
}
interface Ask extends Received {
  readonly subscription: number
}
/** One connection as the server sees it. */
interface ServerSide {
  readonly end: FarEnd
  asks: Ask[]
  /** Who is subscribed, by the server's id. */
  readonly subscribed: Map<number, string>
  seen: number
  state: 'asked' | 'open' | 'closed'
}

/** Makes the node, and a connection that is held and follows nothing yet. */
export function createWalkedNode() {
  let slot = 1000
  let failNext = false
  let heardAwakeMs = 0
  let awakeMs = 0
  let lastId = 0
  const sides = new Map<FarEnd, ServerSide>()
  const followed = new Map<number, () => void>()
  const slots = new Map<number, number>()
  const requests: Promise<unknown>[] = []
  const own = setUpConnection({ auditMs: 60_000 }, (clock) => ({
    async read(addresses: readonly Address[]) {
      const fails = failNext
      failNext = false
      await new Promise<void>((resume) => clock.schedule(resume, 20))
      if (fails) throw laterError('rpc/unreachable', { endpoint: 'node.example' })
      const data = new Uint8Array()
      return addresses.map((address) => ({ address, slot, lamports: BigInt(slot), program: SYSTEM_PROGRAM, data }))
    },
    list: () => Promise.reject(new Error('this node has no lists')),
  }))
  const { clock, pair, page, connection, held } = own
  own.chain.isMute = true
  let release: (() => void) | undefined = connection.open()
  const snapshots = new Map<string, number>()
  const acks = new Map<string, number>()
  let starts = 0
  let startedAtMs = 0
  let shortestGapMs = Infinity
  let wasIdle = true

  // I7: the first listeners throw, and nothing below may suffer from it.
  connection.stream.on('changed', () => {
    noteStart()
    throw new Error('a listener throws')
  })
  connection.stream.on('account', ({ wish: { address }, reason }) => {
    if (reason === 'gap-fill') snapshots.set(address, (snapshots.get(address) ?? 0) + 1)
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
      const side = sides.get(end) ?? { end, asks: [], subscribed: new Map(), seen: 0, state: 'asked' }
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
    side.asks.push({ ...request, subscription: lastId++ })
  }
  const current = () => {
    const side = sides.get(pair.ends.at(-1) as FarEnd)
    return side?.state === 'open' && !side.end.isClosedByClient ? side : undefined
  }
  function say(side: ServerSide, frame: unknown) {
    heardAwakeMs = awakeMs
    side.end.say(frame)
    look()
  }
  const take = (a: number) => {
    const side = current()
    const ask = side?.asks[a % side.asks.length]
    if (side && ask) side.asks = side.asks.filter((each) => each !== ask)
    return side && ask && { side, ask }
  }
  function register(side: ServerSide, ask: Ask) {
    if (ask.method === 'accountSubscribe') side.subscribed.set(ask.subscription, String(ask.params[0]))
  }
  function answer(a: number) {
    const taken = take(a)
    if (!taken) return
    const { side, ask } = taken
    register(side, ask)
    if (ask.method === 'accountSubscribe') acks.set(String(ask.params[0]), (acks.get(String(ask.params[0])) ?? 0) + 1)
    say(side, { jsonrpc: '2.0', id: ask.id, result: ask.subscription })
  }
  async function pass(ms: number, stepMs = 1000) {
    look()
    // In small moves, so that what must hold is looked at in between.
    for (let left = ms; left >= 0; left -= stepMs) {
      const moveMs = Math.min(left, stepMs)
      awakeMs += moveMs
      await clock.advance(moveMs)
      look()
      if (ms > 0) check()
      if (left === 0) break
    }
  }

  function check() {
    const { state } = connection
    // I1: open means proven within 20 s of the time that the page was awake and seen.
    if (state.name === 'open' && !page.wake.isHidden) must(awakeMs - heardAwakeMs <= 20_000, 'I1: open on an old proof')
    for (let n = 0; n < ACCOUNTS; n++) {
      const now = held(n)?.slot ?? 0
      // I3: never back. I2 and I4: live is subscribed on this connection, and read.
      must(now >= (slots.get(n) ?? 0), 'I3: a slot went back')
      slots.set(n, now)
      if (!connection.stream.isLive(wish(n))) continue
      // A socket that is closing says nothing of it: the last connection's set counts until the client finds out.
      const subscribed = [...(sides.get(pair.last)?.subscribed.values() ?? [])]
      must(subscribed.includes(wish(n).address), 'I2: live without a subscription')
      must(now > 0, 'I4: live without a value')
    }
    // I4: one snapshot for an acknowledgement at most.
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

  const hold = () => {
    release ??= connection.open()
  }
  const accept = () => {
    look()
    const side = sides.get(pair.ends.at(-1) as FarEnd)
    if (side?.state !== 'asked' || side.end.isClosedByClient) return
    side.state = 'open'
    heardAwakeMs = awakeMs
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
    page.setOnline(true)
    page.show()
    page.tell('pageshow')
    connection.reconnect()
    const wanted = [...followed.keys()].map((n) => wish(n).address as string).sort()
    // I2: the server holds what is wanted: no leak, no double; all of it is live.
    const isAtRest = () =>
      String([...(current()?.subscribed.values() ?? [])].sort()) === String(wanted) &&
      connection.stream.isSynced &&
      [...followed.keys()].every((n) => connection.stream.isLive(wish(n)))
    for (let second = 0; second < 100 && !isAtRest(); second++) {
      accept()
      await answerAll()
      await pass(1000)
    }
    must(isAtRest(), 'I2: does not come to rest')
    await Promise.allSettled(requests)
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
      if (taken) register(taken.side, taken.ask)
    },
    refuse(a: number, code: number) {
      const taken = take(a)
      if (taken) say(taken.side, { jsonrpc: '2.0', id: taken.ask.id, error: { code, message: 'no' } })
    },
    change(n: number, drift: number) {
      slot += 1
      const side = current()
      for (const [id, key] of side?.subscribed ?? [])
        if (side && key === wish(n % ACCOUNTS).address) say(side, notification(id, slot + drift, slot + drift))
    },
    overtake(a: number) {
      const side = current()
      const ask = side?.asks.filter(({ method }) => method === 'accountSubscribe')[a % 3]
      if (side && ask) say(side, notification(ask.subscription, ++slot, slot))
    },
    stray(a: number) {
      const side = current()
      const frames = [notification(900_000 + a, slot, 1), '{', '[]', 'null', { id: 123_456, result: 1 }, { id: 0 }]
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
    speakOld(a: number) {
      const old = pair.ends.at(-2)
      old?.say(notification(a, slot, 1))
      old?.close(4999)
    },
    follow(a: number) {
      const n = a % ACCOUNTS
      if (!followed.has(n)) followed.set(n, connection.stream.follow(wish(n)))
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
