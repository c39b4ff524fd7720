import { Keypair } from '@solana/web3.js'
import { type Localnet, startLocalnet } from 'lamplight-localnet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSocket, pause, type TestSocket, within } from './wire.js'

let localnet: Localnet
let socket: TestSocket
const newKey = () => Keypair.generate().publicKey.toBase58()
const base64 = (commitment: string) => ({ encoding: 'base64', commitment })

/** Lets the frames that are under way arrive: an answer comes after all that was sent before it. */
const settle = (on = socket) => on.ask('getVersion')

beforeEach(async () => {
  localnet = await startLocalnet({ slotMs: 0, engine: 'memory', startSlot: 500 })
  socket = await openSocket(localnet.wsUrl)
})
afterEach(async () => {
  socket.raw.terminate()
  await localnet.stop()
})

describe('subscriptions', () => {
  it('have ids from 0', async () => {
    expect(await socket.subscribe('accountSubscribe', newKey(), base64('processed'))).toBe(0)
    expect(await socket.subscribe('slotSubscribe')).toBe(1)
  })

  it('share an id for equal parameters, on all sockets of a node', async () => {
    const other = await openSocket(localnet.wsUrl)
    const key = newKey()
    const id = await socket.subscribe('accountSubscribe', key, base64('confirmed'))
    expect(await other.subscribe('accountSubscribe', key, base64('confirmed'))).toBe(id)
    expect(await socket.subscribe('accountSubscribe', key, base64('confirmed'))).toBe(id)
    expect(await other.subscribe('accountSubscribe', key, base64('processed'))).not.toBe(id)
    expect(localnet.stats().subscriptions.account).toBe(3)
    other.raw.terminate()
  })

  it('end for both of two equal ones on one socket, with one unsubscribe', async () => {
    const key = newKey()
    const id = await socket.subscribe('accountSubscribe', key, base64('processed'))
    await socket.subscribe('accountSubscribe', key, base64('processed'))
    expect(await socket.ask('accountUnsubscribe', id)).toMatchObject({ result: true })
    expect(await socket.ask('accountUnsubscribe', id)).toMatchObject({
      error: { code: -32602, message: 'Invalid subscription id.' },
    })
  })

  it('are refused with -32602 for a bad key, a bad commitment and an unknown id, with -32601 for an unknown kind', async () => {
    const codeOf = async (method: string, ...params: unknown[]) => (await socket.ask(method, ...params)).error?.code
    expect(await codeOf('accountSubscribe', 'nonsense')).toBe(-32602)
    expect(await codeOf('accountSubscribe', newKey(), base64('soon'))).toBe(-32602)
    expect(await codeOf('signatureSubscribe', 'short')).toBe(-32602)
    expect(await codeOf('slotUnsubscribe', 2 ** 53 - 1)).toBe(-32602)
    expect(await codeOf('blockSubscribe', 'all')).toBe(-32601)
  })

  it('end with their socket', async () => {
    await socket.subscribe('accountSubscribe', newKey(), base64('processed'))
    socket.raw.close()
    await within(socket.closed, 'the close')
    await pause(20)
    expect(localnet.stats()).toMatchObject({ sockets: 0, socketsOpened: 1, subscriptions: { account: 0 } })
  })
})

