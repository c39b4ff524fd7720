import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { firstLine, runStart } from './demo.js'

describe('scripts/start.mjs', () => {
  it.each([
    [['--port', 'x'], '--port: "x" is no port'],
    [['--port', '70000'], 'from 0 to 65535'],
    [['--port=-1'], '--port: "-1" is no port'],
    [['--colour'], "Unknown option '--colour'"],
  ])('refuses %j with code 2 and says what is wrong', async (args, messages) => {
    const started = runStart(...args)
    expect(await started.exited).toBe(2)
    expect(started.errors()).toContain(messages)
    expect(started.errors()).toContain('Usage: ')
  })

  it('says where everything is, and stops when it is asked to', async () => {
    const started = runStart('--port', '0', '--json')
    onTestFinished(() => void started.child.kill('SIGKILL'))
    const { url, rpcUrl, wsUrl } = JSON.parse(await firstLine(started))
    expect([url, rpcUrl, wsUrl].map((each) => new URL(each).protocol)).toEqual(['http:', 'http:', 'ws:'])
    expect(await (await fetch(url)).text()).toContain('<title>Lamplight demo')
    expect((await fetch(new URL('/health', rpcUrl))).status).toBe(200)

    started.child.kill('SIGINT')
    expect(await started.exited).toBe(0)
    await expect(fetch(new URL('/health', rpcUrl))).rejects.toThrow()
  })

  it('does not take another port than the one it was told', async () => {
    const taken = createServer().listen(0, 'localhost')
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const started = runStart('--port', String((taken.address() as AddressInfo).port), '--json')
    expect(await started.exited).toBe(1)
    expect(started.errors()).toContain('is already in use')
  })
})
