import { Connection, Keypair, PublicKey } from '@solana/web3.js'
import { createFaults, type FaultProxy, type Localnet, startLocalnet, startProxy } from 'lamplight-localnet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { call, openSocket, pause, post, until, within } from './wire.js'

let localnet: Localnet
let proxy: FaultProxy
const key = Keypair.generate().publicKey.toBase58()
const wanted = { encoding: 'base64', commitment: 'processed' }

beforeEach(async () => {
  localnet = await startLocalnet({ slotMs: 0, engine: 'memory' })
  proxy = await startProxy({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl })
})
afterEach(async () => {
  await proxy.stop()
  await localnet.stop()
})

describe('a proxy', () => {
  it('is unseen by a client as long as it has no faults', async () => {
    const connection = new Connection(proxy.rpcUrl, 'processed')
    const seen: number[] = []
    connection.onAccountChange(new PublicKey(key), ({ lamports }) => seen.push(lamports), { commitment: 'processed' })
    await until(() => localnet.stats().subscriptions.account === 1, 'the subscription')
    localnet.fund(key, 3)
    localnet.tick()
    await until(() => seen[0] === 3, 'the notification')
    expect(await connection.getBalance(new PublicKey(key))).toBe(3)
    expect(proxy.stats()).toMatchObject({ requests: { getBalance: 1 }, wsCalls: { accountSubscribe: 1 }, sockets: 1 })
  })

  it('puts the same faults before requests, calls and notifications', async () => {
    proxy.faults.add({ on: 'http', method: 'getSlot', times: 1, do: { status: 429, retryAfter: 2 } })
    proxy.faults.add({ on: 'wsCall', method: 'slotSubscribe', do: { error: { code: -32601, message: 'no' } } })
    proxy.faults.add({ on: 'notification', method: 'accountNotification', times: 1, do: { lose: true } })
    expect((await post(proxy.rpcUrl, { jsonrpc: '2.0', id: 1, method: 'getSlot' })).headers.get('retry-after')).toBe(
      '2',
    )
    expect(await call(proxy.rpcUrl, 'getSlot')).toBeGreaterThan(0)
    const socket = await openSocket(proxy.wsUrl)
    expect(await socket.ask('slotSubscribe')).toMatchObject({ error: { code: -32601 } })
    await socket.subscribe('accountSubscribe', key, wanted)
    for (let i = 0; i < 2; i++) {
      localnet.fund(key, 1)
      localnet.tick()
    }
    expect((await socket.received(1))[0]?.params.result.value.lamports).toBe(2)
    socket.raw.terminate()
  })

  it('hands on what the endpoint behind it refuses, and its Retry-After', async () => {
    localnet.faults.add({ on: 'http', do: { status: 503, retryAfter: 9 } })
    const refused = await post(proxy.rpcUrl, { jsonrpc: '2.0', id: 1, method: 'getSlot' })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '9'])
  })

  it('can share faults with another', async () => {
    const faults = createFaults()
    const other = await startProxy({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl, faults })
    faults.add({ on: 'http', do: { status: 418 } })
    expect((await post(other.rpcUrl, {})).status).toBe(418)
    expect((await post(proxy.rpcUrl, {})).status).toBe(200)
    await other.stop()
  })

  it('answers 502 when there is nothing behind it', async () => {
    await localnet.stop()
    expect((await post(proxy.rpcUrl, { jsonrpc: '2.0', id: 1, method: 'getSlot' })).status).toBe(502)
  })

  it('cuts, closes and pauses sockets, and ends those whose other side is gone', async () => {
    const closing = await openSocket(proxy.wsUrl)
    proxy.dropSockets(4_000)
    expect(await within(closing.closed, 'the close')).toBe(4_000)
    const socket = await openSocket(proxy.wsUrl)
    await socket.subscribe('accountSubscribe', key, wanted)
    proxy.pauseSockets()
    localnet.fund(key, 1)
    localnet.tick()
    await pause(40)
    expect([socket.raw.readyState, socket.notices.length]).toEqual([WebSocket.OPEN, 0])
    proxy.resumeSockets()
    await socket.received(1)
    localnet.dropSockets()
    expect(await within(socket.closed, 'the cut')).toBe(1006)
    await until(() => localnet.stats().sockets === 0, 'no socket left behind')
  })

  it('lets cheats through, past its own faults too', async () => {
    proxy.faults.add({ on: 'http', do: { status: 500 } })
    const slot = localnet.ledger.slots.frozen
    expect(await call(proxy.rpcUrl, 'localnet_tick', 2)).toBe(slot + 2)
    expect(proxy.stats().httpRequests).toBe(0)
  })

  it('refuses a URL that is none', async () => {
    await expect(startProxy({ rpcUrl: 'nowhere', wsUrl: localnet.wsUrl })).rejects.toThrow(
      'rpcUrl: "nowhere" is not a usable URL',
    )
  })
})
