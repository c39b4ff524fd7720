import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import type { First, Quiet, Streamed } from './pageRun.js'

/** The ways to show balances, as the page has them. */
export const WAYS = ['bareStore', 'bareStore100', 'batchedQuery', 'lamplight', 'lamplightWorker', 'plainQuery'] as const
/** Other kits, by package and hook: `bench/peers/adapters.tsx` has them. */
export const PEERS = [
  'react-hooks useSplToken',
  'react-hooks useAccount',
  'gill useTokenAccount',
  'solana/react useTrackedData',
] as const
export type Way = (typeof WAYS)[number] | (typeof PEERS)[number]
/** What every other one is measured against: the least that a page can do. */
const LIMIT: Way = 'bareStore'

interface Of {
  readonly way: Way
}
/** What was measured, each row once a round. */
export interface Measured {
  readonly first: (First & Of)[]
  readonly quiet: (Quiet & Of)[]
  /** Changes that any machine keeps up with, as many as it is judged by, and more than any page can draw. */
  readonly easy: (Streamed & Of)[]
  readonly streamed: (Streamed & Of)[]
  readonly flooded: (Streamed & Of)[]
}
/** How it was measured. */
export interface Measuring {
  readonly rounds: number
  readonly count: number
  readonly easyPerSecond: number
  readonly perSecond: number
  readonly floodPerSecond: number
}

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
/** What was not there to be measured has no number. */
const cell = (number: number, digits: number) => (Number.isFinite(number) ? number.toFixed(digits) : '–')
/** A ratio within a round: what disturbs one of its pages disturbs the others. */
function ratio<T extends Of>(all: readonly T[], way: Way, of: (each: T) => number): string {
  const [own, limit] = [all.filter((each) => each.way === way), all.filter((each) => each.way === LIMIT)]
  return cell(median(own.flatMap((each, i) => (limit[i] ? [of(each) / of(limit[i])] : []))), 2)
}
const at = <T extends Of>(all: readonly T[], way: Way, of: (each: T) => number, digits = 0) =>
  cell(median(all.filter((each) => each.way === way).map(of)), digits)

/** A table in Markdown, which reads well in a terminal too. */
const table = (head: readonly string[], ways: readonly Way[], row: (way: Way) => readonly string[]) =>
  [head, head.map(() => '---'), ...ways.map((way) => [`\`${way}\``, ...row(way)])]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')

function firstTable(all: Measured['first'], ways: readonly Way[], count: number): string {
  const own = all.filter((each) => each.count === count)
  return `## ${count} ${count === 1 ? 'balance' : 'balances'}, first shown

${table(
  ['', 'HTTP requests', 'page time, × bare store', 'page time, ms', 'shown after, ms', 'renders a row'],
  ways,
  (way) => [
    at(own, way, (each) => each.requests),
    ratio(own, way, (each) => each.cpuMs),
    at(own, way, (each) => each.cpuMs),
    at(own, way, (each) => each.ms),
    at(own, way, (each) => each.renders, 1),
  ],
)}`
}

function streamTable(all: Measured['streamed'], ways: readonly Way[], count: number, perSecond: number): string {
  const head = ['', 'page time a message, × bare store', 'µs a message', 'messages a second', 'frames a second']
  return `## ${count} balances, ${perSecond} changes a second

${table([...head, 'wrong 0.3 s after', 'all right after, ms'], ways, (way) => [
  ratio(all, way, (each) => each.usPerMessage),
  at(all, way, (each) => each.usPerMessage),
  at(all, way, (each) => each.perSecond),
  at(all, way, (each) => each.fps),
  at(all, way, (each) => each.wrong),
  at(all, way, (each) => each.settledMs),
])}`
}

/** What was measured, table by table. */
export function tablesOf(measured: Measured, ways: readonly Way[], setting: Measuring): string {
  const { first, quiet, easy, streamed, flooded } = measured
  const { count, easyPerSecond, perSecond, floodPerSecond } = setting
  const counts = [...new Set(first.map((each) => each.count))].sort((a, b) => b - a)
  const tables = counts.map((each) => firstTable(first, ways, each))
  if (streamed.length === 0) return tables.join('\n\n')
  const head = ['', 'page time, nothing changes, %', 'page time, one change a second, %', 'rows rendered a change']
  const quietTable = `## ${count} balances, at rest

${table(head, ways, (way) => [
  at(quiet, way, (each) => each.idle, 2),
  at(quiet, way, (each) => each.busy, 2),
  at(quiet, way, (each) => each.rendersPerChange, 1),
])}`
  const streams = [
    streamTable(easy, ways, count, easyPerSecond),
    streamTable(streamed, ways, count, perSecond),
    streamTable(flooded, ways, count, floodPerSecond),
  ]
  return [...tables, ...streams, quietTable].join('\n\n')
}

const { dependencies } = JSON.parse(readFileSync(`${import.meta.dirname}/../peers/package.json`, 'utf8'))
const ABOUT_PEERS = `- The others are kits (${Object.entries(dependencies)
  .map(([name, version]) => `${name} ${version}`)
  .join(', ')}), with the
  hook that is named, as their documentation shows it. Those that read once have every row wrong after a stream, and cost nothing meanwhile.
`

/** docs/BENCH.md. */
export const reportOf = (measured: Measured, ways: readonly Way[], setting: Measuring): string => `# Bench

${new Date().toISOString().slice(0, 10)}: medians of ${setting.rounds} rounds in turns, one machine (${cpus().length} × ${cpus()[0]?.model}), Chromium, a stub node that answers after 20 ms.
Read the ratios: the machine is shared. Its load over the last quarter of an hour was ${loadavg()[2]?.toFixed(1)} on ${cpus().length} cores; where that is more
than the cores, frames a second and wrong values say more of the machine than of the page.

- \`bareStore\` is the least a page can do: a map, one listener a row, one flush a frame (\`bareStore100\`: each 100 ms). It is told
  each account's address, and has no cache, no order, no proof of life, no gap closed.
- \`batchedQuery\` is the least that React Query can do: \`useQuery\` in each component, read in hundreds, written once a frame.
- \`lamplight\` is this kit, and \`lamplightWorker\` the same with its sockets in a Worker. Both derive each address from owner and
  mint, subscribe, and wait for the acknowledgements before they read: that is what the first values cost more than
  \`batchedQuery\`'s, which is told the addresses, and may miss what changes between its read and its subscription.
- \`plainQuery\` is \`useQuery\` in each component with a request each, and every notification written as it comes.
${ways.some((way) => PEERS.includes(way as never)) ? ABOUT_PEERS : ''}
${tablesOf(measured, ways, setting)}

\`npm run bench page\` measures anew and writes this file (\`--first\`, \`--only lamplight,bareStore\`, \`--rounds\`, \`--seconds\`, \`--count\` and
\`--rate\` measure a part, and write nothing; \`--peers\` measures the other kits too, once \`npm install\` was run in \`bench/peers\`); \`npm run bench page -- --profile lamplight\` says where the time of one way goes, and
\`npm run bench derive\` what an associated address costs beside web3.js.
`
