import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { covers } from './houseRules.js'

const entry = 'virtual:entry'
/** What Vite puts around each dynamic import; it belongs to the app's bundler, not to the package. */
const preloadHelper = '\0vite/preload-helper.js'

/** Bytes, gzipped: what loads with the page, and all of it with what is loaded later on demand. */
export interface BundleSize {
  readonly first: number
  readonly all: number
}

/** What an app would ship for `code`: minified, with dependencies in and `external` packages out. */
export async function gzippedBytesOf(
  code: string,
  { root, external }: { root: string; external: readonly string[] },
): Promise<BundleSize> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    // As in a production build: a test run would leave development's warnings in.
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { development: false } },
    root,
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id === entry ? `\0${entry}` : undefined),
        load: (id) => (id === `\0${entry}` ? code : undefined),
      },
      {
        name: 'without-preload-helper',
        enforce: 'pre',
        load: (id) => (id === preloadHelper ? 'export const __vitePreload = (load) => load()' : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: entry,
        external: (id) => covers(external, id),
        // As in an app: what is loaded later takes what it shares from the first chunk, which need not be split for that.
        preserveEntrySignatures: 'allow-extension',
      },
    },
  })) as Rolldown.RolldownOutput
  const chunks = output.filter((each) => each.type === 'chunk')
  const first = new Set(chunks.filter((each) => each.isEntry))
  for (const { imports } of first) for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk)
  const sizeOf = (some: Iterable<Rolldown.OutputChunk>) =>
    gzipSync([...some].map((chunk) => chunk.code).join('\n'), { level: 9 }).length
  return { first: sizeOf(first), all: sizeOf(chunks) }
}
