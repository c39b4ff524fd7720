// Finds the Chromium that tests, stories and screenshots drive.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Quiet, sandbox-free start for a throw-away browser that must not look anything up outside. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const candidates = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) =>
    process.env[name] ? [join(process.env[name], 'Google/Chrome/Application/chrome.exe')] : [],
  ),
]

/** Playwright launch options: the explicit path, Playwright's own download, or one the system has; undefined when none. */
export async function findChromium() {
  if (process.env.CHROMIUM_PATH) return { executablePath: process.env.CHROMIUM_PATH }
  const { chromium } = await import('playwright')
  if (existsSync(chromium.executablePath())) return {}
  const executablePath = candidates.find((path) => existsSync(path))
  return executablePath ? { executablePath } : undefined
}
