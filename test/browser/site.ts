import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { type Localnet, startLocalnet } from 'lamplight/localnet'
import { type Browser, type BrowserContext, type ConsoleMessage, chromium, type Page } from 'playwright'
import { createServer, type Plugin, type ViteDevServer } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { chromiumFlags, findChromium } from '../../scripts/browser.mjs'
import { PATIENCE_MS } from './dappPage.js'

/** One of the pages in `pages/`, served to a real browser: a new chain and a new profile for each test. */
export interface Site {
  readonly net: Localnet
  readonly context: BrowserContext
  /** What went wrong in its tabs. Has to be empty at the end of each test. */
  readonly problems: string[]
  /** Where it is; the page is told the chain's addresses, and what else it is to know. */
  url(told?: Readonly<Record<string, string>>): string
  /** Has a path answered with a page. */
  serve(path: string, html: string): void
  /** An empty tab, watched for problems. */
  newTab(): Promise<Page>
  /** A tab that shows the page. */
  open(told?: Readonly<Record<string, string>>): Promise<Page>
}

/** How a site differs from the others. */
export interface SiteOptions {
  /** Servers of its own. */
  readonly plugins?: readonly Plugin[]
  /** Which errors in a console are the test's own doing. @default none */
  readonly isExpected?: (message: ConsoleMessage) => boolean
}

/** Opens a site around the tests of a file. */
export function siteOf(name: string, { plugins = [], isExpected = () => false }: SiteOptions = {}): Site {
  let [vite, browser, net, context] = [] as unknown as [ViteDevServer, Browser, Localnet, BrowserContext]
  const problems: string[] = []
  const pages = new Map([['/', shell(`<div id="root"></div><script type="module" src="/${name}.tsx"></script>`)]])

  beforeAll(async () => {
    vite = await createServer(configOf(name, [...plugins, served(pages)]))
    await vite.listen()
    browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
  })
  afterAll(async () => {
    await browser?.close()
    await vite?.close()
  })
  beforeEach(async () => {
    net = await startLocalnet({ port: 0, automine: true })
    context = await browser.newContext()
    context.setDefaultTimeout(PATIENCE_MS)
    problems.length = 0
  })
  afterEach(async () => {
    await context.close()
    await net.stop()
    expect(problems).toEqual([])
  })

  const site: Site = {
    get net() {
      return net
    },
    get context() {
      return context
    },
    problems,
    url(told = {}) {
      const url = new URL(vite.resolvedUrls?.local[0] ?? '')
      url.search = String(new URLSearchParams({ rpc: net.rpcUrl, ws: net.wsUrl, ...told }))
      return url.href
    },
    serve: (path, html) => void pages.set(path, html),
    async newTab() {
      const page = await context.newPage()
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' && !isExpected(message)) problems.push(message.text())
      })
      return page
    },
    async open(told) {
      const page = await site.newTab()
      await page.goto(site.url(told))
      return page
    },
  }
  return site
}

/** A whole document around what is in its body. */
export const shell = (body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8" /><link rel="icon" href="data:," /><title>Test</title></head>
  <body>${body}</body></html>`

function served(pages: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'served',
    configureServer: (vite) =>
      void vite.middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost')
        const html = pages.get(pathname)
        if (html === undefined) return next()
        response.setHeader('content-type', 'text/html')
        vite.transformIndexHtml(pathname, html).then((page) => response.end(page), next)
      }),
  }
}

function configOf(name: string, plugins: Plugin[]) {
  const repo = resolve(import.meta.dirname, '../..')
  const alias = [
    { find: /^lamplight\/([a-z-]+)$/, replacement: `${repo}/src/$1.ts` },
    { find: /^lamplight$/, replacement: `${repo}/src/index.ts` },
  ]
  return {
    configFile: false as const,
    root: resolve(import.meta.dirname, 'pages'),
    // Sites are served at the same time, and each one makes its packages ready by itself.
    cacheDir: `${repo}/node_modules/.vite/${name}`,
    appType: 'custom' as const,
    logLevel: 'error' as const,
    plugins: [react(), ...plugins],
    resolve: { alias },
    server: { fs: { allow: [repo] }, watch: null, hmr: false as const },
    optimizeDeps: { include: PACKAGES },
  }
}

/** All that any of the pages loads: a package that is found late has the browser load the page again. */
const PACKAGES = [
  '@noble/curves/ed25519.js',
  '@solana/spl-token',
  '@solana/wallet-adapter-react',
  '@solana/wallet-adapter-unsafe-burner',
  '@solana/wallet-standard-util',
  '@solana/web3.js',
  '@tanstack/query-core',
  '@tanstack/query-persist-client-core',
  '@tanstack/react-query',
  '@wallet-standard/errors',
  '@wallet-standard/wallet',
  'bs58',
  'buffer',
  'idb-keyval',
  'react',
  'react-dom/client',
  'zustand',
  'zustand/vanilla',
]
