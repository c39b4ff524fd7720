// Counts the rooms of `src`, the imports between them and the circles they make, types included.
//   node scripts/rooms.mjs         one line for the rooms, one with inner rooms counted apart
//   node scripts/rooms.mjs --all   every pair as well
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const load = async (file) => (await runnerImport(join(root, file))).module
const { arrowsOf, circles, roomOf } = await load('test/support/houseRules.ts')
const { sourcesOf } = await load('test/support/sourceTree.ts')

const files = sourcesOf(join(root, 'src'))
for (const [what, depth] of [
  ['rooms', 1],
  ['rooms, inner ones apart', Infinity],
]) {
  const rooms = new Set(files.flatMap(({ path }) => roomOf(path)?.split('/').slice(0, depth).join('/') ?? []))
  const arrows = arrowsOf(files, depth)
  console.log(`${what}: ${rooms.size}, imports between them: ${arrows.length}, circles: ${circles(arrows).length}`)
  if (process.argv.includes('--all')) for (const [from, to] of arrows.sort()) console.log(`  ${from} -> ${to}`)
}
