import { QueryClient } from '@tanstack/query-core'
import { type Address, addressOfBytes, SYSTEM_PROGRAM } from '../../../src/base/address.js'
import { createChainResetGuard } from '../../../src/cache/chainReset.js'
import { balanceKeys } from '../../../src/cache/queries.js'
import { installRules } from '../../../src/cache/rules.js'
import { type ConnectionSettings, createConnection } from '../../../src/client/stream/connection.js'
import { shareConnection } from '../../../src/client/tabs/sharing.js'
import type { AccountReader } from '../../../src/rpc/accountReader.js'
import type { AccountRecord } from '../../../src/token/balance.js'
import { type ChainHead, createChainHead } from '../../../src/token/slots.js'
import { poolOf } from '../../rpc/pools.js'
import type { BrowserTab } from '../../support/browserTabs.js'
import { createPageDouble } from '../../support/pageDouble.js'
import {
  createSocketPair,
  type FarEnd,
  notification,
  type Received,
  slotNotification,
} from '../../support/socketPair.js'
import { createVirtualClock, type VirtualClock } from '../../support/virtualTime.js'

/** The nth account of the tests. */
export const request = (n: number) => {
  const bytes = new Uint8Array(32).fill(7)
  new DataView(bytes.buffer).setUint32(0, n)
  return { address: addressOfBytes(bytes), commitment: 'confirmed' } as const
}
/** The node's id for its slots. */
const SLOTS = 5_000_000
const liveness = { probeAfterMs: 15_000, suspectAfterMs: 5000, deadAfterMs: 10_000 }

/** A chain as its node tells of it. */
const createChain = () => ({
  slot: 100,
  lamports: new Map<string, bigint>(),
  isMute: false,
  /** Whether the node's socket says where it is. */
  tellsSlots: true,
  gate: Promise.resolve(),
  reads: [] as (readonly Address[])[],
})

/** One of a browser's pages, on the clock that all of them have together. */
export interface PushTab {
  readonly id: string
  readonly clock: VirtualClock
  readonly page: BrowserTab
}

/** A connection to a node that answers at once; its chain is what the test says. With `tab` it is shared with other pages. */
export function setUpConnection(
  settings: Partial<ConnectionSettings> = {},
  readerOf?: (clock: VirtualClock, head: ChainHead) => AccountReader,
  tab?: PushTab,
) {
  const clock = tab?.clock ?? createVirtualClock()
  const own = tab?.page.clock ?? clock
  const page = createPageDouble()
  const head = createChainHead(own.now)
  const guard = createChainResetGuard(own, () => {
    head.forget()
    void queryClient.resetQueries({ queryKey: balanceKeys.cluster('test') })
  })
  const chain = createChain()
  let lastId = -1
  let asking = 0
  let mostAsking = 0
  const ids = new Map<string, { readonly id: number; readonly end: FarEnd }>()
  const pair = createSocketPair(({ id, method, params }: Received, end) => {
    if (chain.isMute) return
    if (method === 'slotSubscribe' && chain.tellsSlots) {
      end.say({ jsonrpc: '2.0', id, result: SLOTS })
      return end.say(slotNotification(SLOTS, chain.slot))
    }
    if (method !== 'accountSubscribe') return end.say({ jsonrpc: '2.0', id, result: true })
    mostAsking = Math.max(mostAsking, ++asking)
    clock.schedule(() => {
      asking--
      ids.set(String(params[0]), { id: ++lastId, end })
      end.say({ jsonrpc: '2.0', id, result: lastId })
    }, 20)
  })
  const ownReader = {
    async read(addresses: readonly Address[]) {
      chain.reads.push(addresses)
      const lamportsOf = (address: Address) => chain.lamports.get(address) ?? 1n
      const { slot } = chain
      if (!head.accepts(slot, 'http', true)) throw new Error('a slot that cannot be')
      const answer = addresses.map((address) => ({
        address,
        slot,
        lamports: lamportsOf(address),
        program: SYSTEM_PROGRAM,
        data: new Uint8Array(),
      }))
      await chain.gate
      return answer
    },
    list: () => Promise.reject(new Error('this node has no lists')),
  }
  const queryClient = new QueryClient()
  installRules(queryClient, 'test', head)
  const told: string[] = []
  const parts = {
    pool: poolOf({ endpoints: [{ http: 'https://node.example', ws: 'wss://node.example' }], clock: own }),
    reader: readerOf?.(clock, head) ?? ownReader,
    queryClient,
    cluster: 'test',
    clock: own,
    head,
    guard,
    batchDelayMs: 300,
    nodes: 'https://node.example',
    tell: (event: string) => void told.push(event),
  }
  const alone = createConnection(
    { webSocket: pair.webSocket, liveness, random: () => 0.5, queue: {}, page: page.wake, ...settings },
    parts,
  )
  const connection = tab ? shareConnection(alone, parts, { ...tab.page, page: tab.page.wake, id: tab.id }) : alone
  /** Says a change of the nth account over the connection that has it. */
  const push = (n: number, slot: number, lamports: number, value: object = {}) => {
    const { id, end } = ids.get(request(n).address) ?? {}
    const frame = notification(id ?? -1, slot, lamports)
    Object.assign(frame.params.result.value, value)
    end?.say(frame)
  }
  /** The node's id for the nth account's subscription. */
  const idOf = (n: number) => ids.get(request(n).address)?.id ?? -1
  const held = (n: number) =>
    queryClient.getQueryData<AccountRecord>(balanceKeys.account('test', 'confirmed', request(n).address))
  const calls = (method: string) =>
    pair.ends.reduce((sum, { received }) => sum + received.filter((each) => each.method === method).length, 0)
  const openSockets = () => pair.ends.filter(({ isClosedByClient }) => !isClosedByClient).length
  const start = async (count: number) => {
    const stops = [connection.open(), ...Array.from({ length: count }, (_, n) => connection.stream.follow(request(n)))]
    // A page that leads is told so a moment later.
    await clock.advance(tab ? 10 : 0)
    for (const end of pair.ends) end.open()
    await clock.advance(1000)
    return stops
  }
  const counts = { mostAsking: () => mostAsking }
  return {
    clock,
    page,
    chain,
    pair,
    connection,
    queryClient,
    push,
    idOf,
    held,
    head,
    calls,
    openSockets,
    start,
    counts,
    told,
  }
}
