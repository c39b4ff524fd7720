// Takes the random walks from other seeds than `npm test` does, and longer; prints how long each took.
//   node scripts/nightly.mjs            seeds 1 to 12
//   node scripts/nightly.mjs --seed 7   this seed alone
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({ options: { seed: { type: 'string' } } })
if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed)) {
  console.error(`--seed: "${values.seed}" is not allowed. Expected a whole number of at most nine digits.`)
  process.exit(2)
}

const seeds = values.seed === undefined ? Array.from({ length: 12 }, (_, i) => i + 1) : [Number(values.seed)]
const walks = [
  { name: 'the stream', file: 'test/client/stream/randomWalk.slow.test.ts', env: {} },
  { name: 'transactions', file: 'test/transactions/randomWalk.slow.test.ts', env: { WALK_SEQUENCES: '1008' } },
]
const failed = []
for (const seed of seeds)
  for (const { name, file, env } of walks) {
    const startMs = performance.now()
    const { status } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', file],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env, WALK_SEED: String(seed) } },
    )
    const passed = status === 0
    if (!passed) failed.push(`WALK_SEED=${seed} npx vitest run --project unit ${file}`)
    const minutes = ((performance.now() - startMs) / 60_000).toFixed(1)
    console.log(`${passed ? '✓' : '✗'} ${name}, seed ${seed}: ${minutes} min`)
  }
if (failed.length > 0) console.error(`\nFailed. See why with:\n${failed.join('\n')}`)
process.exitCode = failed.length > 0 ? 1 : 0
