import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { reachOf } from '../support/moduleGraph.js'
import { parsed, type SourceFile, sourcesOf, walk } from '../support/sourceTree.js'

const sources = sourcesOf(resolve(import.meta.dirname, '../../src'))
/** The doors that an app is built from: the others make wallets for tests, and a chain. */
const doors = sources
  .map(({ path }) => path.replace(/\.ts$/, ''))
  .filter((path) => !path.includes('/') && path !== 'testing' && path !== 'localnet')

/** The names in a file that are of a secret key, or of what holds one. */
function secretsIn({ path, program }: SourceFile): string[] {
  const found: string[] = []
  walk(program, (node) => {
    const name = node.type === 'Identifier' ? (node.name as string) : ''
    if (/key_?pair|(secret|private)_?key|mnemonic|seed_?phrase/i.test(name)) found.push(`${path}: ${name}`)
  })
  return found
}

it.each(doors)('%s has no word for a secret key: wallets alone hold them', (door) => {
  const reached = new Set(reachOf(door, sources, { lazy: true }).files)
  const files = sources.filter(({ path }) => reached.has(path.replace(/\.tsx?$/, '')))
  expect(files.length).toBeGreaterThan(0)
  expect(files.flatMap(secretsIn)).toEqual([])
})

it('finds a secret key by its name', () => {
  const text = 'const { secretKey: key } = Keypair.generate()'
  expect(secretsIn(parsed('a.ts', text))).toEqual(['a.ts: secretKey', 'a.ts: Keypair'])
})
