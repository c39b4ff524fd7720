import { type Clock, systemClock } from '../base/clock.js'
import { isLamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'
import { isObject } from '../base/wireText.js'
import { type AccountAt, type AccountSource, accountOf, type Commitment } from '../token/account.js'
import type { Address } from '../token/address.js'
import type { RpcClient } from './rpcClient.js'

/** What the reader needs beside a node to ask. */
export interface AccountReaderOptions {
  readonly rpc: RpcClient
  readonly clock?: Clock
  /** Asks made within this many milliseconds share requests. @default 5 */
  readonly windowMs?: number
  /** Accounts in one request; Solana nodes take 100 at most. @default 100 */
  readonly maxAccounts?: number
}

/** Reads accounts in as few requests as there can be. */
export interface AccountReader {
  /** Joins what others ask for at the same time; an account already on its way is not asked for again. */
  readonly read: AccountSource['read']
}

interface Ask {
  readonly address: Address
  readonly answer: Promise<AccountAt>
  readonly resolve: (account: AccountAt) => void
  readonly reject: (reason: unknown) => void
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
    for (let i = 0; i < asks.length; i += maxAccounts)
      void settle(asks.slice(i, i + maxAccounts), commitment, batch?.minSlot ?? 0)
  }

  async function settle(asks: readonly Ask[], commitment: Commitment, minSlot: number) {
    for (const each of asks) inFlight.set(`${commitment}:${each.address}`, each)
    try {
      const { slot, values } = await request(asks, commitment, minSlot)
      asks.forEach((each, i) => {
        const account = accountOf(each.address, slot, values[i])
        if (account) each.resolve(account)
        else each.reject(malformed())
      })
    } catch (reason) {
      for (const each of asks) each.reject(reason)
    } finally {
      for (const each of asks) {
        const key = `${commitment}:${each.address}`
        if (inFlight.get(key) === each) inFlight.delete(key)
      }
    }
  }

  const malformed = () => laterError('rpc/malformed', { endpoint: rpc.endpoint, method: 'getMultipleAccounts' })

  async function request(asks: readonly Ask[], commitment: Commitment, minSlot: number) {
    const addresses = asks.map((each) => each.address)
    for (let attempt = 0; ; attempt++) {
      const floor = minSlot > 0 && attempt <= BEHIND_RETRIES ? { minContextSlot: minSlot } : {}
      try {
        const config = { encoding: 'base64', commitment, ...floor }
        const priority = asks.length > SMALL_READ ? 'bulk' : 'small'
        const result = await rpc.call('getMultipleAccounts', [addresses, config], { priority })
        const context = isObject(result) && isObject(result.context) ? result.context : undefined
        const values = isObject(result) && Array.isArray(result.value) ? result.value : undefined
        if (!Number.isSafeInteger(context?.slot) || values?.length !== addresses.length) throw malformed()
        return { slot: context?.slot as number, values }
      } catch (error) {
        if (!isLamplightError(error, 'rpc/behind') || attempt > BEHIND_RETRIES) throw error
        await new Promise<void>((resume) => clock.schedule(resume, BEHIND_WAIT_MS))
      }
    }
  }

  return {
    read: (addresses, { commitment, minSlot }) => Promise.all(addresses.map((each) => ask(each, commitment, minSlot))),
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
