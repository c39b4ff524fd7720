import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccountLayout, getAssociatedTokenAddressSync, MintLayout, TOKEN_PROGRAM_ID } from '@solana/spl-token'
import { Keypair, PublicKey } from '@solana/web3.js'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from '../../scripts/browser.mjs'
import { reachableFrom } from '../support/links.js'
import { type ServedAccount, serveApp } from './appServer.js'
import {
  blockWith,
  ensureBuilt,
  install,
  manifest,
  modulesIn,
  newApp,
  packInto,
  readmePackages,
  root,
  run,
  shell,
  started,
} from './freshApp.js'

const [app, vueApp] = [newApp(), newApp()]
let packed: readonly string[] = []
let packedLocalnet: readonly string[] = []
let browser: Browser

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

const tools = [
  'react-dom',
  '@types/react',
  '@types/react-dom',
  '@types/node',
  '@vitejs/plugin-react',
  'typescript',
  'vite',
]
const testTools = ['vitest', 'happy-dom', '@testing-library/react', '@testing-library/dom']

beforeAll(async () => {
  ensureBuilt()
  const kit = packInto(app)
  packed = kit.files
  const localnet = packInto(app, 'localnet')
  packedLocalnet = localnet.files
  // What people are told to copy into their app.
  cpSync(join(root, 'examples/owned'), join(app, 'owned'), { recursive: true })
  const told = readmePackages().filter((name) => name !== 'lamplight')
  // npm installs the newest one beside a react-query that is pinned; the two belong together.
  const tarballs = { lamplight: kit.tarball, 'lamplight-localnet': localnet.tarball }
  install(app, 'fixture', tarballs, [...told, '@tanstack/query-core', 'react', ...tools, ...testTools])
  install(vueApp, 'vueFixture', { lamplight: kit.tarball }, ['vue', 'typescript', 'vite'])
  browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
}, 400_000)
afterAll(async () => {
  await browser?.close()
  for (const directory of [app, vueApp]) rmSync(directory, { recursive: true, force: true })
})

