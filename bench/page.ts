import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright'
import { build, type PreviewServer, preview } from 'vite'
import { chromiumFlags, findChromium } from '../scripts/browser.mjs'
import { type Address, addressOfBytes, addressOfProgram } from '../src/token/address.js'
import { createAssociatedAddresses } from '../src/token/associatedAddress.js'
import { type Costs, profiled } from './page/profiled.js'
import type { Setting } from './page/setting.js'
import { type StubNode, startStubNode } from './page/stubNode.js'

const ADAPTERS = ['bareStore', 'bareStore100', 'lamplight', 'plainQuery'] as const
type Name = (typeof ADAPTERS)[number]
/** What every other one is measured against: the least that a page can do. */
const LIMIT: Name = 'bareStore'

const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(process.argv[at + 1])
}
const ROUNDS = option('rounds', 3)
const STREAM_SECONDS = option('seconds', 6)
const COUNT = option('count', 1000)
const PER_SECOND = option('rate', 10_000)
/** `--profile lamplight`: what that one spends its time on, function by function, instead of the tables. */
const PROFILED = ADAPTERS.find((name) => process.argv.includes('--profile') && process.argv.includes(name))

const bytesOf = (n: number, kind: number) => {
  const bytes = new Uint8Array(32).fill(kind)
  new DataView(bytes.buffer).setUint32(0, n)
  return addressOfBytes(bytes)
}
const mint = bytesOf(0, 3)
const associated = createAssociatedAddresses()
const accountsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const owner = bytesOf(i, 5)
    return { owner, account: associated(owner, mint, addressOfProgram('token')) as Address }
  })

/** One page that shows what a node holds, one way. */
interface Run {
  readonly page: Page
  readonly node: StubNode
  readonly session: CDPSession
  readonly metrics: () => Promise<Record<string, number>>
  readonly close: () => Promise<void>
}

async function open(browser: Browser, site: string, name: Name, count: number): Promise<Run> {
  const accounts = accountsOf(count)
  const node = await startStubNode({ mint, accounts })
  const page = await browser.newPage()
  page.on('pageerror', (error) => console.error(`${name}: ${error}`))
  const session: CDPSession = await page.context().newCDPSession(page)
  // Time of the page's thread, which other programs on the machine do not lengthen.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(site)
  const setting: Setting = { rpcUrl: node.rpcUrl, wsUrl: node.wsUrl, mint, rows: accounts }
  const metrics = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return Object.fromEntries(metrics.map((each) => [each.name, each.value]))
  }
  const before = await metrics()
  const stopProfile = PROFILED && (await profiled(session))
  const startMs = Date.now()
  await page.evaluate(([way, what]) => window.bench.start(way, what), [name, setting] as const)
  if (stopProfile) print('first shown', await stopProfile())
  const after = await metrics()
  first[name] ??= []
  first[name].push({
    count,
    requests: node.requests,
    cpuMs: ((after.TaskDuration ?? 0) - (before.TaskDuration ?? 0)) * 1000,
    ms: Date.now() - startMs,
  })
  const close = async () => {
    await page.close()
    await node.close()
  }
  return { page, node, session, metrics, close }
}

interface First {
  readonly count: number
  readonly requests: number
  readonly cpuMs: number
  readonly ms: number
}
interface Streamed {
  readonly fps: number
  readonly usPerMessage: number
  readonly wrong: number
}
const first: Partial<Record<Name, First[]>> = {}
const streamed: Partial<Record<Name, Streamed[]>> = {}
const quiet: Partial<Record<Name, number[]>> = {}

const wait = (ms: number) => new Promise((resume) => setTimeout(resume, ms))

/** Everything subscribed and at rest. */
async function settled(run: Run, count: number) {
  while (run.node.subscriptions < count) await wait(100)
  await wait(1500)
}

async function stream(run: Run, count: number): Promise<Streamed> {
  await settled(run, count)
  run.node.reset()
  const before = await run.metrics()
  const stopProfile = PROFILED && (await profiled(run.session))
  await run.page.evaluate(() => window.bench.frames())
  const startMs = Date.now()
  const stop = run.node.stream(PER_SECOND)
  await wait(STREAM_SECONDS * 1000)
  const frames = await run.page.evaluate(() => window.bench.frames())
  const seconds = (Date.now() - startMs) / 1000
  stop()
  await wait(300)
  if (stopProfile) print('streaming', await stopProfile())
  const shown = await run.page.evaluate(() => window.bench.shown())
  const after = await run.metrics()
  const wrong = Object.entries(shown).filter(
    ([account, text]) => text !== String(run.node.amountOf(account as Address)),
  )
  const cpuMs = ((after.TaskDuration ?? 0) - (before.TaskDuration ?? 0)) * 1000
  return { fps: frames / seconds, usPerMessage: (cpuMs * 1000) / run.node.sent, wrong: wrong.length }
}

/** Page time in percent while one account changes each second. */
async function rest(run: Run, count: number): Promise<number> {
  await settled(run, count)
  const before = await run.metrics()
  const startMs = Date.now()
  const stop = run.node.stream(1)
  await wait(STREAM_SECONDS * 1000)
  stop()
  const after = await run.metrics()
  return (((after.TaskDuration ?? 0) - (before.TaskDuration ?? 0)) * 100_000) / (Date.now() - startMs)
}

