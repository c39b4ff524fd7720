import { Keypair } from '@solana/web3.js'
import { type Localnet, startLocalnet } from 'lamplight-localnet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, call, openSocket, post, until } from './wire.js'

let localnet: Localnet
const newKey = () => Keypair.generate().publicKey.toBase58()

beforeEach(async () => {
  localnet = await startLocalnet({ slotMs: 0, engine: 'memory', startSlot: 2_000 })
  localnet.tick(100)
})
afterEach(() => localnet.stop())

const lamportsAt = async (url: string, key: string, commitment: string) =>
  (await call(url, 'getBalance', key, { commitment })).value

describe('commitments', () => {
  it('are one slot and 32 slots behind the newest', async () => {
    const slotAt = (commitment: string) => call(localnet.rpcUrl, 'getSlot', { commitment })
    const top = await slotAt('processed')
    expect([await slotAt('confirmed'), await slotAt('finalized'), await call(localnet.rpcUrl, 'getSlot')]).toEqual([
      top - 1,
      top - 32,
      top - 32,
    ])
  })

  it('show old state until they reach the slot of the change', async () => {
    const key = newKey()
    localnet.fund(key, 9)
    const seen: unknown[] = []
    for (let i = 0; i < 34; i++) {
      localnet.tick()
      seen.push(
        await lamportsAt(localnet.rpcUrl, key, 'processed'),
        await lamportsAt(localnet.rpcUrl, key, 'confirmed'),
      )
      if (i === 31) expect(await lamportsAt(localnet.rpcUrl, key, 'finalized')).toBe(0)
    }
    expect(seen.slice(0, 4)).toEqual([9, 0, 9, 9])
    expect(await lamportsAt(localnet.rpcUrl, key, 'finalized')).toBe(9)
  })

  it('are refused with -32016 when they have not reached minContextSlot, on every read with a context', async () => {
    const top = await call(localnet.rpcUrl, 'getSlot', { commitment: 'confirmed' })
    const key = newKey()
    const late = { commitment: 'confirmed', minContextSlot: top + 1 }
    for (const [method, ...params] of [
      ['getAccountInfo', key],
      ['getBalance', key],
      ['getMultipleAccounts', [key]],
      ['getLatestBlockhash'],
      ['getTokenAccountsByOwner', key, { programId: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA' }],
      ['getProgramAccounts', key],
      ['getSlot'],
    ] as const)
      expect(await ask(localnet.rpcUrl, method, ...params, late), method).toMatchObject({
        error: { code: -32016, message: 'Minimum context slot has not been reached', data: { contextSlot: top } },
      })
    expect(await ask(localnet.rpcUrl, 'getBalance', key, { ...late, minContextSlot: top })).toMatchObject({
      result: { value: 0 },
    })
  })
})

describe('a node that is behind', () => {
  it('answers from its own slot, and catches up as the chain goes on', async () => {
    const node = await localnet.node({ behind: 20 })
    const key = newKey()
    localnet.fund(key, 4)
    const slot = localnet.tick()
    expect(await call(node.rpcUrl, 'getSlot', { commitment: 'processed' })).toBe(slot - 20)
    expect(await lamportsAt(node.rpcUrl, key, 'processed')).toBe(0)
    localnet.tick(20)
    expect(await lamportsAt(node.rpcUrl, key, 'processed')).toBe(4)
    expect(node.stats().requests).toEqual({ getSlot: 1, getBalance: 2 })
    expect(localnet.stats().requests).toEqual({})
  })

  it('is healthy up to 128 slots, and beyond says by how many it is behind', async () => {
    const [near, far] = [await localnet.node({ behind: 128 }), await localnet.node({ behind: 129 })]
    expect(await call(near.rpcUrl, 'getHealth')).toBe('ok')
    expect(await ask(far.rpcUrl, 'getHealth')).toMatchObject({ error: { code: -32005, data: { numSlotsBehind: 129 } } })
  })

  it('notifies when it gets there, and has faults of its own', async () => {
    const node = await localnet.node({ behind: 3 })
    node.faults.add({ on: 'http', do: { status: 503 } })
    const socket = await openSocket(node.wsUrl)
    const key = newKey()
    await socket.subscribe('accountSubscribe', key, { commitment: 'processed', encoding: 'base64' })
    localnet.fund(key, 1)
    const slot = localnet.tick()
    localnet.tick(2)
    await socket.ask('getVersion')
    expect(socket.notices).toEqual([])
    localnet.tick()
    expect((await socket.received(1))[0]?.params.result.context.slot).toBe(slot)
    expect((await post(node.rpcUrl, {})).status).toBe(503)
    expect((await post(localnet.rpcUrl, {})).status).toBe(200)
    socket.raw.terminate()
  })

  it('does not know a blockhash it has not seen', async () => {
    const node = await localnet.node({ behind: 20 })
    const { value } = await call(localnet.rpcUrl, 'getLatestBlockhash', { commitment: 'processed' })
    const valid = (url: string) => call(url, 'isBlockhashValid', value.blockhash, { commitment: 'processed' })
    expect((await valid(localnet.rpcUrl)).value).toBe(true)
    expect((await valid(node.rpcUrl)).value).toBe(false)
  })
})

describe('a reorg', () => {
  it('takes back accounts, transactions and slots, and goes on in higher slots', async () => {
    const key = newKey()
    localnet.fund(key, 5)
    localnet.tick()
    const { landed } = localnet.ledger.airdrop(key as never, 10_000_000n)
    const top = localnet.tick()
    expect(await lamportsAt(localnet.rpcUrl, key, 'processed')).toBe(10_000_005)
    expect(localnet.reorg(1)).toEqual([landed?.signature])
    expect(await lamportsAt(localnet.rpcUrl, key, 'processed')).toBe(5)
    expect((await call(localnet.rpcUrl, 'getSignatureStatuses', [landed?.signature])).value).toEqual([null])
    expect(await call(localnet.rpcUrl, 'getSlot', { commitment: 'processed' })).toBeGreaterThan(top)
    expect(await call(localnet.rpcUrl, 'getBlockTime', top)).toBeNull()
  })

  it('lets block height go on from where the fork began', async () => {
    const height = await call(localnet.rpcUrl, 'getBlockHeight', { commitment: 'processed' })
    localnet.reorg(5)
    expect(await call(localnet.rpcUrl, 'getBlockHeight', { commitment: 'processed' })).toBe(height - 4)
  })

  it('cannot go back further than the chain', () => {
    expect(() => localnet.reorg(5_000)).toThrow('depth: 5000 is not allowed. Expected a whole number from 1 to')
  })
})

describe('a chain with a clock', () => {
  it('makes slots by itself, and stops with the localnet', async () => {
    const ticking = await startLocalnet({ slotMs: 20, engine: 'memory' })
    const start = ticking.ledger.slots.frozen
    await until(() => ticking.ledger.slots.frozen >= start + 5, 'five slots')
    await ticking.stop()
    const end = ticking.ledger.slots.frozen
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(ticking.ledger.slots.frozen).toBe(end)
  })

  it('moves its own time by a warp, and a blockhash can grow too old', async () => {
    const { value } = await call(localnet.rpcUrl, 'getLatestBlockhash', { commitment: 'processed' })
    const before = await call(localnet.rpcUrl, 'getBlockTime', localnet.tick())
    const slot = localnet.warp({ seconds: 1_000, slots: 150 })
    expect(await call(localnet.rpcUrl, 'getBlockTime', slot)).toBeGreaterThanOrEqual(before + 1_000)
    expect((await call(localnet.rpcUrl, 'isBlockhashValid', value.blockhash, { commitment: 'processed' })).value).toBe(
      false,
    )
  })

  it('lets every commitment give a usable blockhash after a warp', async () => {
    localnet.warp({ slots: 5_000 })
    for (const commitment of ['processed', 'confirmed', 'finalized']) {
      const { value } = await call(localnet.rpcUrl, 'getLatestBlockhash', { commitment })
      expect(
        (await call(localnet.rpcUrl, 'isBlockhashValid', value.blockhash, { commitment: 'processed' })).value,
        commitment,
      ).toBe(true)
    }
  })

  it('forgets slots and versions it no longer needs to keep', async () => {
    const small = await startLocalnet({ slotMs: 0, engine: 'memory', keepSlots: 200 })
    const key = newKey()
    for (let i = 0; i < 5; i++) {
      small.fund(key, 1)
      small.tick(100)
    }
    expect(small.ledger.slots.first).toBeGreaterThan(1_200)
    expect(await lamportsAt(small.rpcUrl, key, 'finalized')).toBe(5)
    await small.stop()
  })
})

describe('requests', () => {
  it('come in batches', async () => {
    const batch = [
      { jsonrpc: '2.0', id: 'a', method: 'getSlot' },
      { jsonrpc: '2.0', method: 'ping' },
      { jsonrpc: '2.0', id: 2, method: 'nothing' },
    ]
    const answers = (await (await post(localnet.rpcUrl, batch)).json()) as { id: unknown; error?: { code: number } }[]
    expect(answers.map(({ id, error }) => [id, error?.code])).toEqual([
      ['a', undefined],
      [2, -32601],
    ])
    expect(localnet.stats()).toMatchObject({ httpRequests: 1, requests: { getSlot: 1, ping: 1, nothing: 1 } })
  })

  it('that are none are refused in the words of JSON-RPC', async () => {
    const codeOf = async (body: unknown) =>
      ((await (await post(localnet.rpcUrl, body)).json()) as { error: { code: number } }).error.code
    expect([
      await codeOf('{'),
      await codeOf([]),
      await codeOf({ id: 1 }),
      await codeOf({ jsonrpc: '2.0', id: 1, method: 'getBalance', params: {} }),
    ]).toEqual([-32700, -32600, -32600, -32600])
  })

  it('may come from any page, and tell it the Retry-After', async () => {
    const options = await fetch(localnet.rpcUrl, { method: 'OPTIONS' })
    expect(options.headers.get('access-control-allow-origin')).toBe('*')
    expect(options.headers.get('access-control-expose-headers')).toBe('retry-after')
    expect(await (await fetch(`${localnet.rpcUrl}/health`)).text()).toBe('ok')
    expect((await fetch(localnet.rpcUrl)).status).toBe(405)
    expect((await post(localnet.rpcUrl, 'x'.repeat(60_000))).status).toBe(413)
  })

  it('with parameters of the wrong kind are refused with -32602, never with a broken node', async () => {
    for (const [method, ...params] of [
      ['getBalance'],
      ['getBalance', 5],
      ['getAccountInfo', newKey(), { encoding: 'base32' }],
      ['getAccountInfo', newKey(), 'base64'],
      ['getMultipleAccounts', 'x'],
      ['getProgramAccounts', newKey(), { filters: [{ memcmp: { offset: -1, bytes: '' } }] }],
      ['getTokenAccountsByOwner', newKey(), {}],
      ['getMinimumBalanceForRentExemption', 'many'],
      ['getSignatureStatuses', [1]],
      ['sendTransaction', 7],
      ['requestAirdrop', newKey(), -1],
      ['getFeeForMessage', 'AAAA'],
    ] as const)
      expect((await ask(localnet.rpcUrl, method, ...params)).error?.code, method).toBe(-32602)
  })
})
