import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { call, openSocket, until, within } from './wire.js'

const root = resolve(import.meta.dirname, '../..')
const children = new Set<ChildProcess>()
let folder: string
let file: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lamplight-cli-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  file = join(folder, 'cli.mjs')
  const bundle = await rolldown({
    input: join(root, 'src/localnet/cli.ts'),
    platform: 'node',
    external: (id) => !/^[./\0]/.test(id),
  })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function run(...args: string[]) {
  const child = spawn(process.execPath, [file, ...args])
  children.add(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (text) => {
    said.out += text
  })
  child.stderr.on('data', (text) => {
    said.err += text
  })
  const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)))
  return { child, said, ended: () => within(ended, 'the end of the command', 10_000) }
}

async function ready(...args: string[]) {
  const command = run('localnet', '--json', ...args)
  const line = await until(() => command.said.out.includes('\n') && command.said.out, 'the line with the URLs', 10_000)
  return { ...command, urls: JSON.parse(line) as { rpcUrl: string; wsUrl: string } }
}

describe('lamplight localnet', () => {
  it('prints one line of JSON, serves both URLs, and ends with 0 on SIGTERM, sockets or not', async () => {
    const { child, said, ended, urls } = await ready('--slot-ms', '50')
    expect(Object.keys(urls)).toEqual(['rpcUrl', 'wsUrl'])
    const slot = await call(urls.rpcUrl, 'getSlot', { commitment: 'processed' })
    await until(async () => (await call(urls.rpcUrl, 'getSlot', { commitment: 'processed' })) > slot, 'another slot')
    const socket = await openSocket(urls.wsUrl)
    child.kill('SIGTERM')
    expect(await ended()).toBe(0)
    await within(socket.closed, 'the end of the socket')
    expect(said.out.trim().split('\n')).toHaveLength(1)
    await expect(call(urls.rpcUrl, 'getSlot')).rejects.toThrow('fetch failed')
  })

  it('ends with 0 on SIGINT', async () => {
    const { child, ended } = await ready('--automine', '--engine', 'memory')
    child.kill('SIGINT')
    expect(await ended()).toBe(0)
  })

  it('is no orphan when the npx that started it is ended', async () => {
    const npx = spawn('sh', ['-c', `"${process.execPath}" "${file}" localnet --json; true`], {
      env: { ...process.env, npm_command: 'exec' },
    })
    children.add(npx)
    let out = ''
    npx.stdout.on('data', (text) => {
      out += text
    })
    const line = await until(() => out.includes('\n') && out, 'the line with the URLs', 10_000)
    const { rpcUrl } = JSON.parse(line) as { rpcUrl: string }
    await call(rpcUrl, 'getSlot')
    npx.kill('SIGTERM')
    await until(
      () =>
        call(rpcUrl, 'getSlot').then(
          () => false,
          () => true,
        ),
      'the end of the chain',
      10_000,
    )
  })

  it('takes a port, and the next one for sockets; a second one there is told so', async () => {
    const { urls } = await ready('--engine', 'memory', '--behind', '3')
    const port = Number(new URL(urls.rpcUrl).port)
    expect(Number(new URL(urls.wsUrl).port)).toBe(port + 1)
    const second = run('localnet', '--engine', 'memory', '--port', String(port))
    expect(await second.ended()).toBe(1)
    expect(second.said.err).toContain('Choose another with --port')
  })

  it('says in words where it is', async () => {
    const { child, said, ended } = run('localnet', '--engine', 'memory', '--slot-ms', '0')
    await until(() => said.out.includes('Ctrl+C'), 'the text', 10_000)
    expect(said.out).toMatch(/memory engine.*\n.*http:\/\/127\.0\.0\.1:\d+\n.*ws:\/\/127\.0\.0\.1:\d+/)
    child.kill('SIGTERM')
    expect(await ended()).toBe(0)
  })

  it('explains itself', async () => {
    for (const args of [['--help'], ['localnet', '--help'], []]) {
      const { said, ended } = run(...args)
      expect(await ended()).toBe(0)
      expect(said.out).toContain('Usage: lamplight localnet')
    }
  })

  it.each([
    [['serve'], 'Unknown command "serve". Expected localnet.'],
    [['localnet', 'now'], 'Unexpected argument "now".'],
    [['localnet', '--fast'], "Unknown option '--fast'"],
    [['localnet', '--port', 'x'], '--port: "x" is not allowed. Expected a whole number from 0 to 65534.'],
    [['localnet', '--slot-ms=-5'], '--slot-ms: "-5" is not allowed.'],
    [['localnet', '--engine', 'solid'], '--engine: "solid" is not allowed. Expected svm or memory.'],
  ])('refuses %j with 2 and says what it expects', async (args, text) => {
    const { said, ended } = run(...args)
    expect(await ended()).toBe(2)
    expect(said.err).toContain(text)
    expect(said.out).toBe('')
  })
})
