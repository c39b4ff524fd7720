import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { type Localnet, startLocalnet } from 'lamplight-localnet'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { build, type Plugin, type Rolldown } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { chromiumFlags, findChromium } from '../../scripts/browser.mjs'
import { PATIENCE_MS } from './dappPage.js'
import { type Problems, problemsOf } from './problems.js'

/** One of the pages in `pages/`, served to a real browser: a new chain and a new profile for each test. */
export interface Site {
  readonly net: Localnet
  readonly context: BrowserContext
  /** What goes wrong in its tabs: nothing may, by the end of each test. */
  readonly problems: Problems
  /** Where it is; the page is told the chain's addresses, and what else it is to know. */
  url(told?: Readonly<Record<string, string>>): string
  /** Has a path answered with a page. */
  serve(path: string, html: string): void
  /** An empty tab, watched for problems. */
  newTab(): Promise<Page>
  /** A tab that shows the page. */
  open(told?: Readonly<Record<string, string>>): Promise<Page>
}

/** Answers a request itself, in place of the site. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** How a site differs from the others. */
export interface SiteOptions {
  /** Other entries in `pages/` that a served page loads, as `/name.js`. @default none */
  readonly entries?: readonly string[]
  /** A server of its own, by path. @default none */
  readonly routes?: Readonly<Record<string, Route>>
  /** Errors in a console that are the doing of each test. @default none */
  readonly allowed?: readonly RegExp[]
}

/** Opens a site around the tests of a file. */
export function siteOf(name: string, { entries = [], routes = {}, allowed = [] }: SiteOptions = {}): Site {
  let [server, browser, net, context] = [] as unknown as [Server, Browser, Localnet, BrowserContext]
  const problems = problemsOf(allowed)
  const files = new Map([['/', shell(`<div id="root"></div><script type="module" src="/${name}.js"></script>`)]])

  beforeAll(async () => {
    for (const [path, code] of await bundle([name, ...entries])) files.set(path, code)
    server = createServer((request, response) => void answer(files, routes, request, response))
    await once(server.listen(0, 'localhost'), 'listening')
    browser = await chromium.launch({ ...(await findChromium()), args: chromiumFlags })
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })
  beforeEach(async () => {
    net = await startLocalnet({ port: 0, automine: true })
    context = await browser.newContext()
    context.setDefaultTimeout(PATIENCE_MS)
  })
  afterEach(async () => {
    await context.close()
    await net.stop()
    problems.end()
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
      const url = new URL(`http://localhost:${(server.address() as AddressInfo).port}/`)
      url.search = String(new URLSearchParams({ rpc: net.rpcUrl, ws: net.wsUrl, ...told }))
      return url.href
    },
    serve: (path, html) => void files.set(path, html),
    async newTab() {
      const page = await context.newPage()
      problems.watch(page)
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

async function answer(
  files: ReadonlyMap<string, string>,
  routes: Readonly<Record<string, Route>>,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const route = routes[pathname]
  if (route) return route(request, response)
  const file = files.get(pathname)
  const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
  response.writeHead(file === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` }).end(file)
}

/** That nothing but its styles acts by being loaded is the kit's promise in `package.json`, not that of the pages here. */
const acting: Plugin = {
  name: 'acting-pages',
  transform: {
    filter: { id: /\/browser\/pages\// },
    handler: (code) => ({ code, map: null, moduleSideEffects: true }),
  },
}

/** Bundles entries of `pages/`, as an app under development would be: with every warning. By path. */
async function bundle(names: readonly string[]): Promise<[path: string, code: string][]> {
  const repo = resolve(import.meta.dirname, '../..')
  const result = await build({
    configFile: false,
    root: resolve(import.meta.dirname, 'pages'),
    logLevel: 'error',
    plugins: [react(), acting],
    define: { 'process.env.NODE_ENV': '"development"' },
    resolve: {
      alias: [
        { find: /^lamplight\/([a-z-]+)$/, replacement: `${repo}/src/$1.ts` },
        { find: /^lamplight$/, replacement: `${repo}/src/index.ts` },
      ],
    },
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(names.map((name) => [name, `${import.meta.dirname}/pages/${name}.tsx`])),
        output: { entryFileNames: '[name].js' },
      },
    },
  })
  const { output } = result as Rolldown.RolldownOutput
  // A Worker's code is an asset of the page that starts it.
  return output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : String(file.source)])
}
