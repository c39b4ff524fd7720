import { type Address, addressOfProgram, type TokenProgram } from '../base/address.js'
import { type Clock, systemClock } from '../base/clock.js'
import { isLamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { partsOf } from '../base/parts.js'
import { isObject } from '../base/wireText.js'
import {
  type AccountAt,
  type AccountSource,
  accountOf,
  type Commitment,
  type ReadOptions,
  type TokenAccountsAt,
} from '../token/account.js'
import { keyOf } from '../token/accountKey.js'
import { isSlot } from '../token/slots.js'
import type { RpcClient } from './rpcClient.js'

/** What the reader needs beside a node to ask. */
export interface AccountReaderOptions {
  readonly rpc: RpcClient
  readonly clock?: Clock
  /** Whether this slot of a node's answer is accepted. @default any */
  readonly accepts?: ((slot: number, endpoint: string) => boolean) | undefined
  /** Asks made within this many milliseconds share requests. @default 5 */
  readonly windowMs?: number
  /** Accounts in one request; Solana nodes take 100 at most. @default 100 */
  readonly maxAccounts?: number
}

/** Reads accounts in as few requests as there can be. */
export interface AccountReader {
  /** Joins what others ask for at the same time; an account already on its way is not asked for again. */
  readonly read: AccountSource['read']
  /**
   * Reads all token accounts of an owner under one program, and those of `known` that are not among them any more.
   * Whoever else asks for the list at the same time gets the same answer.
   */
  list(owner: Address, program: TokenProgram, options: ListOptions): Promise<TokenAccountsAt>
}

/** What a list is asked for with. */
export interface ListOptions extends ReadOptions {
  /** Accounts that were the owner's, as far as the asker knows. */
  readonly known: readonly Address[]
}

interface Ask {
  readonly address: Address
  readonly answer: Promise<AccountAt>
  readonly resolve: (account: AccountAt) => void
  readonly reject: (reason: unknown) => void
}
interface ListAsk {
  minSlot: number
  isSent: boolean
  readonly answer: Promise<{ readonly slot: number; readonly accounts: readonly AccountAt[] }>
}
interface Batch {
  readonly asks: Map<Address, Ask>
  minSlot: number
}

/** A node that lags is asked again this often, this far apart, before its older answer is taken. */
const BEHIND_RETRIES = 8
const BEHIND_WAIT_MS = 400
/** Reads of up to this many accounts go before larger ones. */
const SMALL_READ = 10

/** Makes a reader: one turn's asks become `ceil(N / 100)` `getMultipleAccounts` requests. */
export function createAccountReader(options: AccountReaderOptions): AccountReader {
  const { rpc, clock = systemClock, windowMs = 5, maxAccounts = 100 } = options
  const waiting = new Map<Commitment, Batch>()
  const inFlight = new Map<string, Ask>()
  const lists = new Map<string, ListAsk>()
  const request = createRequest(rpc, clock, options.accepts)

  function ask(address: Address, commitment: Commitment, minSlot: number | undefined): Promise<AccountAt> {
    // A read that must be younger than this moment cannot share a request that already left.
    const shared = minSlot === undefined ? inFlight.get(`${commitment}:${address}`) : undefined
    if (shared) return shared.answer
    let batch = waiting.get(commitment)
    if (!batch) {
      batch = { asks: new Map(), minSlot: 0 }
      waiting.set(commitment, batch)
      clock.schedule(() => send(commitment), windowMs)
    }
    batch.minSlot = Math.max(batch.minSlot, minSlot ?? 0)
    const known = batch.asks.get(address) ?? createAsk(address)
    batch.asks.set(address, known)
    return known.answer
  }

  function send(commitment: Commitment) {
    const batch = waiting.get(commitment)
    waiting.delete(commitment)
    const asks = [...(batch?.asks.values() ?? [])]
    for (const each of partsOf(asks, maxAccounts)) void settle(each, commitment, batch?.minSlot ?? 0)
  }

  async function settle(asks: readonly Ask[], commitment: Commitment, minSlot: number) {
    for (const each of asks) inFlight.set(`${commitment}:${each.address}`, each)
    try {
      const addresses = asks.map((each) => each.address)
      const priority = asks.length > SMALL_READ ? 'bulk' : 'small'
      const call = { method: 'getMultipleAccounts', params: [addresses], priority, commitment, minSlot } as const
      const { value, slot, malformed } = await request(call)
      if (value.length !== asks.length) throw malformed()
      asks.forEach((each, i) => {
        const account = accountOf(each.address, slot, value[i])
        if (account) each.resolve(slot < minSlot ? { ...account, lagging: true } : account)
        else each.reject(malformed())
      })
    } catch (reason) {
      // One account cannot be asked for in parts.
      const size = isLamplightError(reason, 'rpc/too-large') ? Math.min(reason.context.limit ?? 1, asks.length - 1) : 0
      const [first, ...others] = size > 0 ? partsOf(asks, size) : []
      if (!first) for (const each of asks) each.reject(reason)
      else {
        // The first part finds out how many the node takes; the others go by that.
        await settle(first, commitment, minSlot)
        await Promise.all(others.map((part) => settle(part, commitment, minSlot)))
      }
    } finally {
      for (const each of asks) {
        const key = `${commitment}:${each.address}`
        if (inFlight.get(key) === each) inFlight.delete(key)
      }
    }
  }

  function askList(owner: Address, program: TokenProgram, { commitment, minSlot }: ReadOptions): ListAsk['answer'] {
    const key = keyOf({ address: owner, commitment, tokens: program })
    const held = lists.get(key)
    if (held && (!held.isSent || minSlot === undefined)) {
      held.minSlot = Math.max(held.minSlot, minSlot ?? 0)
      return held.answer
    }
    async function read() {
      await new Promise<void>((resume) => clock.schedule(resume, windowMs))
      mine.isSent = true
      try {
        const params = [owner, { programId: addressOfProgram(program) }]
        const call = { method: 'getTokenAccountsByOwner', params, priority: 'bulk', commitment } as const
        const { value, slot, malformed } = await request({ ...call, minSlot: mine.minSlot })
        return { slot, accounts: value.map((row) => listedAccount(row, slot) ?? raise(malformed())) }
      } finally {
        if (lists.get(key) === mine) lists.delete(key)
      }
    }
    const mine: ListAsk = { minSlot: minSlot ?? 0, isSent: false, answer: read() }
    lists.set(key, mine)
    return mine.answer
  }

  const read: AccountReader['read'] = (addresses, { commitment, minSlot }) =>
    Promise.all(addresses.map((each) => ask(each, commitment, minSlot)))

  return {
    read,
    async list(owner, program, { known, ...options }) {
      const { slot, accounts } = await askList(owner, program, options)
      const listed = new Set(accounts.map(({ address }) => address))
      const left = known.filter((each) => !listed.has(each))
      // Closed, or given to somebody else: each says itself which.
      const others = left.length > 0 ? await read(left, { ...options, minSlot: slot }) : []
      return { owner, program, slot, accounts: [...accounts, ...others] }
    },
  }
}

function raise(error: Error): never {
  throw error
}

/** One row of a list. */
const listedAccount = (row: unknown, slot: number): AccountAt | undefined =>
  isObject(row) && typeof row.pubkey === 'string' ? accountOf(row.pubkey as Address, slot, row.account) : undefined

/** One request for accounts. */
interface AccountCall {
  readonly method: 'getMultipleAccounts' | 'getTokenAccountsByOwner'
  readonly params: readonly unknown[]
  readonly priority: 'bulk' | 'small'
  readonly commitment: Commitment
  readonly minSlot: number
}

/** Makes the function that asks, and asks again while the node is behind. */
function createRequest(rpc: RpcClient, clock: Clock, accepts: AccountReaderOptions['accepts']) {
  return async ({ method, params, priority, commitment, minSlot }: AccountCall) => {
    const malformed = () => laterError('rpc/malformed', { endpoint: rpc.endpoint, method })
    for (let attempt = 0; ; attempt++) {
      const floor = minSlot > 0 && attempt <= BEHIND_RETRIES ? { minContextSlot: minSlot } : {}
      try {
        const config = { encoding: 'base64', commitment, ...floor }
        const result = await rpc.call(method, [...params, config], { priority })
        const context = isObject(result) && isObject(result.context) ? result.context : undefined
        const value = isObject(result) && Array.isArray(result.value) ? (result.value as unknown[]) : undefined
        const slot = context?.slot
        if (!isSlot(slot) || !value) throw malformed()
        const { endpoint } = rpc
        if (accepts && !accepts(slot, endpoint)) throw laterError('rpc/impossible-slot', { endpoint, slot })
        return { slot, value, malformed }
      } catch (error) {
        if (!isLamplightError(error, 'rpc/behind') || attempt > BEHIND_RETRIES) throw error
        await new Promise<void>((resume) => clock.schedule(resume, BEHIND_WAIT_MS))
      }
    }
  }
}

function createAsk(address: Address): Ask {
  let resolve!: Ask['resolve']
  let reject!: Ask['reject']
  const answer = new Promise<AccountAt>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { address, answer, resolve, reject }
}
