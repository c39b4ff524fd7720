// Checks the packages that would be published, after `npm run build`: publint on manifest and files, attw on types.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const problems = []

/** Every file that package.json points to. */
function promisedFiles(value) {
  if (typeof value === 'string') return value.startsWith('./') ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(promisedFiles) : []
}

/** What is wrong with the package in a directory. */
async function problemsOf(directory) {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const found = []
  for (const file of new Set(promisedFiles([manifest.exports, manifest.bin, manifest.types])))
    if (!existsSync(join(directory, file))) found.push(`package.json promises ${file}, which the build did not make`)

  // A build under NODE_ENV=development calls a JSX runtime that production React does not have.
  for (const file of readdirSync(join(directory, 'dist'), { recursive: true }))
    if (file.endsWith('.js') && readFileSync(join(directory, 'dist', file), 'utf8').includes('jsx-dev-runtime'))
      found.push(`dist/${file} was built for development: build without NODE_ENV, or with NODE_ENV=production`)

  const { messages } = await publint({ pkgDir: directory, strict: true, pack: 'npm' })
  for (const message of messages)
    found.push(`publint ${message.type}: ${formatMessage(message, manifest, { color: false })}`)

  // attw reads a stylesheet as a module; that its declaration exists is checked above.
  const styles = Object.keys(manifest.exports).filter((row) => row.endsWith('.css'))
  const attw = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
      ...['--pack', directory, '--profile', 'esm-only', '--format', 'json'],
      ...(styles.length > 0 ? ['--exclude-entrypoints', ...styles] : []),
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  )
  return [...found, ...attwProblems(attw)].map((problem) => `${manifest.name}: ${problem}`)
}

for (const directory of [root, join(root, 'localnet')]) problems.push(...(await problemsOf(directory)))
for (const problem of problems) console.error(`✗ ${problem}`)
if (problems.length === 0) console.log('package-check: publint and attw have nothing to say')
process.exitCode = problems.length === 0 ? 0 : 1

/** attw's own words; output that cannot be read is a problem too. */
function attwProblems({ stdout, stderr, status, error }) {
  try {
    const found = Object.values(JSON.parse(stdout).problems).flat()
    if (status === 0) return []
    // The profile judges these two by the exit code alone, and lists them all the same.
    const listed = found
      .filter(({ resolutionKind }) => !['node10', 'node16-cjs'].includes(resolutionKind))
      .map(
        ({ kind, entrypoint, fileName, moduleSpecifier }) =>
          `attw: ${kind} in ${entrypoint ?? `${fileName} (${moduleSpecifier})`}`,
      )
    return listed.length > 0 ? listed : [`attw ended with status ${status}`]
  } catch {
    return [`attw did not run: ${error?.message ?? (stderr || stdout).trim().slice(0, 500)}`]
  }
}
