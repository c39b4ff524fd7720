import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Localnet, lamplightLocalnet, startLocalnet } from 'lamplight-localnet'
import { build, createServer, type InlineConfig, type ViteDevServer } from 'vite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './wire.js'

const entry = "export { rpcUrl, wsUrl } from 'virtual:lamplight-localnet'\n"
let folder: string
const servers = new Set<ViteDevServer>()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lamplight-vite-'))
  await writeFile(join(folder, 'entry.js'), entry)
})
afterEach(async () => {
  for (const server of servers) await server.close()
  servers.clear()
  await rm(folder, { recursive: true, force: true })
})

const config = (plugin: ReturnType<typeof lamplightLocalnet>): InlineConfig => ({
  root: folder,
  configFile: false,
  logLevel: 'silent',
  plugins: [plugin],
  server: { middlewareMode: true, ws: false },
  optimizeDeps: { noDiscovery: true },
})

async function serve(plugin: ReturnType<typeof lamplightLocalnet>) {
  const server = await createServer(config(plugin))
  servers.add(server)
  return server
}

async function urlsFrom(server: ViteDevServer) {
  const { rpcUrl, wsUrl } = await server.ssrLoadModule('/entry.js')
  return { rpcUrl, wsUrl } as { rpcUrl: string; wsUrl: string }
}
const isUp = (url: string) =>
  call(url, 'getHealth').then(
    () => true,
    () => false,
  )

describe('the Vite plugin', () => {
  it('starts a chain with the server, tells pages where it is, and stops it with the server', async () => {
    const server = await serve(lamplightLocalnet({ engine: 'memory', automine: true }))
    const { rpcUrl, wsUrl } = await urlsFrom(server)
    expect(new URL(wsUrl).port).toBe(String(Number(new URL(rpcUrl).port) + 1))
    expect(await call(rpcUrl, 'getHealth')).toBe('ok')
    const code = await server.transformRequest('virtual:lamplight-localnet')
    expect(code?.code).toContain(JSON.stringify(rpcUrl))
    await server.close()
    expect(await isUp(rpcUrl)).toBe(false)
  })

  it('calls onStart before a page learns the URLs', async () => {
    const started: Localnet[] = []
    const mints: string[] = []
    const plugin = lamplightLocalnet({
      engine: 'memory',
      automine: true,
      onStart: (localnet) => {
        started.push(localnet)
        mints.push(localnet.createMint({ decimals: 4 }))
      },
    })
    const { rpcUrl } = await urlsFrom(await serve(plugin))
    expect(started).toHaveLength(1)
    expect((await call(rpcUrl, 'getTokenSupply', mints[0])).value.decimals).toBe(4)
  })

  it('reports an onStart that fails, and leaves no chain behind', async () => {
    let url = ''
    const plugin = lamplightLocalnet({
      engine: 'memory',
      automine: true,
      onStart: ({ rpcUrl }) => {
        url = rpcUrl
        throw new Error('no mint today')
      },
    })
    await expect(urlsFrom(await serve(plugin))).rejects.toThrow('no mint today')
    expect(await isUp(url)).toBe(false)
  })

  it('has a chain after the server restarted, also on a port of its own', async () => {
    const taken = createTcpServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    await new Promise((resolve) => taken.close(resolve))
    const server = await serve(lamplightLocalnet({ engine: 'memory', automine: true, port }))
    const before = await urlsFrom(server)
    expect(before.rpcUrl).toBe(`http://127.0.0.1:${port}`)
    await server.restart()
    const after = await urlsFrom(server)
    expect(await call(after.rpcUrl, 'getHealth')).toBe('ok')
    await server.close()
    expect(await isUp(after.rpcUrl)).toBe(false)
  })

  it('waits for a port that is about to be free', async () => {
    const holder = await startLocalnet({ engine: 'memory', slotMs: 0 })
    const port = Number(new URL(holder.rpcUrl).port)
    const server = await serve(lamplightLocalnet({ engine: 'memory', automine: true, port }))
    const urls = urlsFrom(server)
    await holder.stop()
    expect((await urls).rpcUrl).toBe(`http://127.0.0.1:${port}`)
  })

  it('starts nothing in a build, where both URLs are null', async () => {
    let started = 0
    const plugin = lamplightLocalnet({ engine: 'memory', onStart: () => void started++ })
    const out = join(folder, 'out')
    await build({
      ...config(plugin),
      build: { outDir: out, minify: false, lib: { entry: join(folder, 'entry.js'), formats: ['es'] } },
    })
    const [file] = (await readdir(out)).filter((name) => /\.m?js$/.test(name))
    const text = await readFile(join(out, file ?? ''), 'utf8')
    expect(text).toContain('null')
    expect(text).not.toContain('http')
    expect(started).toBe(0)
  })
})