describe('the tarball', () => {
  it('holds the build, the papers and all that README.md and they link to, and nothing of the workshop', () => {
    const papers = ['package.json', 'LICENSE', ...reachableFrom('README.md')]
    expect(papers).toEqual(expect.arrayContaining(['CHANGELOG.md', 'docs/BALANCES.md', 'examples/owned/Balance.tsx']))
    expect(packed.filter((path) => !path.startsWith('dist/')).sort()).toEqual(papers.sort())
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

describe('the tarball of lamplight-localnet', () => {
  it('holds its build and papers, and only its own doors', () => {
    const papers = ['package.json', 'README.md', 'LICENSE']
    expect(packedLocalnet.filter((path) => !path.startsWith('dist/'))).toEqual(expect.arrayContaining(papers))
    expect(packedLocalnet.filter((path) => !path.startsWith('dist/') && !papers.includes(path))).toEqual([])
  })

  it('runs real programs by one command in a folder where nothing else was installed', async () => {
    const folder = newApp()
    try {
      const { tarball } = packInto(folder, 'localnet')
      writeFileSync(join(folder, 'package.json'), '{ "private": true }')
      run(folder, {}, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', tarball)
      const bin = join(folder, 'node_modules/lamplight-localnet/dist/cli.js')
      expect(
        existsSync(join(folder, 'node_modules/.bin', shell ? 'lamplight-localnet.cmd' : 'lamplight-localnet')),
      ).toBe(true)
      const net = await started(folder, {}, /Ctrl\+C/, bin, '--port', '0')
      try {
        expect(net.text).toContain('svm engine')
        const url = /requests\s+(\S+)/.exec(net.text)?.[1] ?? ''
        const owner = Keypair.generate().publicKey.toBase58()
        const made = run(folder, {}, process.execPath, bin, 'token', owner, '12.5', '--url', url)
        expect(made).toContain(`${owner} has 12.5 of the token`)
      } finally {
        net.stop()
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 240_000)
})

describe('a fresh app with the tarball', () => {
  it('type-checks under strict settings', () => {
    run(app, {}, process.execPath, 'node_modules/typescript/bin/tsc', '--noEmit')
  })

  const node = (...args: string[]) => run(app, {}, process.execPath, ...args)

  it('loads core in plain Node, where nothing optional is installed', () => {
    for (const name of ['litesvm', 'lamplight-localnet', 'react'])
      expect({ name, isThere: existsSync(join(vueApp, 'node_modules', name)) }).toEqual({ name, isThere: false })
    const code = "import { formatAmount } from 'lamplight/core'; console.log(formatAmount(1234500n, 3))"
    const printed = run(vueApp, {}, process.execPath, '--input-type=module', '--eval', code)
    expect(printed.trim()).toBe('1234.5')
  })

  it('loads testing in plain Node', () => {
    const code =
      "import { createLedger } from 'lamplight/testing'; console.log(createLedger({ automine: true }).createMint({ decimals: 2 }))"
    expect(node('--input-type=module', '--eval', code).trim()).toMatch(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/)
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

const tsc = (directory: string, ...args: string[]) =>
  run(directory, {}, process.execPath, join(directory, 'node_modules/typescript/bin/tsc'), ...args)
const vite = (directory: string, mode: string, ...args: string[]) =>
  run(
    directory,
    { NODE_ENV: mode },
    process.execPath,
    'node_modules/vite/bin/vite.js',
    'build',
    '--mode',
    mode,
    ...args,
  )

/** A page, and what its console and its errors say. */
async function opened(url: string): Promise<readonly [Page, string[]]> {
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } })
  const said: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(String(error)))
  await page.goto(url)
  return [page, said]
}

describe('an app without React', () => {
  it('installs no React, no wallet and no web3.js with lamplight/core, builds, and type-checks to the last declaration', () => {
    for (const name of [
      'react',
      'react-dom',
      '@solana/web3.js',
      '@solana/spl-token',
      '@tanstack/react-query',
      'idb-keyval',
      'lamplight-localnet',
    ])
      expect({ name, isThere: existsSync(join(vueApp, 'node_modules', name)) }).toEqual({ name, isThere: false })
    expect(existsSync(join(vueApp, 'node_modules/@solana'))).toBe(false)
    writeFileSync(join(vueApp, 'useBalance.ts'), blockWith('docs/WITHOUT_REACT.md', "from 'vue'"))
    tsc(vueApp)
    vite(vueApp, 'production')
  })
})

describe('what README.md and the guides show', () => {
  it('names every peer that its first examples need, and nothing optional breaks the build without it', () => {
    expect(readmePackages().length).toBeGreaterThan(4)
    expect(readmePackages().filter((name) => name !== 'lamplight' && !(name in manifest.peerDependencies))).toEqual([])
    for (const name of ['idb-keyval', '@tanstack/query-persist-client-core'])
      expect({ name, isThere: existsSync(join(app, 'node_modules', name)) }).toEqual({ name, isThere: false })
  })

  it.each(['vite', 'next'])('compiles under the settings that the template of %s comes with', (template) => {
    mkdirSync(join(app, 'readme'), { recursive: true })
    writeFileSync(join(app, 'readme/styles.d.ts'), "declare module '*.css'\n")
    const others = /from '(vue|lamplight\/persist)'/
    const modules = [...reachableFrom('README.md')].filter((file) => file.endsWith('.md')).flatMap(modulesIn)
    expect(modules.length).toBeGreaterThan(25)
    for (const [i, { code, lang }] of modules.entries())
      if (!others.test(code)) writeFileSync(join(app, `readme/example${i}.${lang}`), code)
    writeNext('https://api.devnet.solana.com')
    tsc(app, '-p', `templates/${template}.json`)
  })
})

describe('a page with styles of its own', () => {
  const looks = async (page: Page) => {
    const button = page.locator('[data-lamp="wallet-button"]')
    const styleOf = (selector: string, ...names: string[]) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, all) => all.map((name) => getComputedStyle(element).getPropertyValue(name)), names)
    await button.waitFor()
    const box = ['background-color', 'color', 'border-top-width', 'border-top-left-radius', 'font-weight']
    return [
      await styleOf('[data-lamp="wallet-button"]', ...box),
      await styleOf('form button[type="submit"]', ...box, 'padding-left'),
      await styleOf('form', ...box, 'text-align', 'letter-spacing'),
      await styleOf('dialog[open]', ...box, 'text-align'),
      await styleOf('dialog[open] h2', 'margin', 'text-align', 'letter-spacing', 'font-weight'),
      await styleOf('dialog[open] [data-part="close"]', 'padding', 'background-color', 'border-top-width'),
    ]
  }

  it('has widgets as they are beside Tailwind in either order and a starter, hears its classes, and is told of missing styles once', async () => {
    vite(app, 'development', '-c', 'pages.vite.config.js', '--outDir', '../out-pages')
    const server = await serveApp(join(app, 'out-pages'), new Map())
    try {
      const seen = new Map<string, unknown>()
      for (const name of ['plain', 'stylesFirst', 'stylesLast', 'starter']) {
        const [page, said] = await opened(`${server.url}/${name}.html#open`)
        seen.set(name, await looks(page))
        const { x = 0, y = 0, width = 0, height = 0 } = (await page.locator('dialog[open]').boundingBox()) ?? {}
        expect({ name, middle: [Math.round(x + width / 2), Math.round(y + height / 2)] }).toEqual({
          name,
          middle: [450, 350],
        })
        const padding = await page
          .locator('[data-lamp="wallet-button"]')
          .evaluate((element) => getComputedStyle(element).paddingInlineStart)
        if (name.startsWith('styles')) expect({ name, padding }).toEqual({ name, padding: '40px' })
        await page.waitForTimeout(1500)
        expect({ name, said }).toEqual({ name, said: [] })
        await page.close()
      }
      const [button] = seen.get('plain') as string[][]
      expect(button?.slice(0, 3)).toEqual(['rgb(29, 95, 191)', 'rgb(255, 255, 255)', '1px'])
      expect(seen.get('stylesFirst')).toEqual(seen.get('plain'))
      expect(seen.get('stylesLast')).toEqual(seen.get('plain'))
      // Corners and room go by the page's own font, which is larger there.
      const withoutSizes = (name: string) => JSON.stringify(seen.get(name)).replaceAll(/"[\d.]+px"/g, '"…"')
      expect(withoutSizes('starter')).toBe(withoutSizes('plain'))

      const [page, said] = await opened(`${server.url}/forgotten.html`)
      await expect.poll(() => said).toEqual([expect.stringContaining("import 'lamplight/styles.css'")])
      await page.close()
    } finally {
      server.close()
    }
  }, 240_000)

  it('sends tokens without a Buffer line', async () => {
    const { publicKey } = Keypair.fromSeed(new Uint8Array(32).fill(7))
    const net = await started(app, {}, /\}/, 'localnet.mjs', publicKey.toBase58())
    const server = await serveApp(join(app, 'out-pages'), new Map())
    try {
      const { rpcUrl, wsUrl, mint: token } = JSON.parse(net.text)
      const to = Keypair.generate().publicKey.toBase58()
      const [page] = await opened(
        `${server.url}/act.html?${new URLSearchParams({ rpc: rpcUrl, ws: wsUrl, mint: token, to })}`,
      )
      const shown = () => page.locator('output').textContent()
      await expect.poll(shown, { timeout: 60_000 }).toContain('Test wallet 100 ')
      expect(await page.evaluate(() => 'Buffer' in window)).toBe(false)
      await page.getByRole('button', { name: 'Send' }).click()
      await expect.poll(shown, { timeout: 60_000 }).toContain('Test wallet 75 confirmed')
      await page.close()
    } finally {
      net.stop()
      server.close()
    }
  }, 180_000)
})

/** The files that docs/SERVER_RENDERING.md shows for Next.js, as they stand there but for the address of the node. */
function writeNext(rpcUrl: string) {
  const put = (name: string, holds: string) =>
    writeFileSync(
      join(app, 'next/app', name),
      blockWith('docs/SERVER_RENDERING.md', holds).replaceAll('https://api.devnet.solana.com', rpcUrl),
    )
  put('prefetched.tsx', 'function Prefetched')
  put('providers.tsx', 'function Providers')
}

describe('an app of Next.js with cacheComponents', () => {
  it('builds what docs/SERVER_RENDERING.md shows, and hydrates a prefetched balance in two places without a mismatch', async () => {
    const server = await serveApp(app, chain())
    writeNext(`${server.url}/rpc`)
    const bin = '../node_modules/next/dist/bin/next'
    const env = {
      NODE_ENV: 'production' as const,
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_PUBLIC_OWNER: owner.toBase58(),
      NEXT_PUBLIC_MINT: mint.toBase58(),
    }
    run(join(app, 'next'), env, process.execPath, bin, 'build')
    const next = await started(join(app, 'next'), env, /Ready in/, bin, 'start', '-p', '0')
    try {
      const url = /http:\/\/localhost:\d+/.exec(next.text)?.[0] ?? ''
      const html = await (await fetch(url)).text()
      expect(html.match(/data-lamp="token-balance"[^>]*>[\d,.]+/g)).toHaveLength(2)
      const [page, said] = await opened(url)
      await expect
        .poll(() => page.locator('main').textContent(), { timeout: 30_000 })
        .toMatch(/2\.5 SOL.*1,?234\.5.*1,?234\.5/)
      expect(said.filter((messages) => !/404|WebSocket/.test(messages))).toEqual([])
      await page.close()
    } finally {
      next.stop()
      server.close()
    }
  }, 240_000)
})

describe('tests of an app', () => {
  const example = () => blockWith('docs/TESTING.md', 'shows the points of the connected wallet')

  it("run in Jest's jsdom with what docs/TESTING.md says of it", () => {
    const pageText = readFileSync(join(root, 'docs/TESTING.md'), 'utf8')
    const [config = '', environment = ''] = [/```json\n(.*?)```/s, /```js\n(.*?)```/s].map(
      (block) => block.exec(pageText)?.[1],
    )
    const directory = join(app, 'jest')
    const settings = { ...JSON.parse(config), setupFilesAfterEnv: ['./patient.cjs'], testTimeout: 120_000 }
    writeFileSync(join(directory, 'jest.config.json'), JSON.stringify(settings))
    writeFileSync(join(directory, 'jest.environment.cjs'), environment)
    writeFileSync(join(directory, 'points.test.tsx'), example().replace("from 'vitest'", "from '@jest/globals'"))
    run(directory, { NODE_ENV: 'test' }, process.execPath, '../node_modules/jest/bin/jest.js', '-c', 'jest.config.json')
  }, 240_000)

  it('run in jsdom and in happy-dom with Vitest', () => {
    const directory = join(app, 'vitest')
    mkdirSync(directory, { recursive: true })
    const patient = "import { configure } from '@testing-library/react'\nconfigure({ asyncUtilTimeout: 60_000 })\n"
    for (const environment of ['jsdom', 'happy-dom'])
      writeFileSync(
        join(directory, `${environment}.test.tsx`),
        `// @vitest-environment ${environment}\n${patient}${example()}`,
      )
    const { VITEST: _, VITEST_MODE: __, VITEST_WORKER_ID: ___, VITEST_POOL_ID: ____, ...env } = process.env
    run(
      directory,
      { ...env, NODE_ENV: 'test' },
      process.execPath,
      '../node_modules/vitest/vitest.mjs',
      'run',
      '--root',
      '.',
      '--testTimeout',
      '120000',
    )
  }, 240_000)
})
