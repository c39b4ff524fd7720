import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { build, preview } from 'vite'
import { chromiumFlags, findChromium } from '../scripts/browser.mjs'
import { openPage } from './page/pageRun.js'
import { type Measured, PEERS, reportOf, tablesOf, WAYS, type Way } from './page/report.js'

const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(process.argv[at + 1])
}
const has = (name: string) => process.argv.includes(`--${name}`)
const ROUNDS = option('rounds', 3)
const SECONDS = option('seconds', 3)
const COUNT = option('count', 1000)
const PER_SECOND = option('rate', 10_000)
const FLOOD_PER_SECOND = 50_000
/** What any machine should keep up with. */
const EASY_PER_SECOND = 2000
const FEW = [1, 10, 100]
/** `--only lamplight,bareStore`: these ways alone; `--first`: the first paint of `--count` rows alone. Neither is written down. */
const chosen = (process.argv[process.argv.indexOf('--only') + 1] ?? '').split(',')
const all = has('peers') ? [...WAYS, ...PEERS] : WAYS
const ways = has('only') || has('profile') ? all.filter((way) => chosen.includes(way) || has(way)) : all
const isWhole = !has('only') && !has('first') && !has('dry') && COUNT === 1000

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
    resolve: {
      alias: [
        { find: 'lamplight/worker', replacement: join(repo, 'src/worker.ts') },
        { find: /^lamplight$/, replacement: join(repo, 'src/index.ts') },
        {
          find: 'bench-peers',
          replacement: join(repo, `bench/${has('peers') ? 'peers/adapters.tsx' : 'page/noPeers.ts'}`),
        },
      ],
    },
    // Or a profile would tell of functions with one letter.
    build: { outDir, emptyOutDir: true, target: 'es2022', minify: !has('profile') },
  })
  const server = await preview({ configFile: false, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } })
  const close = async () => {
    await server.close()
    await rm(outDir, { recursive: true })
  }
  return { url: server.resolvedUrls?.local[0] ?? '', close }
}

/** One way after the other, so that what disturbs one disturbs all. */
async function measure(browser: Browser, site: string): Promise<Measured> {
  const all: Measured = { first: [], quiet: [], easy: [], streamed: [], flooded: [] }
  for (let round = 1; round <= ROUNDS; round++)
    for (const way of ways) {
      for (const count of has('first') ? [] : FEW) {
        const few = await openPage({ browser, site, name: way, count })
        all.first.push({ way, ...few.first })
        await few.close()
      }
      const run = await openPage({ browser, site, name: way, count: COUNT })
      all.first.push({ way, ...run.first })
      if (!has('first')) {
        all.quiet.push({ way, ...(await run.quiet(SECONDS)) })
        all.easy.push({ way, ...(await run.stream(EASY_PER_SECOND, SECONDS)) })
        all.streamed.push({ way, ...(await run.stream(PER_SECOND, SECONDS)) })
        all.flooded.push({ way, ...(await run.stream(FLOOD_PER_SECOND, SECONDS / 2)) })
      }
      await run.close()
      console.error(`round ${round}: ${way}`)
    }
  return all
}

/** `--profile lamplight`: what that one spends its time on, function by function, instead of the tables. */
async function profile(browser: Browser, site: string, name: Way) {
  const run = await openPage({ browser, site, name, count: COUNT, isProfiled: true })
  const stop = await run.profile()
  await run.stream(PER_SECOND, SECONDS)
  for (const [what, costs] of [['first shown', run.costs] as const, ['streaming', await stop()] as const]) {
    console.log(`\n${what}: ${costs?.totalMs.toFixed(0)} ms`)
    for (const { name, ms } of costs?.functions ?? []) console.log(`${ms.toFixed(1).padStart(8)}  ${name}`)
  }
  await run.close()
}

const site = await openSite()
const browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
try {
  if (has('profile')) await profile(browser, site.url, ways[0] ?? 'lamplight')
  else {
    const measured = await measure(browser, site.url)
    const rates = { easyPerSecond: EASY_PER_SECOND, perSecond: PER_SECOND, floodPerSecond: FLOOD_PER_SECOND }
    const setting = { rounds: ROUNDS, count: COUNT, ...rates }
    console.log(tablesOf(measured, ways, setting))
    if (isWhole) await writeFile(resolve(import.meta.dirname, '../docs/BENCH.md'), reportOf(measured, ways, setting))
  }
} finally {
  await browser.close()
  await site.close()
}
