import { addressOfBytes, SYSTEM_PROGRAM } from '../../../src/base/address.js'
import type { Clock } from '../../../src/base/clock.js'
import { createEmitter } from '../../../src/base/emitter.js'
import type { AccountUpdate, StreamEvents } from '../../../src/client/stream/accountUpdate.js'
import type { OwnConnection } from '../../../src/client/tabs/tabLeader.js'
import type { SocketState } from '../../../src/socket/socket.js'
import type { SubscriptionRequest } from '../../../src/token/account.js'
import { keyOf } from '../../../src/token/accountKey.js'

/** An account by number. */
export const request = (n: number): SubscriptionRequest => ({
  address: addressOfBytes(new Uint8Array(32).fill(n + 1)),
  commitment: 'confirmed',
})

/** A node as connections see it. */
export interface TabNode {
  /** Changes an account, and pushes that to whoever follows it. */
  change(request: SubscriptionRequest, slot: number, lamports: bigint): void
  /** Ends all connections; they stay away until told otherwise. */
  cut(): void
  heal(): void
  /** Says nothing more on any connection, which stays open; or speaks again. */
  mute(isMute: boolean): void
  /** Loses one page's connection for good, as when the page is gone. */
  drop(index: number): void
  /** Connections that are open. */
  readonly sockets: number
  /** Accounts followed, connection by connection. */
  readonly subscriptions: number
  readonly reconnects: number
  connect(clock: Clock): OwnConnection
}

/** How long connecting, and then each acknowledgement with its read, takes in milliseconds. */
const ROUND_TRIP_MS = 20

/** Makes a node whose connections open with the first account that is followed, as the real one's do. */
export function createTabNode(): TabNode {
  const values = new Map<string, { slot: number; lamports: bigint }>()
  const lines = new Set<ReturnType<typeof createLine>>()
  let isCut = false
  let mutedAtMs: number | undefined
  let reconnects = 0
  const all = () => [...lines]
  const silentMs = (clock: Clock) => (mutedAtMs === undefined ? 0 : clock.wallMs() - mutedAtMs)
  return {
    change(target, slot, lamports) {
      values.set(keyOf(target), { slot, lamports })
      if (mutedAtMs === undefined) for (const line of lines) line.push(target)
    },
    cut() {
      isCut = true
      for (const line of lines) line.look()
    },
    heal() {
      isCut = false
      for (const line of lines) line.look()
    },
    mute(isMute) {
      const clock = [...lines][0]?.clock
      mutedAtMs = isMute && clock ? clock.wallMs() : undefined
    },
    drop(index) {
      const line = all()[index]
      if (line) lines.delete(line)
    },
    get sockets() {
      return all().filter(({ own }) => own.state.name === 'open').length
    },
    get subscriptions() {
      return all().reduce((sum, { acked }) => sum + acked.size, 0)
    },
    get reconnects() {
      return reconnects
    },
    connect(clock) {
      const line = createLine(clock, {
        values,
        silentMs: () => silentMs(clock),
        isCut: () => isCut,
        onReconnect: () => void reconnects++,
      })
      lines.add(line)
      return line.own
    },
  }
}

interface Far {
  readonly values: ReadonlyMap<string, { slot: number; lamports: bigint }>
  silentMs(): number
  isCut(): boolean
  onReconnect(): void
}

function createLine(clock: Clock, far: Far) {
  const events = createEmitter<StreamEvents>()
  const followed = new Map<string, SubscriptionRequest>()
  const [acked, arrived, live] = [new Set<string>(), new Set<string>(), new Set<string>()]
  let state: SocketState = { name: 'idle' }
  let slot: number | null = null

  function tell(target: SubscriptionRequest, source: AccountUpdate['source']) {
    const reason = source === 'stream' ? 'stream' : 'gap-fill'
    const value = far.values.get(keyOf(target)) ?? { slot: 1, lamports: 0n }
    slot = Math.max(slot ?? 0, value.slot)
    const account = { address: target.address, ...value, program: SYSTEM_PROGRAM, data: new Uint8Array([1]) }
    events.emit('account', { account, request: target, source, reason, lagging: false })
  }
  function enter(next: SocketState) {
    state = next
    if (state.name !== 'open') for (const keys of [acked, arrived, live]) keys.clear()
    events.emit('changed', undefined)
  }
  function look() {
    if (followed.size === 0 || far.isCut()) return void (state.name === 'idle' || enter({ name: 'idle' }))
    if (state.name !== 'idle') return
    enter({ name: 'connecting', attempt: 0 })
    clock.schedule(() => {
      if (state.name !== 'connecting') return
      enter({ name: 'open', sinceMs: clock.now() })
      for (const each of followed.values()) subscribe(each)
    }, ROUND_TRIP_MS)
  }
  function subscribe(target: SubscriptionRequest) {
    if (state.name !== 'open') return
    clock.schedule(() => {
      if (state.name !== 'open' || !followed.has(keyOf(target))) return
      acked.add(keyOf(target))
      arrived.add(keyOf(target))
      tell(target, 'fetch')
    }, ROUND_TRIP_MS)
  }
  const own: OwnConnection = {
    get state() {
      return state
    },
    latencyMs: 7,
    get silentMs() {
      return state.name === 'open' ? far.silentMs() : null
    },
    reconnect: far.onReconnect,
    stream: {
      on: events.on,
      follow(target) {
        followed.set(keyOf(target), target)
        look()
        subscribe(target)
        return () => {
          for (const keys of [followed, acked, arrived, live]) keys.delete(keyOf(target))
          look()
        }
      },
      markLive(requests) {
        const fresh = requests.map(keyOf).filter((key) => arrived.delete(key))
        for (const key of fresh) live.add(key)
        if (fresh.length > 0) events.emit('changed', undefined)
      },
      lost: (target) => void live.delete(keyOf(target)),
      isRefused: () => false,
      isLive: (target) => state.name === 'open' && live.has(keyOf(target)),
      get isSynced() {
        return live.size === followed.size
      },
      isServing: true,
      get slot() {
        return slot
      },
      settled: async () => {},
    },
  }
  return {
    own,
    clock,
    acked,
    look,
    push: (target: SubscriptionRequest) => acked.has(keyOf(target)) && tell(target, 'stream'),
  }
}
