import type { Browser, CDPSession, Page } from 'playwright'
import { type Address, addressOfBytes, addressOfProgram } from '../../src/base/address.js'
import { createAssociatedAddresses } from '../../src/token/associatedAddress.js'
import { type Costs, profiled } from './profiled.js'
import type { Setting } from './setting.js'
import { type StubNode, startStubNode } from './stubNode.js'

/** What it took until every row had a text. */
export interface First {
  readonly count: number
  readonly requests: number
  readonly cpuMs: number
  readonly ms: number
  /** How often each row was rendered. */
  readonly renders: number
}
/** What a stream of changes cost. */
export interface Streamed {
  readonly fps: number
  readonly usPerMessage: number
  /** Changes a second that the node got rid of. */
  readonly perSecond: number
  /** Rows that were not right 300 ms after the last change. */
  readonly wrong: number
  /** When all were, in milliseconds after the last change. */
  readonly settledMs: number
}
/** What a page costs that has little to do. */
export interface Quiet {
  /** Page time in percent while nothing changes, and while one account changes each second. */
  readonly idle: number
  readonly busy: number
  readonly rendersPerChange: number
}

/** One page that shows what a node holds, one way. */
export interface PageRun {
  readonly first: First
  /** Where the time until the first values went; where it was asked for. */
  readonly costs: Costs | undefined
  quiet(seconds: number): Promise<Quiet>
  stream(perSecond: number, seconds: number): Promise<Streamed>
  /** Where the time goes until the returned function is called. */
  profile(): Promise<() => Promise<Costs>>
  close(): Promise<void>
}

/** What is opened. */
export interface PageRunOptions {
  readonly browser: Browser
  readonly site: string
  /** The way to show balances. */
  readonly name: string
  readonly count: number
  readonly isProfiled?: boolean
}

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

const wait = (ms: number) => new Promise((resume) => setTimeout(resume, ms))
/** Rows are right 300 ms after the last change, or somebody wants to know how long it took. */
const SETTLED_MS = 300
const MAX_SETTLED_MS = 3000

/** Opens one, from the page's start until every row has a text. */
export async function openPage({ browser, site, name, count, isProfiled }: PageRunOptions): Promise<PageRun> {
  const accounts = accountsOf(count)
  const node = await startStubNode({ mint, accounts })
  const page = await browser.newPage()
  page.on('pageerror', (error) => console.error(`${name}: ${error}`))
  const session = await page.context().newCDPSession(page)
  // Time of the page's thread, which other programs on the machine do not lengthen.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(site)
  const setting: Setting = { rpcUrl: node.rpcUrl, wsUrl: node.wsUrl, mint, rows: accounts }
  const before = await cpuMsOf(session)
  const stop = isProfiled ? await profiled(session) : undefined
  const startMs = Date.now()
  await page.evaluate(([way, what]) => window.bench.start(way, what), [name, setting] as const)
  const costs = await stop?.()
  const cpuMs = (await cpuMsOf(session)) - before
  const ms = Date.now() - startMs
  const renders = (await page.evaluate(() => window.bench.renders())) / count
  const parts = { node, page, session, count }
  return {
    first: { count, requests: node.requests, cpuMs, ms, renders },
    costs,
    quiet: (seconds) => quietOf(parts, seconds),
    stream: (perSecond, seconds) => streamOf(parts, perSecond, seconds),
    profile: () => profiled(session),
    async close() {
      await page.close()
      await node.close()
    },
  }
}

interface Parts {
  readonly node: StubNode
  readonly page: Page
  readonly session: CDPSession
  readonly count: number
}

async function cpuMsOf(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
}

/** Everything subscribed, by those who do, and at rest. */
async function atRest({ node, count }: Parts) {
  for (let before = -1; node.subscriptions < count && node.subscriptions > before; await wait(1000))
    before = node.subscriptions
  await wait(1000)
}

async function quietOf(parts: Parts, seconds: number): Promise<Quiet> {
  const { node, page, session } = parts
  await atRest(parts)
  const percent = async () => {
    const [cpuMs, startMs] = [await cpuMsOf(session), Date.now()]
    await wait(seconds * 1000)
    return (((await cpuMsOf(session)) - cpuMs) * 100) / (Date.now() - startMs)
  }
  const idle = await percent()
  node.reset()
  await page.evaluate(() => window.bench.renders())
  const stop = node.stream(1)
  const busy = await percent()
  stop()
  await wait(SETTLED_MS)
  const renders = await page.evaluate(() => window.bench.renders())
  return { idle, busy, rendersPerChange: renders / node.sent }
}

async function streamOf(parts: Parts, perSecond: number, seconds: number): Promise<Streamed> {
  const { node, page, session } = parts
  await atRest(parts)
  node.reset()
  const cpuMs = await cpuMsOf(session)
  await page.evaluate(() => window.bench.frames())
  const startMs = Date.now()
  const stop = node.stream(perSecond)
  await wait(seconds * 1000)
  const frames = await page.evaluate(() => window.bench.frames())
  const elapsed = (Date.now() - startMs) / 1000
  stop()
  const stopMs = Date.now()
  await wait(SETTLED_MS)
  const wrong = await wrongOf(parts)
  let rest = wrong
  for (; rest > 0 && Date.now() - stopMs < MAX_SETTLED_MS; rest = await wrongOf(parts)) await wait(100)
  const spentMs = (await cpuMsOf(session)) - cpuMs
  await page.evaluate(() => window.bench.rest())
  const settledMs = rest > 0 ? Infinity : Date.now() - stopMs
  const { sent } = node
  return { fps: frames / elapsed, usPerMessage: (spentMs * 1000) / sent, perSecond: sent / elapsed, wrong, settledMs }
}

async function wrongOf({ node, page }: Parts): Promise<number> {
  const shown = await page.evaluate(() => window.bench.shown())
  return Object.entries(shown).filter(([account, text]) => text !== String(node.amountOf(account as Address))).length
}
