// Makes a fresh clone ready. Needs nothing but Node and npm.
//   node scripts/setup.mjs             npm packages, when they are missing or older than the lock file
//   node scripts/setup.mjs --browser   the same, then a Chromium for the browser tests
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Runs a command in the project, showing what it prints; true when it succeeded. */
function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  return status === 0
}

function ensurePackages() {
  const installed = join(root, 'node_modules/.package-lock.json')
  const wanted = join(root, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return
  console.log('Installing npm packages (half a minute)…')
  if (!run('npm', 'ci', '--no-audit', '--no-fund')) process.exit(1)
}

async function ensureBrowser() {
  const { findChromium } = await import('./browser.mjs')
  if (await findChromium()) return
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const isDebianRoot = /^ID(_LIKE)?=.*debian/m.test(release) && process.getuid?.() === 0
  console.log('No Chromium found; installing one (a minute)…')
  const ok = isDebianRoot
    ? run('apt-get', 'update', '-qq') && run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium')
    : run('npx', 'playwright', 'install', 'chromium')
  if (ok && (await findChromium())) return
  console.error('No Chromium. Install Chrome or Chromium, or set CHROMIUM_PATH to one.')
  process.exit(1)
}

ensurePackages()
if (process.argv.includes('--browser')) await ensureBrowser()
