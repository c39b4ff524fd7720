import { networkInterfaces } from 'node:os'
import { Keypair } from '@solana/web3.js'
import { type Localnet, startLocalnet } from 'lamplight-localnet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask, call, openSocket, within } from './wire.js'

let localnet: Localnet
const newKey = () => Keypair.generate().publicKey.toBase58()

beforeEach(async () => {
  localnet = await startLocalnet({ automine: true, engine: 'memory' })
})
afterEach(() => localnet.stop())

describe('cheats', () => {
  it('fund an account, more each time', async () => {
    const key = newKey()
    localnet.fund(key, 5)
    localnet.fund(key, '7')
    expect((await call(localnet.rpcUrl, 'getBalance', key)).value).toBe(12)
  })

  it('set a balance, create its account, and keep the supply true', async () => {
    const [a, b] = [newKey(), newKey()]
    const mint = localnet.createMint({ decimals: 6 })
    const account = localnet.setTokenBalance({ owner: a, mint, amount: 300n })
    localnet.setTokenBalance({ owner: b, mint, amount: 50 })
    expect(localnet.setTokenBalance({ owner: a, mint, amount: '100' })).toBe(account)
    expect((await call(localnet.rpcUrl, 'getTokenSupply', mint)).value.amount).toBe('150')
    expect((await call(localnet.rpcUrl, 'getTokenAccountBalance', account)).value.amount).toBe('100')
  })

  it('set wrapped SOL, whose lamports are its balance', async () => {
    const mint = 'So11111111111111111111111111111111111111112'
    const account = localnet.setTokenBalance({ owner: newKey(), mint, amount: 400n })
    expect((await call(localnet.rpcUrl, 'getBalance', account)).value).toBe(2_039_280 + 400)
    expect((await call(localnet.rpcUrl, 'getTokenAccountBalance', account)).value.amount).toBe('400')
  })

  it('say what is wrong with what they are given', () => {
    const mint = localnet.createMint()
    const owner = newKey()
    expect(() => localnet.fund('x', 1)).toThrow('address: "x" is not a Solana address')
    expect(() => localnet.fund(owner, 1.5)).toThrow('lamports: 1.5 is not allowed. Expected a whole number')
    expect(() => localnet.setTokenBalance({ owner, mint, amount: -1 })).toThrow('amount: -1 is not allowed')
    expect(() => localnet.setTokenBalance({ owner, mint: owner, amount: 1 })).toThrow(
      'is not a token mint: it does not exist',
    )
    expect(() => localnet.createMint({ decimals: 300 })).toThrow('decimals: 300 is not allowed')
    expect(() => localnet.createMint({ program: 'token', uiMultiplier: 2 })).toThrow('Expected "token-2022"')
    expect(() => localnet.warp({ seconds: Number.NaN })).toThrow('seconds: NaN is not allowed')
    expect(() => localnet.tick(0)).toThrow('count: 0 is not allowed')
  })
})

describe('the localnet_ methods', () => {
  it('do what the cheats do', async () => {
    const owner = newKey()
    const mint = await call(localnet.rpcUrl, 'localnet_createMint', { decimals: 3 })
    const account = await call(localnet.rpcUrl, 'localnet_setTokenBalance', { owner, mint, amount: '1500' })
    expect((await call(localnet.rpcUrl, 'getTokenAccountBalance', account)).value.uiAmountString).toBe('1.5')
    expect(await call(localnet.rpcUrl, 'localnet_fund', owner, 5)).toBeNull()
    const slot = await call(localnet.rpcUrl, 'getSlot')
    expect(await call(localnet.rpcUrl, 'localnet_tick', 4)).toBe(slot + 4)
    expect(await call(localnet.rpcUrl, 'localnet_warp', { slots: 10 })).toBeGreaterThanOrEqual(slot + 14)
    expect(await call(localnet.rpcUrl, 'localnet_reorg', 2)).toEqual([])
  })

  it('are never hit by a fault, so that one can always be taken away', async () => {
    const id = await call(localnet.rpcUrl, 'localnet_addFault', { on: 'http', do: { status: 500 } })
    expect(id).toBe(0)
    await expect(call(localnet.rpcUrl, 'getSlot')).rejects.toThrow('(500)')
    expect(await call(localnet.rpcUrl, 'localnet_removeFault', id)).toBe(true)
    expect(await call(localnet.rpcUrl, 'getSlot')).toBeGreaterThan(0)
    await call(localnet.rpcUrl, 'localnet_addFault', { on: 'http', do: { status: 500 } })
    await call(localnet.rpcUrl, 'localnet_clearFaults')
    expect(await call(localnet.rpcUrl, 'getSlot')).toBeGreaterThan(0)
  })

  it('close sockets with a code, and are not counted', async () => {
    const socket = await openSocket(localnet.wsUrl)
    expect(await call(localnet.rpcUrl, 'localnet_stats')).toMatchObject({ sockets: 1, httpRequests: 0, requests: {} })
    await call(localnet.rpcUrl, 'localnet_dropSockets', 4_001)
    expect(await within(socket.closed, 'the close')).toBe(4_001)
    await call(localnet.rpcUrl, 'localnet_resetStats')
    expect(await call(localnet.rpcUrl, 'localnet_stats')).toMatchObject({ sockets: 0, socketsOpened: 0 })
  })

  it('refuse bad parameters with -32602 that say what is expected', async () => {
    for (const [method, param, text] of [
      ['localnet_warp', 5, 'expected an object'],
      ['localnet_tick', -1, 'count: -1 is not allowed'],
      ['localnet_fund', 'x', 'is not a Solana address'],
      ['localnet_addFault', { on: 'nowhere', do: {} }, 'rule.on: "nowhere" is not allowed. Expected one of http'],
      [
        'localnet_addFault',
        { on: 'http', do: { delay: 5 } },
        'rule.do for http: "delay" is not allowed. Expected one of delayMs',
      ],
      ['localnet_removeFault', 99, 'is not the id of a fault'],
      ['localnet_dropSockets', 5, 'expected a close code'],
    ] as const) {
      const { error } = await ask(localnet.rpcUrl, method, param)
      expect(error?.code, method).toBe(-32602)
      expect(error?.message).toContain(text)
    }
    expect((await ask(localnet.rpcUrl, 'localnet_constructor')).error?.code).toBe(-32601)
  })

  it('are not there for a caller from another machine', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((net) => net?.family === 'IPv4' && !net.internal)?.address
    // A machine without a network has nobody else to refuse.
    if (!outside) return
    const open = await startLocalnet({ automine: true, engine: 'memory', host: '0.0.0.0' })
    const url = open.rpcUrl.replace('localhost', outside)
    expect((await ask(url, 'localnet_tick')).error?.code).toBe(-32601)
    expect(await call(url, 'getSlot')).toBeGreaterThan(0)
    await open.stop()
  })
})