describe('account notifications', () => {
  it('do not come at subscribe, and come once for a slot however often the account changed in it', async () => {
    const key = newKey()
    localnet.fund(key, 1)
    localnet.tick()
    const id = await socket.subscribe('accountSubscribe', key, base64('processed'))
    await settle()
    expect(socket.notices).toEqual([])
    for (let i = 0; i < 60; i++) localnet.fund(key, 1)
    const slot = localnet.tick()
    localnet.tick(3)
    await settle()
    expect(socket.notices).toHaveLength(1)
    expect(socket.notices[0]).toMatchObject({
      method: 'accountNotification',
      params: { subscription: id, result: { context: { slot }, value: { lamports: 61, data: ['', 'base64'] } } },
    })
  })

  it('come when the slot reaches the commitment: confirmed one slot later, finalized 32', async () => {
    const key = newKey()
    const kinds: Record<number, string> = {}
    for (const commitment of ['processed', 'confirmed', 'finalized'])
      kinds[await socket.subscribe('accountSubscribe', key, base64(commitment))] = commitment
    localnet.fund(key, 7)
    const heard: string[] = []
    for (let i = 1; i <= 34; i++) {
      localnet.tick()
      await settle()
      for (const { params } of socket.notices.splice(0)) heard.push(`${kinds[params.subscription]} after ${i}`)
    }
    expect(heard).toEqual(['processed after 1', 'confirmed after 2', 'finalized after 33'])
  })

  it("come for an account that is created later, and say that a closed one is empty and the System program's", async () => {
    const mint = localnet.createMint({ decimals: 0 })
    const owner = newKey()
    const account = localnet.setTokenBalance({ owner, mint, amount: 1n })
    localnet.tick()
    await socket.subscribe('accountSubscribe', account, base64('processed'))
    localnet.ledger.setAccounts([[account, null]])
    localnet.tick()
    await socket.received(1)
    expect(socket.notices[0]?.params.result.value).toMatchObject({
      lamports: 0,
      data: ['', 'base64'],
      owner: '11111111111111111111111111111111',
    })
    localnet.setTokenBalance({ owner, mint, amount: 3n })
    localnet.tick()
    await socket.received(2)
    expect(socket.notices[1]?.params.result.value.space).toBe(165)
  })

  it('honour dataSlice and jsonParsed, and write lamports and rentEpoch as exact integers', async () => {
    const mint = localnet.createMint({ decimals: 1 })
    const owner = newKey()
    const account = localnet.setTokenBalance({ owner, mint, amount: 15n })
    localnet.tick()
    await socket.subscribe('accountSubscribe', account, {
      ...base64('processed'),
      dataSlice: { offset: 64, length: 8 },
    })
    await socket.subscribe('accountSubscribe', account, { encoding: 'jsonParsed', commitment: 'processed' })
    localnet.fund(account, 2n ** 61n + 1n)
    localnet.tick()
    const [sliced, parsed] = await socket.received(2)
    expect(sliced?.params.result.value.data).toEqual([
      Buffer.from([15, 0, 0, 0, 0, 0, 0, 0]).toString('base64'),
      'base64',
    ])
    expect(parsed?.params.result.value.data.parsed.info.tokenAmount.uiAmountString).toBe('1.5')
    const text = socket.texts.find((frame) => frame.includes('accountNotification')) ?? ''
    expect(text).toContain(`"lamports":${2n ** 61n + 1n + 2_039_280n}`)
    expect(text).toContain('"rentEpoch":18446744073709551615')
  })

  it('go to processed again after a fork, in a higher slot with the older state', async () => {
    const key = newKey()
    localnet.fund(key, 1)
    localnet.tick()
    await socket.subscribe('accountSubscribe', key, base64('processed'))
    localnet.fund(key, 1)
    const dropped = localnet.tick()
    localnet.reorg(1)
    const [before, after] = await socket.received(2)
    expect(before?.params.result).toMatchObject({ context: { slot: dropped }, value: { lamports: 2 } })
    expect(after?.params.result.value.lamports).toBe(1)
    expect(after?.params.result.context.slot).toBeGreaterThan(dropped)
  })
})

describe('the other notifications', () => {
  it('tell of a signature once and end by themselves, and never when it was processed before', async () => {
    const to = newKey()
    const early = localnet.ledger.airdrop(to as never, 1_000_000n).landed?.signature
    const id = await socket.subscribe('signatureSubscribe', early, { commitment: 'processed' })
    const slot = localnet.tick()
    await socket.received(1)
    expect(socket.notices[0]).toMatchObject({
      method: 'signatureNotification',
      params: { subscription: id, result: { context: { slot }, value: { err: null } } },
    })
    expect(await socket.ask('signatureUnsubscribe', id)).toMatchObject({ error: { code: -32602 } })
    await socket.subscribe('signatureSubscribe', early, { commitment: 'processed' })
    localnet.tick(3)
    await settle()
    expect(socket.notices).toHaveLength(1)
  })

  it('tell of slots, roots and the logs that mention an address', async () => {
    const to = newKey()
    const bySlot = await socket.subscribe('slotSubscribe')
    const byRoot = await socket.subscribe('rootSubscribe')
    const byLogs = await socket.subscribe('logsSubscribe', { mentions: [to] }, { commitment: 'processed' })
    const signature = localnet.ledger.airdrop(to as never, 1_000_000n).landed?.signature
    localnet.tick(40)
    await settle()
    const of = (id: number) =>
      socket.notices.filter(({ params }) => params.subscription === id).map(({ params }) => params.result)
    expect(of(bySlot)).toHaveLength(40)
    expect(of(bySlot)[0]).toMatchObject({
      slot: expect.any(Number),
      parent: expect.any(Number),
      root: expect.any(Number),
    })
    expect(of(byRoot).length).toBeGreaterThan(5)
    expect(of(byLogs).map((result) => result.value.signature)).toEqual([signature])
  })
})

describe('frames', () => {
  it('are answered in the form of JSON-RPC, and getVersion is served', async () => {
    expect(await socket.ask('getVersion')).toMatchObject({ jsonrpc: '2.0', result: { 'feature-set': 0 } })
    socket.raw.send('{ no json')
    socket.raw.send('{"jsonrpc":"2.0","method":"ping"}')
    expect(await socket.ask('getVersion')).toMatchObject({ jsonrpc: '2.0' })
    expect(socket.texts[1]).toContain('-32700')
    expect(socket.texts).toHaveLength(3)
  })

  it('of more than 4,096 bytes end the connection without a close frame', async () => {
    const fits = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getVersion', params: ['x'.repeat(4_030)] })
    socket.raw.send(fits.slice(0, -3) + fits.slice(-3).padStart(3 + 4_096 - fits.length, 'x'))
    await settle()
    socket.raw.send('x'.repeat(4_097))
    expect(await within(socket.closed, 'the close')).toBe(1006)
  })

  it('are also taken on the port for requests', async () => {
    const other = await openSocket(localnet.rpcUrl.replace('http', 'ws'))
    expect(await other.subscribe('slotSubscribe')).toBe(0)
    other.raw.terminate()
  })
})
