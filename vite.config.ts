import { availableParallelism } from 'node:os'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

/** The doors by their public names, so that tests, stories and examples import what a user imports. */
const doors = Object.fromEntries(
  ['core', 'components', 'testing', 'signin', 'signin-server', 'persist', 'actions', 'devtools', 'worker'].map(
    (door) => [`lamplight/${door}`, `/src/${door}.ts`],
  ),
)
const root = import.meta.dirname

/** Whether this run includes a project: starting Storybook costs seconds that a unit run need not pay. */
function runs(project: string): boolean {
  const chosen = process.argv.flatMap((arg, i, all) => (arg === '--project' ? [all[i + 1]] : []))
  return chosen.length === 0 || chosen.includes(project)
}

const node = (name: string, include: string[], more: object = {}): TestProjectConfiguration => ({
  extends: true,
  test: { name, environment: 'node', include, ...more },
})

const setupDom = './test/support/setupDom.ts'
const dom = (name: string, more: object, config: object = {}): TestProjectConfiguration => ({
  ...config,
  extends: true,
  test: { name, environment: 'happy-dom', testTimeout: 20_000, ...more },
})

/** Wallets register with a page for good, and memory is that of a process: each of these files has both to itself. */
const alone = ['test/**/*.alone*.test.tsx']
/** Tests of hooks, of components, and of whole apps; all others need no DOM. */
const withDom = 'test/{react,components,walk}/**/*.test.{ts,tsx}'
/** What waits for a real chain's slots, or walks at random for long: `npm run check` leaves these files to `npm test`. */
const slow = ['test/**/*.slow.test.{ts,tsx}']

/** The tests of hooks and components. Files share a page and what they load: one that leaves something behind is found out by the next. */
const hooksAndComponents = (name: string, exclude: string[], more: object, config: object = {}) => [
  dom(
    name,
    {
      ...more,
      include: [withDom],
      exclude: [...exclude, ...alone],
      isolate: false,
    },
    config,
  ),
  dom(`${name}-alone`, { ...more, include: alone, exclude }, config),
]

/** The packages that import React as ES modules. */
const reactUsers = [
  /@testing-library\/react/,
  /@tanstack\/react-(query|virtual)/,
  /@solana\/wallet-(adapter|standard-wallet-adapter)-react/,
  /zustand/,
]

/** The tests of hooks and components on the older major version of React that the peers allow; walks run once, and the longest waits. */
const dom18 = hooksAndComponents(
  'dom18',
  ['test/walk/**', 'test/components/announcement*', 'test/react/memory*'],
  {
    env: { REACT_MAJOR: '18' },
    // In this order: the second one already loads React.
    setupFiles: ['./test/support/react18.ts', setupDom],
    // Whatever imports React has to pass through the alias, or there are two of them.
    server: { deps: { inline: reactUsers } },
  },
  { resolve: { alias: [{ find: /^react(-dom)?(?=\/|$)/, replacement: 'react$1-18' }] } },
)

/** The same walks and faults with the sockets in a Worker. */
const worker = dom('worker', {
  env: { REACT_MAJOR: '19', SOCKETS: 'worker' },
  include: ['test/walk/{faultsScripted,walk}.slow.test.tsx'],
  isolate: false,
  setupFiles: [setupDom],
})

/** Only vitest needs these: `vite build` and Storybook load this file too. */
async function testProjects(exclude: string[]): Promise<TestProjectConfiguration[]> {
  const { storybookTest } = await import('@storybook/addon-vitest/vitest-plugin')
  const { playwright } = await import('@vitest/browser-playwright')
  const { findChromium, chromiumFlags } = await import('./scripts/browser.mjs')
  const launchOptions = { ...(await findChromium()), args: chromiumFlags }
  // A fresh object for each project: vitest writes the project's name into it.
  const browser = () => ({
    enabled: true,
    headless: true,
    screenshotFailures: false,
    instances: [{ browser: 'chromium' as const }],
    provider: playwright({ launchOptions }),
  })
  return [
    // No module of the kit keeps state (`test/architecture.test.ts`): files share what they load.
    node('unit', ['test/**/*.test.ts'], {
      exclude: [...exclude, withDom, 'test/{localnet,package,browser}/**'],
      testTimeout: 20_000,
      isolate: false,
    }),
    node('ledger', ['test/localnet/**/*.test.ts'], { testTimeout: 30_000, isolate: false }),
    ...hooksAndComponents('dom', exclude, { env: { REACT_MAJOR: '19' }, setupFiles: [setupDom] }),
    ...dom18,
    worker,
    node('package', ['test/package/**/*.test.ts'], { testTimeout: 240_000, hookTimeout: 240_000 }),
    // After all others, so that only another page keeps a page waiting.
    node('pages', ['test/browser/**/*.test.ts'], {
      testTimeout: 60_000,
      hookTimeout: 60_000,
      sequence: { groupOrder: 1 },
    }),
    ...(runs('stories')
      ? [
          {
            extends: true as const,
            plugins: [await storybookTest()],
            test: { name: 'stories', testTimeout: 60_000, browser: browser() },
          },
        ]
      : []),
  ]
}

/** `import 'lamplight/styles.css'` has to type-check; tsc copies no declaration next to a stylesheet. */
const styleTypes: Plugin = {
  name: 'style-types',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'styles.css.d.ts', source: 'export {}\n' })
  },
}

export default defineConfig(async ({ mode }) => ({
  plugins: [react()],
  resolve: {
    alias: [
      ...Object.entries(doors).map(([find, file]) => ({ find, replacement: root + file })),
      { find: 'lamplight-localnet/page', replacement: `${root}/localnet/src/page.ts` },
      { find: /^lamplight-localnet$/, replacement: `${root}/localnet/src/index.ts` },
      { find: 'lamplight/styles.css', replacement: `${root}/src/styles.css` },
      { find: /^lamplight$/, replacement: `${root}/src/index.ts` },
    ],
  },
  build: {
    target: 'es2022',
    sourcemap: true,
    minify: false,
    cssCodeSplit: true,
    lib: {
      entry: {
        index: 'src/index.ts',
        core: 'src/core.ts',
        components: 'src/components.ts',
        testing: 'src/testing.ts',
        signin: 'src/signin.ts',
        'signin-server': 'src/signin-server.ts',
        persist: 'src/persist.ts',
        actions: 'src/actions.ts',
        devtools: 'src/devtools.ts',
        worker: 'src/worker.ts',
        styles: 'src/styles.css',
      },
      formats: ['es' as const],
    },
    rolldownOptions: {
      plugins: [styleTypes],
      external: (id: string) => !/^[./\0]/.test(id),
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
  test: {
    // Tests wait for nodes and browsers more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './test/support/closingLine.ts'],
    retry: 0,
    // How long a test may wait says nothing about the kit: only how busy a machine may be.
    expect: { poll: { timeout: 15_000 } },
    projects: process.env.VITEST ? await testProjects(mode === 'fast' ? slow : []) : [],
  },
}))
