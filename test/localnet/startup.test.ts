import { createServer } from 'node:net'
import { type Localnet, startLocalnet } from 'lamplight-localnet'
import { describe, expect, it } from 'vitest'
import { openEngine } from '../../localnet/src/server/localnet.js'
import { call, openSocket, within } from './wire.js'

const cannotLoad = () => Promise.reject(new Error('Cannot find native binding'))

describe('the engine', () => {
  it('is the native one where it can be loaded', async () => {
    const lines: string[] = []
    expect((await openEngine(undefined, undefined, (line) => lines.push(line))).name).toBe('svm')
    expect(lines).toEqual([])
  })

  it('is the memory engine where not, with one clear line', async () => {
    const lines: string[] = []
    expect((await openEngine(undefined, cannotLoad, (line) => lines.push(line))).name).toBe('memory')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('litesvm could not be loaded here; the memory engine runs instead')
  })

  it('that was asked for by name is not replaced by another', async () => {
    await expect(openEngine('svm', cannotLoad)).rejects.toThrow('engine: "svm" is not allowed. Expected "memory"')
    await expect(openEngine('solid' as 'svm')).rejects.toThrow(
      'engine: "solid" is not allowed. Expected "svm" or "memory"',
    )
    expect((await openEngine('memory', cannotLoad)).name).toBe('memory')
  })
})

describe('a localnet', () => {
  it('says which engine it runs', async () => {
    const names: string[] = []
    for (const engine of ['svm', 'memory'] as const) {
      const localnet = await startLocalnet({ engine, slotMs: 0 })
      names.push(localnet.engine)
      await localnet.stop()
    }
    expect(names).toEqual(['svm', 'memory'])
  })

  it('can run many times side by side', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => startLocalnet({ engine: 'memory', automine: true })))
    all.forEach((localnet, i) => void localnet.fund('11111111111111111111111111111112', i + 1))
    const balances = await Promise.all(
      all.map(({ rpcUrl }) => call(rpcUrl, 'getBalance', '11111111111111111111111111111112')),
    )
    expect(balances.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    await Promise.all(all.map((localnet: Localnet) => localnet.stop()))
  })

  it('takes the ports it is told, and says so when one is taken', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    await expect(startLocalnet({ engine: 'memory', port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await expect(startLocalnet({ engine: 'memory', wsPort: port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    taken.close()
  })

  it('refuses options that make no sense', async () => {
    await expect(startLocalnet({ engine: 'memory', slotMs: -1 })).rejects.toThrow('slotMs: -1 is not allowed')
    await expect(startLocalnet({ engine: 'memory', behind: 1.5 })).rejects.toThrow('behind: 1.5 is not allowed')
    await expect(startLocalnet({ engine: 'memory', startSlot: 0 })).rejects.toThrow('startSlot: 0 is not allowed')
  })

  it('stops with sockets open and requests hanging, and with it its other nodes', async () => {
    const localnet = await startLocalnet({ engine: 'memory', slotMs: 20 })
    const node = await localnet.node()
    const socket = await openSocket(node.wsUrl)
    localnet.faults.add({ on: 'http', do: { hang: true } })
    const hanging = call(localnet.rpcUrl, 'getSlot').catch((error: Error) => error.message)
    await within(
      (async () => {
        while (localnet.stats().httpRequests === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      })(),
      'the request',
    )
    await within(localnet.stop(), 'the stop')
    expect(await hanging).toBe('fetch failed')
    expect(await within(socket.closed, 'the end of the socket')).toBe(1006)
  })
})
