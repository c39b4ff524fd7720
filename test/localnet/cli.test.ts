import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ask, call, openSocket, until, within } from './wire.js'

const root = resolve(import.meta.dirname, '../..')
const children = new Set<ChildProcess>()
let folder: string
let file: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lamplight-cli-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  file = join(folder, 'cli.mjs')
  const bundle = await rolldown({
    input: join(root, 'localnet/src/server/cli.ts'),
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
  const command = run('--json', '--port', '0', ...args)
  const line = await until(() => command.said.out.includes('\n') && command.said.out, 'the line with the URLs', 10_000)
  return { ...command, urls: JSON.parse(line) as { rpcUrl: string; wsUrl: string } }
}

describe('lamplight-localnet', () => {
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
    const npx = spawn('sh', ['-c', `"${process.execPath}" "${file}" --json --port 0; true`], {
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
    const second = run('--engine', 'memory', '--port', String(port))
    expect(await second.ended()).toBe(1)
    expect(second.said.err).toContain(`Port ${port} is taken`)
  })

  it('says in words where it is, and how to fill it, by commands that work when pasted', async () => {
    const { child, said, ended } = run('--engine', 'memory', '--port', '0', '--consensus', 'alpenglow')
    await until(() => said.out.includes('Ctrl+C'), 'the text', 10_000)
    expect(said.out).toMatch(/memory engine, alpenglow.*\n.*http:\/\/127\.0\.0\.1:\d+\n.*ws:\/\/127\.0\.0\.1:\d+/)
    const rpcUrl = said.out.match(/requests {2}(\S+)/)?.[1] as string
    const paste = async (name: string) => {
      const [, line = ''] = said.out.match(new RegExp(`npx lamplight-localnet (${name} .*?) {3}`)) ?? []
      const pasted = run(...line.split(' '))
      expect(await pasted.ended(), pasted.said.err).toBe(0)
      return { line, out: pasted.said.out }
    }
    const funded = await paste('fund')
    const owner = funded.line.split(' ')[1]
    expect(funded.out).toBe(`${owner} has 10 SOL more.\n`)
    const held = async (method: string, ...params: unknown[]) =>
      (await call(rpcUrl, method, ...params, { commitment: 'processed' })) as { value: never }
    await until(async () => (await held('getBalance', owner)).value === 10_000_000_000, 'the SOL')
    const made = await paste('token')
    const mint = made.out.trim().split('\n')[1]
    const config = { encoding: 'jsonParsed', commitment: 'processed' }
    // Until the slot is complete the node does not know the mint.
    const rows = async () => (await ask(rpcUrl, 'getTokenAccountsByOwner', owner, { mint }, config)).result
    const listed = await until(async () => {
      const found = (await rows()) as { value: { account: { data: { parsed: { info: { tokenAmount: object } } } } }[] }
      return found?.value[0]?.account.data.parsed.info.tokenAmount
    }, 'the tokens')
    expect(listed).toMatchObject({ uiAmountString: '1000', decimals: 6 })
    const more = run('token', String(owner), '2.5', '--mint', String(mint), '--url', rpcUrl)
    expect(await more.ended(), more.said.err).toBe(0)
    expect(more.said.out).toContain(`has 2.5 of the token`)
    child.kill('SIGTERM')
    expect(await ended()).toBe(0)
  })

  it('is on 8899 and 8900 unless told otherwise, and says so when the port is taken', async () => {
    const busy = createServer()
    const isMine = await new Promise((done) =>
      busy.on('error', () => done(false)).listen(8899, '127.0.0.1', () => done(true)),
    )
    const refused = run('--engine', 'memory')
    expect(await refused.ended()).toBe(1)
    expect(refused.said.err).toMatch(/Port 8899 is taken: another local chain may be running.*--port/)
    await new Promise((done) => busy.close(done))
    // Somebody else's chain has the port: what is said of it was seen.
    if (!isMine) return
    const free = run('--engine', 'memory', '--json')
    await until(() => free.said.out.includes('\n'), 'the line with the URLs', 10_000)
    expect(JSON.parse(free.said.out)).toEqual({ rpcUrl: 'http://127.0.0.1:8899', wsUrl: 'ws://127.0.0.1:8900' })
    free.child.kill('SIGTERM')
    expect(await free.ended()).toBe(0)
  })

  it.each([
    [['fund', 'x', '--url', 'http://127.0.0.1:1'], 1, 'is not a Solana address'],
    [['fund', '11111111111111111111111111111111', '--url', 'http://127.0.0.1:1'], 1, 'Start a chain with'],
    [['fund', '11111111111111111111111111111111', 'much', '--url', 'http://127.0.0.1:1'], 1, 'amount: "much"'],
    [['fund'], 2, 'fund needs an address.'],
    [['fund', '1', '--port', '5'], 2, '--port is not an option of fund.'],
    [['--url', 'http://a.b'], 2, '--url is not an option of the command that starts a chain.'],
  ] as const)('says what is wrong with %j', async (args, code, text) => {
    const { said, ended } = run(...args)
    expect(await ended()).toBe(code)
    expect(said.err).toContain(text)
  })

  it('explains itself', async () => {
    for (const args of [['--help'], ['fund', '--help']]) {
      const { said, ended } = run(...args)
      expect(await ended()).toBe(0)
      expect(said.out).toContain('Usage: lamplight-localnet')
    }
  })

  it.each([
    [['serve'], 'Unknown command "serve". Expected fund, token, or options alone.'],
    [['fund', '1', '2', 'now'], 'Unexpected argument "now".'],
    [['--fast'], "Unknown option '--fast'"],
    [['--port', 'x'], '--port: "x" is not allowed. Expected a whole number from 0 to 65534.'],
    [['--slot-ms=-5'], '--slot-ms: "-5" is not allowed.'],
    [['--consensus', 'poh'], '--consensus: "poh" is not allowed. Expected tower-bft or alpenglow.'],
    [['--engine', 'solid'], '--engine: "solid" is not allowed. Expected svm or memory.'],
  ])('refuses %j with 2 and says what it expects', async (args, text) => {
    const { said, ended } = run(...args)
    expect(await ended()).toBe(2)
    expect(said.err).toContain(text)
    expect(said.out).toBe('')
  })
})