async function openSite(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const repo = resolve(import.meta.dirname, '..')
  const outDir = await mkdtemp(join(tmpdir(), 'lamplight-bench-'))
  // Or React would come with its checks for developers.
  process.env.NODE_ENV = 'production'
  await build({
    configFile: false,
    mode: 'production',
    root: join(repo, 'bench/page'),
    logLevel: 'error',
    resolve: { alias: [{ find: /^lamplight$/, replacement: join(repo, 'src/index.ts') }] },
    // Or a profile would tell of functions with one letter.
    build: { outDir, emptyOutDir: true, target: 'es2022', minify: !PROFILED },
  })
  const server: PreviewServer = await preview({
    configFile: false,
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  })
  const close = async () => {
    await server.close()
    await rm(outDir, { recursive: true })
  }
  return { url: server.resolvedUrls?.local[0] ?? '', close }
}

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
const to = (digits: number, number: number) => number.toFixed(digits)

/** A table in Markdown, which reads well in a terminal too. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

function firstTable(count: number): string {
  const of = (name: Name, key: 'requests' | 'cpuMs' | 'ms') =>
    median((first[name] ?? []).filter((each) => each.count === count).map((each) => each[key]))
  const limit = of(LIMIT, 'cpuMs')
  return table(
    ['', 'HTTP requests', 'page time, × bare store', 'page time, ms', 'shown after, ms'],
    ADAPTERS.map((name) => [
      name,
      to(0, of(name, 'requests')),
      to(2, of(name, 'cpuMs') / limit),
      to(0, of(name, 'cpuMs')),
      to(0, of(name, 'ms')),
    ]),
  )
}

function streamTable(): string {
  const of = (name: Name, key: keyof Streamed) => median((streamed[name] ?? []).map((each) => each[key]))
  const limit = of(LIMIT, 'usPerMessage')
  return table(
    ['', 'page time a message, × bare store', 'µs a message', 'frames a second', 'wrong 0.3 s after'],
    ADAPTERS.map((name) => [
      name,
      to(2, of(name, 'usPerMessage') / limit),
      to(0, of(name, 'usPerMessage')),
      to(0, of(name, 'fps')),
      to(0, of(name, 'wrong')),
    ]),
  )
}

function print(what: string, { functions, totalMs }: Costs) {
  console.log(`\n${what}: ${to(0, totalMs)} ms`)
  for (const { name, ms } of functions) console.log(`${to(1, ms).padStart(8)}  ${name}`)
}

function report(): string {
  const quietRows = ADAPTERS.map((name) => [name, to(2, median(quiet[name] ?? []))])
  return `# Bench

${new Date().toISOString().slice(0, 10)}: medians of ${ROUNDS} rounds in turns, one machine (${cpus().length} × ${cpus()[0]?.model}), Chromium, a stub node that answers after 20 ms.
Read the ratios: the machine is shared. Its load over the last quarter of an hour was ${to(1, loadavg()[2] ?? 0)} on ${cpus().length} cores; where that is more
than the cores, frames a second and wrong values say more of the machine than of the page. \`bareStore\` is the least a page can do: a map, one listener a row, one flush a frame
(\`bareStore100\`: each 100 ms), no order, no proof of life, no gap closed. \`plainQuery\` is \`useQuery\` in each component, with every
notification written into the cache as it comes.

## ${COUNT} balances, first shown

${firstTable(COUNT)}

## ${COUNT} balances, ${PER_SECOND} changes a second

${streamTable()}

## ${COUNT} balances, one change a second

${table(['', 'page time, %'], quietRows)}

## Not built

A Worker for socket and decoding: it was not measured. The page would still parse what the Worker sends, order and draw it, and
every rule of \`live/\` would have to hold on both sides of a port.

\`npm run bench page\` measures anew and writes this file; \`npm run bench page -- --profile lamplight\` says where the time
of one way goes, and \`npm run bench derive\` what an associated address costs beside web3.js.
`
}

const site = await openSite()
const browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
/** One way after the other, so that what disturbs one disturbs all. */
async function measure() {
  for (let round = 0; round < ROUNDS; round++)
    for (const name of ADAPTERS) {
      const busy = await open(browser, site.url, name, COUNT)
      streamed[name] = [...(streamed[name] ?? []), await stream(busy, COUNT)]
      await busy.close()
      const calm = await open(browser, site.url, name, COUNT)
      quiet[name] = [...(quiet[name] ?? []), await rest(calm, COUNT)]
      await calm.close()
      console.error(`round ${round + 1}: ${name}`)
    }
  const text = report()
  console.log(text)
  if (!process.argv.includes('--dry')) await writeFile(resolve(import.meta.dirname, '../docs/BENCH.md'), text)
}

async function profile(name: Name) {
  const run = await open(browser, site.url, name, COUNT)
  await stream(run, COUNT)
  await run.close()
}

try {
  if (PROFILED) await profile(PROFILED)
  else await measure()
} finally {
  await browser.close()
  await site.close()
}
