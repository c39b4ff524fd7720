import { gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'
import { covers } from './houseRules.js'

const entry = 'virtual:entry'

/** Bytes, gzipped, of what an app would ship for `code`: minified, with dependencies in and `external` packages out. */
export async function gzippedBytesOf(code: string, { root, external }: { root: string; external: readonly string[] }) {
  const output = (await build({
    configFile: false,
    logLevel: 'error',
    root,
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id === entry ? `\0${entry}` : undefined),
        load: (id) => (id === `\0${entry}` ? code : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      rolldownOptions: {
        input: entry,
        external: (id) => covers(external, id),
        preserveEntrySignatures: 'strict',
      },
    },
  })) as Rolldown.RolldownOutput
  const [chunk] = output.output
  return gzipSync(chunk.code, { level: 9 }).length
}
