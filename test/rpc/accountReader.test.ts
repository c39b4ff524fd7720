import { describe, expect, it } from 'vitest'
import { type Address, addressOfBytes } from '../../src/base/address.js'
import { createAccountReader } from '../../src/rpc/accountReader.js'
import { localnet, newAddress } from '../support/localnet.js'
import { nodeAt, type PoolInput } from './pools.js'

const confirmed = { commitment: 'confirmed' } as const
const addresses = (count: number): Address[] =>
  Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(32).fill(7)
    new DataView(bytes.buffer).setUint32(0, i)
    return addressOfBytes(bytes)
  })

async function setUp(options: Partial<PoolInput> & { automine?: boolean } = {}) {
  const { automine = true, ...client } = options
  const net = await localnet({ automine })
  const rpc = nodeAt(`${net.rpcUrl}/?api-key=secret`, client)
  return { net, rpc, reader: createAccountReader({ rpc }) }
}

describe('an account reader', () => {
  it("makes ceil(N / 100) requests of one turn's asks", async () => {
    const { net, reader } = await setUp()
    net.resetStats()
    const all = await Promise.all(addresses(250).map((each) => reader.read([each], confirmed)))
    expect(all).toHaveLength(250)
    expect(net.stats()).toMatchObject({ httpRequests: 3, accountsRead: 250 })
  })

  it('asks once for an account that many want, also while it is on its way', async () => {
    const { net, reader } = await setUp()
    const [one] = addresses(1) as [Address]
    net.faults.add({ on: 'http', do: { delayMs: 100 } })
    net.resetStats()
    const first = Promise.all(Array.from({ length: 30 }, () => reader.read([one], confirmed)))
    await expect.poll(() => net.stats().httpRequests).toBe(1)
    await Promise.all([first, reader.read([one], confirmed)])
    expect(net.stats()).toMatchObject({ httpRequests: 1, accountsRead: 1 })
  })

  it('does not share a request that left before a read that must be younger', async () => {
    const { net, reader } = await setUp()
    const [one] = addresses(1) as [Address]
    net.faults.add({ on: 'http', do: { delayMs: 100 } })
    net.resetStats()
    const first = reader.read([one], confirmed)
    await expect.poll(() => net.stats().httpRequests).toBe(1)
    await Promise.all([first, reader.read([one], { ...confirmed, minSlot: 0 })])
    expect(net.stats().httpRequests).toBe(2)
  })

  it('tells a missing account, and gives lamports exactly beyond what a double holds', async () => {
    const { net, reader } = await setUp()
    const rich = newAddress() as Address
    net.fund(rich, 9_007_199_254_740_993n)
    const [missing, account] = await reader.read([...addresses(1), rich], confirmed)
    expect(missing).toMatchObject({ data: null, lamports: 0n })
    expect(account).toMatchObject({ lamports: 9_007_199_254_740_993n, data: new Uint8Array() })
  })

  it('fails only the accounts whose request failed', async () => {
    const { net, reader } = await setUp()
    net.faults.add({ on: 'http', times: 1, do: { status: 503 } })
    const ended = await Promise.allSettled(addresses(200).map((each) => reader.read([each], confirmed)))
    expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(100)
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(100)
  })

  it('asks a node that is behind again until it has caught up', async () => {
    const { net, reader } = await setUp({ automine: false })
    const wanted = (await reader.read(addresses(1), confirmed))[0]?.slot ?? 0
    const later = reader.read(addresses(1), { ...confirmed, minSlot: wanted + 3 })
    await expect.poll(() => net.stats().httpRequests).toBe(2)
    net.tick(3)
    const [account] = await later
    expect(account?.slot).toBeGreaterThanOrEqual(wanted + 3)
  })

  it('takes the older answer of a node that does not catch up', async () => {
    const { reader } = await setUp({ automine: false })
    const [first] = await reader.read(addresses(1), confirmed)
    const slot = first?.slot ?? 0
    const [account] = await reader.read(addresses(1), { ...confirmed, minSlot: slot + 1_000_000 })
    expect(account?.slot).toBeLessThan(slot + 1_000_000)
  })

  it.each([
    ['429', { status: 429, retryAfter: 3 }, { code: 'rpc/rate-limited', context: { retryAfterMs: 3000 } }],
    ['HTTP 500', { status: 500 }, { code: 'rpc/http-status', context: { status: 500 } }],
    ['no answer', { hang: true }, { code: 'rpc/timeout', context: { afterMs: 200 } }],
    ['a reset', { drop: true }, { code: 'rpc/unreachable' }],
    ['nonsense', { raw: '<html>' }, { code: 'rpc/malformed' }],
    ['a wrong shape', { raw: '{"jsonrpc":"2.0","result":{"value":[]}}' }, { code: 'rpc/malformed' }],
    [
      'the answer to another question',
      { raw: '{"jsonrpc":"2.0","id":77,"result":{"context":{"slot":1},"value":[null]}}' },
      { code: 'rpc/malformed' },
    ],
    [
      'a refusal',
      { error: { code: -32005, message: 'unhealthy' } },
      { code: 'rpc/refused', context: { rpcCode: -32005 } },
    ],
  ])('says what happened: %s', async (_, fault, expected) => {
    const { net, reader } = await setUp({ deadlineMs: 200, waitMs: 1000 })
    net.faults.add({ on: 'http', do: fault })
    const error: Error = await reader.read(addresses(1), confirmed).then(
      () => new Error('it did not fail'),
      (reason) => reason,
    )
    expect(error).toMatchObject({ name: 'LamplightError', ...expected })
    expect(error.message).not.toContain('secret')
  })
})
