import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { createFaults, startLocalnet, startProxy } from 'lamplight-localnet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ListenOptions } from '../../localnet/src/server/server.js'
import { type Answer, openSocket } from './wire.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const outside = Object.values(networkInterfaces())
  .flat()
  .find((net) => net?.family === 'IPv4' && !net.internal)?.address

/** Sends a request as any page or program may: with the headers it likes. */
function send(url: string, method: string, headers: Record<string, string>) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] })
  return new Promise<Answer & { readonly allowed: string | undefined }>((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers }, async (response) => {
      let text = ''
      for await (const part of response) text += String(part)
      resolve({ ...(JSON.parse(text) as Answer), allowed: response.headers['access-control-allow-origin'] })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

type Chain = Awaited<ReturnType<typeof startLocalnet>>
let chain: Chain
let proxy: Awaited<ReturnType<typeof startProxy>>

beforeAll(async () => {
  chain = await startLocalnet({ automine: true, engine: 'memory' })
  proxy = await startProxy({ rpcUrl: chain.rpcUrl, wsUrl: chain.wsUrl })
})
afterAll(async () => {
  await proxy.stop()
  await chain.stop()
})

const ALLOWED: readonly (readonly [string, Record<string, string>])[] = [
  ['a program', {}],
  ['a program that names the machine', { host: 'localhost:8899' }],
  ['a page of this machine', { origin: 'http://localhost:5173' }],
  ['a page at a loopback address', { origin: 'https://127.0.0.1:6006' }],
  ['a page at the IPv6 loopback address', { origin: 'http://[::1]:5173', host: '[::1]:8899' }],
  ['a page at a name under localhost', { origin: 'http://app.localhost:3000' }],
  ['a page that names a charset', { 'content-type': 'application/json; charset=utf-8', origin: 'http://localhost' }],
]
const REFUSED: readonly (readonly [string, Record<string, string>])[] = [
  ['another page', { origin: 'https://evil.example' }],
  ['a page that sends text', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
  ['a form of a page without an origin', { 'content-type': 'text/plain;charset=UTF-8' }],
  ['a page of this machine that sends no JSON', { origin: 'http://localhost:5173', 'content-type': 'text/plain' }],
  ['a sandboxed page', { origin: 'null' }],
  ['a page whose name was made to lead here', { origin: 'http://evil.example:8899', host: 'evil.example:8899' }],
  ['a name that leads here, without an origin', { host: 'evil.example:8899' }],
  ['a name that looks like an address', { origin: 'http://127.0.0.1.evil.example', host: '127.0.0.1.evil.example' }],
  ['a name that looks like localhost', { origin: 'http://localhost.evil.example' }],
  ['a name that ends like localhost', { origin: 'http://evillocalhost' }],
  ['no host that can be read', { host: 'a b' }],
]

describe('what changes the chain by a word', () => {
  it.each(ALLOWED)('is for %s', async (_, headers) => {
    for (const { rpcUrl } of [chain, proxy])
      expect((await send(rpcUrl, 'localnet_tick', { ...JSON_TYPE, ...headers })).result).toBeGreaterThan(0)
  })

  it.each(REFUSED)('is not for %s, for whom the node is a node', async (_, headers) => {
    for (const { rpcUrl } of [chain, proxy]) {
      const before = chain.ledger.slots.frozen
      const { error } = await send(rpcUrl, 'localnet_tick', { ...JSON_TYPE, ...headers })
      expect(error).toMatchObject({ code: -32601, message: expect.stringContaining('cheatOrigins') })
      expect(chain.ledger.slots.frozen).toBe(before)
      expect(await send(rpcUrl, 'getSlot', { ...JSON_TYPE, ...headers })).toMatchObject({
        result: before,
        allowed: '*',
      })
    }
  })

  it('is not there over a socket', async () => {
    const before = chain.ledger.slots.frozen
    const socket = await openSocket(chain.wsUrl)
    expect((await socket.ask('localnet_tick')).error?.code).toBe(-32601)
    expect(chain.ledger.slots.frozen).toBe(before)
    socket.raw.close()
  })

  it('is for a page of an origin that was named, also on another device, and for no other', async () => {
    const page = 'http://192.168.1.20:5173'
    const options: ListenOptions = { host: outside ? '0.0.0.0' : '127.0.0.1', cheatOrigins: [`${page}/`] }
    const open = await startLocalnet({ automine: true, engine: 'memory', ...options })
    const url = open.rpcUrl.replace('localhost', outside ?? '127.0.0.1')
    const ask = (origin: string) => send(url, 'localnet_tick', { ...JSON_TYPE, origin, host: '192.168.1.20:8899' })
    expect((await ask(page)).result).toBeGreaterThan(0)
    expect((await ask('http://192.168.1.21:5173')).error?.code).toBe(-32601)
    expect((await ask('http://localhost:5173')).error?.code).toBe(-32601)
    await open.stop()
    await expect(startLocalnet({ cheatOrigins: ['192.168.1.20'] })).rejects.toThrow('cheatOrigins[0]')
  })
})

describe('a pattern that comes over the wire', () => {
  it('is compared and never run: a name, or how it begins', () => {
    const faults = createFaults()
    faults.add({ on: 'http', method: 'get*', times: 1, do: { status: 503 } })
    expect([faults.pick('http', 'sendTransaction'), faults.pick('http', 'getSlot')?.status]).toEqual([undefined, 503])
    for (const method of ['/^(a+)+$/', '(a+)+$', 'get.*', '*get', 'g*t'])
      expect(() => faults.add({ on: 'http', method, do: { status: 503 } })).toThrow('how it begins, as "get*"')
  })
})
