import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AccountLayout, getAssociatedTokenAddressSync, MintLayout, TOKEN_PROGRAM_ID } from '@solana/spl-token'
import { Keypair, PublicKey } from '@solana/web3.js'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../../scripts/browser.mjs'
import { type ServedAccount, serveApp } from './appServer.js'

const root = resolve(import.meta.dirname, '../..')
const app = mkdtempSync(join(tmpdir(), 'lamplight-app-'))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const shell = process.platform === 'win32'
let packed: readonly string[] = []
let browser: Browser

/** Runs a command; what it printed goes into the error when it fails. */
function run(cwd: string, env: NodeJS.ProcessEnv, command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe', shell, env: { ...process.env, ...env } })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout}\n${stderr}`, { cause: error })
  }
}

const newest = (directory: string) =>
  Math.max(
    ...readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  )

// The test runner's own NODE_ENV would compile JSX for development.
const build = () => run(root, { NODE_ENV: 'production' }, 'npm', 'run', 'build')

function ensureBuilt() {
  const built = join(root, 'dist/index.d.ts')
  if (!existsSync(built) || statSync(built).mtimeMs < newest(join(root, 'src'))) build()
}

/** A new app with the tarball, the peers at the versions this project is tested with, and nothing else. */
function install() {
  const [pack] = JSON.parse(run(root, {}, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', app))
  packed = pack.files.map((file: { path: string }) => file.path)
  cpSync(join(import.meta.dirname, 'fixture'), app, { recursive: true })
  // What people are told to copy into their app.
  cpSync(join(root, 'examples/owned'), join(app, 'owned'), { recursive: true })
  const required = Object.keys(manifest.peerDependencies).filter(
    (name) => !manifest.peerDependenciesMeta[name]?.optional,
  )
  const tools = ['react-dom', '@types/react', '@types/react-dom', '@vitejs/plugin-react', 'typescript', 'vite']
  const own = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
  own.dependencies = Object.fromEntries([
    ...[...required, ...tools].map((name) => [name, manifest.devDependencies[name] ?? manifest.devDependencies.react]),
    ['lamplight', `file:./${pack.filename}`],
  ])
  writeFileSync(join(app, 'package.json'), JSON.stringify(own))
  run(app, {}, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts')
}

const owner = Keypair.generate().publicKey
const mint = Keypair.generate().publicKey
const authority = { mintAuthorityOption: 0, mintAuthority: PublicKey.default, freezeAuthorityOption: 0 } as const

/** One mint with three decimals, and one owner who holds 1,234.5 of it and 2.5 SOL. */
function chain(): Map<string, ServedAccount> {
  const [mintData, accountData] = [Buffer.alloc(MintLayout.span), Buffer.alloc(AccountLayout.span)]
  MintLayout.encode(
    { ...authority, supply: 10n ** 9n, decimals: 3, isInitialized: true, freezeAuthority: PublicKey.default },
    mintData,
  )
  const none = PublicKey.default
  AccountLayout.encode(
    {
      ...{ mint, owner, amount: 1_234_500n, state: 1 },
      ...{ delegateOption: 0, delegate: none, delegatedAmount: 0n },
      ...{ isNativeOption: 0, isNative: 0n, closeAuthorityOption: 0, closeAuthority: none },
    },
    accountData,
  )
  const program = TOKEN_PROGRAM_ID.toBase58()
  const associated = getAssociatedTokenAddressSync(mint, owner).toBase58()
  return new Map([
    [mint.toBase58(), { lamports: 1, owner: program, data: mintData }],
    [associated, { lamports: 1, owner: program, data: accountData }],
    [owner.toBase58(), { lamports: 2_500_000_000, owner: none.toBase58(), data: new Uint8Array() }],
  ])
}

beforeAll(async () => {
  ensureBuilt()
  install()
  browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
}, 240_000)
afterAll(async () => {
  await browser?.close()
  rmSync(app, { recursive: true, force: true })
})

describe('the tarball', () => {
  it('holds the build and the papers, and nothing of the workshop', () => {
    const papers = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
    expect(packed.filter((path) => !path.startsWith('dist/') && !papers.includes(path))).toEqual([])
    expect(packed).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/styles.css', 'LICENSE']))
  })

  it("keeps 'use client' on every file that imports React, and on no door", () => {
    const dist = join(app, 'node_modules/lamplight/dist')
    const files = packed.filter((path) => path.endsWith('.js')).map((path) => path.slice('dist/'.length))
    const isMarked = (file: string) => /^(['"])use client\1/.test(readFileSync(join(dist, file), 'utf8'))
    const usesReact = (file: string) =>
      /from ["'](react|react\/[\w-]+|@tanstack\/react-query|@solana\/wallet-adapter-react)["']/.test(
        readFileSync(join(dist, file), 'utf8'),
      )
    expect(files.filter(usesReact).length).toBeGreaterThan(3)
    expect(files.filter((file) => usesReact(file) && !isMarked(file))).toEqual([])
    expect(files.filter((file) => !file.includes('/') && isMarked(file))).toEqual([])
  })
})

describe('a fresh app with the tarball', () => {
  it('type-checks under strict settings', () => {
    run(app, {}, process.execPath, 'node_modules/typescript/bin/tsc', '--noEmit')
  })

  const node = (...args: string[]) => run(app, {}, process.execPath, ...args)

  it.each([
    ['core', 'Object.keys(door).length > 5 && door.formatAmount(1234500n, 3)'],
    ['testing', 'Object.keys(door).length > 0 && "1234.5"'],
    ['localnet', 'typeof door.startLocalnet === "function" && "1234.5"'],
  ])('loads %s in plain Node, where nothing optional is installed', (door, expression) => {
    expect(existsSync(join(app, 'node_modules/litesvm'))).toBe(false)
    const code = `import * as door from 'lamplight/${door}'; console.log(${expression})`
    expect(node('--input-type=module', '--eval', code).trim()).toBe('1234.5')
  })

  it('can run the command it installs', () => {
    expect(existsSync(join(app, 'node_modules/.bin', shell ? 'lamplight.cmd' : 'lamplight'))).toBe(true)
    expect(node('node_modules/lamplight/dist/localnet/cli.js', '--help')).toContain('lamplight localnet')
  })

  // React keeps its warnings for the development build, so that one is looked at too.
  it.each(['production', 'development'])(
    'builds for %s and shows balances without a word in the console',
    async (mode) => {
      const out = `out-${mode}`
      run(
        app,
        { NODE_ENV: mode },
        process.execPath,
        'node_modules/vite/bin/vite.js',
        'build',
        '--mode',
        mode,
        '--outDir',
        out,
      )
      const server = await serveApp(join(app, out), chain())
      const page = await browser.newPage()
      const said: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') said.push(message.text())
      })
      page.on('pageerror', (error) => said.push(String(error)))
      try {
        await page.goto(`${server.url}/?owner=${owner.toBase58()}&mint=${mint.toBase58()}`)
        // What the page complained of stands beside what it shows, so that a blank page explains itself.
        const shown = async () => [(await page.locator('#root').textContent()) ?? '', ...said]
        const held = expect.stringMatching(/^1,234\.5 TEST2\.5 SOL1234500 polling/)
        await expect.poll(shown, { timeout: 15_000 }).toEqual([held])
        const stateOf = (label: string) => page.getByLabel(label).getAttribute('data-state')
        expect(await stateOf('Token')).toBe('polling')
        expect(await stateOf('Unanswered')).toBe('loading')
        expect(await page.getByLabel('Unanswered').textContent()).not.toContain('0')
        expect(said).toEqual([])
      } finally {
        await page.close()
        server.close()
      }
    },
    120_000,
  )
})
