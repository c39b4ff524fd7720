import { QueryClient } from '@tanstack/query-core'
import { createBalanceClient } from 'lamplight/core'
import { describe, expect, it } from 'vitest'
import { addressOfBytes, SYSTEM_PROGRAM } from '../../../src/base/address.js'
import { createAccountReader } from '../../../src/rpc/accountReader.js'
import { createChainHead } from '../../../src/token/slots.js'
import { createVirtualClock } from '../../support/virtualTime.js'

const owner = addressOfBytes(new Uint8Array(32).fill(1))

/** A client without a socket, and the chain that its node answers of. */
function setUp() {
  const clock = createVirtualClock()
  const chain = { slot: 1000, lamports: 1 }
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const account = () => ({
    ...{ lamports: chain.lamports, owner: SYSTEM_PROGRAM, data: ['', 'base64'], executable: false, rentEpoch: 0 },
  })
  async function fetch(_: unknown, init?: RequestInit) {
    const { id, method, params } = JSON.parse(String(init?.body))
    const value = method === 'getMultipleAccounts' ? params[0].map(account) : []
    return new Response(JSON.stringify({ jsonrpc: '2.0', id, result: { context: { slot: chain.slot }, value } }))
  }
  const client = createBalanceClient({
    ...{ queryClient, rpcUrl: 'https://node.example', url: false, cluster: 'test', firstReadDelayMs: 0, clock },
    fetch: fetch as typeof globalThis.fetch,
  })
  /** What one read comes to. */
  async function readSol(): Promise<string> {
    const outcome = client.fetchFresh({ owner }, { maxAgeMs: 0 }).then(
      () => 'read',
      (error) => error.code as string,
    )
    let isOver = false
    void outcome.then(() => {
      isOver = true
    })
    // Its code is loaded in real time.
    for (let i = 0; i < 1000 && !isOver; i++) {
      await clock.advance(50)
      await new Promise((resume) => setTimeout(resume, 5))
    }
    expect(isOver).toBe(true)
    return outcome
  }
  const lamports = () =>
    queryClient
      .getQueryCache()
      .getAll()
      .map(({ state }) => (state.data as { lamports?: bigint } | undefined)?.lamports)
      .find((each) => each !== undefined)
  return { clock, chain, readSol, lamports }
}

describe('a client that only reads', () => {
  it('notices a chain that started over, and shows the new one from then on', async () => {
    const { clock, chain, readSol, lamports } = setUp()
    await readSol()
    expect(lamports()).toBe(1n)
    for (let n = 0; n < 5; n++) {
      Object.assign(chain, { slot: 10 + n * 12, lamports: 7 })
      await readSol()
      await clock.advance(5000)
    }
    expect(lamports()).toBe(7n)
    Object.assign(chain, { slot: 90, lamports: 8 })
    expect(await readSol()).toBe('read')
    expect(lamports()).toBe(8n)
  })

  it.each([2 ** 53 - 1, 460_000_000, 12_000, -1, 1.5])(
    'takes nothing of an account as of a slot that cannot be: %s',
    async (slot) => {
      const { chain, readSol, lamports } = setUp()
      await readSol()
      const isSlot = Number.isSafeInteger(slot) && slot >= 0
      const refusal = isSlot ? 'rpc/impossible-slot' : 'rpc/malformed'
      Object.assign(chain, { slot, lamports: 777 })
      expect(await readSol()).toBe(refusal)
      expect(lamports()).toBe(1n)
      Object.assign(chain, { slot: 1001, lamports: 5 })
      expect(await readSol()).toBe('read')
      expect(lamports()).toBe(5n)
    },
  )
})

describe('a list of token accounts', () => {
  it.each([2 ** 53 - 1, 460_000_000, 12_000])('is not taken as of a slot that cannot be: %i', async (slot) => {
    const clock = createVirtualClock()
    const head = createChainHead(clock.now)
    let told = 1000
    const call = async () => ({ context: { slot: told }, value: [] })
    const reader = createAccountReader({
      ...{ rpc: { endpoint: 'node.example', call }, clock },
      accepts: (each, endpoint) => head.accepts(each, endpoint, true),
    })
    const list = async () => {
      const answer = reader.list(owner, 'token', { commitment: 'confirmed', known: [] }).catch((error) => error)
      await clock.advance(100)
      return answer
    }
    expect(await list()).toMatchObject({ slot: 1000 })
    told = slot
    expect(await list()).toMatchObject({ code: 'rpc/impossible-slot' })
    told = 1001
    expect(await list()).toMatchObject({ slot: 1001 })
  })
})
