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
  // Code that only a lazy part needs is another file; what the entry imports at once counts, whatever file it is in.
  const chunks = output.output.filter((file) => file.type === 'chunk')
  const initial = new Set(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName))
  for (const name of initial)
    for (const other of chunks.find((chunk) => chunk.fileName === name)?.imports ?? []) initial.add(other)
  return chunks
    .filter((chunk) => initial.has(chunk.fileName))
    .reduce((bytes, { code }) => bytes + gzipSync(code, { level: 9 }).length, 0)
}
