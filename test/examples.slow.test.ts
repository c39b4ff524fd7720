import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exampleProblems } from './support/exampleCompiler.js'
import {
  type Example,
  examplesOfPage,
  examplesOfSource,
  importsOfDoors,
  moduleOf,
  withoutExample,
} from './support/examples.js'
import { parsed, sourcesOf } from './support/sourceTree.js'

const root = resolve(import.meta.dirname, '..')
const packages = ['src', 'localnet/src'].map((directory) => ({
  directory,
  sources: sourcesOf(resolve(root, directory)),
}))
const doors = packages.flatMap(({ directory, sources }) =>
  sources.flatMap((file) => (file.path.includes('/') ? [] : [{ path: `${directory}/${file.path}`, file, sources }])),
)
const pages = [
  'README.md',
  'localnet/README.md',
  ...['docs', 'stories'].flatMap((room) => namesIn(room).map((name) => `${room}/${name}`)),
].filter((path) => /\.mdx?$/.test(path) && existsSync(resolve(root, path)))
const textOf = (path: string) => readFileSync(resolve(root, path), 'utf8')

function namesIn(directory: string): string[] {
  return existsSync(resolve(root, directory)) ? readdirSync(resolve(root, directory)) : []
}

describe('the examples', () => {
  it('compile in an app that is strict, those of doc comments and those of pages', async () => {
    const inSources = packages.flatMap(({ directory, sources }) =>
      sources.flatMap(({ path, text }) => examplesOfSource(`${directory}/${path}`, text)),
    )
    const inPages = pages.flatMap((path) => examplesOfPage(path, textOf(path)))
    expect(inSources.length).toBeGreaterThan(20)
    expect(await exampleProblems([...inSources, ...inPages])).toEqual([])
  }, 60_000)

  it('of a whole test is one that runs', () => {
    const [whole] = examplesOfPage('docs/TESTING.md', textOf('docs/TESTING.md'))
    expect(`${whole?.code}\n`).toBe(textOf('test/react/ownComponent.test.tsx'))
  })

  it.each(doors)('are given for every function, hook and component of $path', async ({ path, file, sources }) => {
    const loaded = (await import(resolve(root, path))) as object
    expect(withoutExample(file, loaded, sources)).toEqual([])
  })
})

describe('the check of examples', () => {
  const example = (code: string, lang: 'ts' | 'tsx' = 'tsx'): Example => ({ file: 'a.md', line: 10, code, lang })

  const placeOf = (problem: string) => /^(\S+: TS\d+)/.exec(problem)?.[1]

  it('tells what does not compile by its place in the page, and nothing else', async () => {
    const problems = await exampleProblems([
      example('const { data } = useSolBalance({ owner })\nreturn <p>{data?.text}</p>'),
      example('\nconst { data } = useSolBalance({ owners: owner })'),
      example("import { formatAmount } from 'lamplight/core'\n\nformatAmount(1.5, 9)", 'ts'),
      example("import { formatAmount } from 'lamplight/core'\nparseAmount('1', 9)", 'ts'),
      example("import { accountOf } from 'lamplight/core'", 'ts'),
      example('<SolBalance\n  size={1}\n/>'),
      example('const first: string = [owner][0]', 'ts'),
    ])
    expect(problems.map(placeOf)).toEqual([
      'a.md:11: TS2561',
      'a.md:12: TS2345',
      'a.md:11: TS2304',
      'a.md:10: TS2305',
      'a.md:11: TS2322',
      'a.md:10: TS2322',
    ])
  }, 60_000)

  it('takes no excuse, and passes on what is wrong with the grammar', async () => {
    const broken = ['// not compiled\nnonsense', 'f(\n// @ts-ignore\n)', '/* @ts-nocheck */', '\nuseBalanceClient(']
    const problems = await exampleProblems(broken.map((code) => example(code)))
    expect(problems.map((problem) => problem.slice(0, 'a.md:10: TS1005'.length))).toEqual([
      'a.md:10: an exa',
      'a.md:11: an exa',
      'a.md:10: an exa',
      'a.md:11: TS1005',
    ])
  }, 60_000)

  it('finds the examples of a doc comment, up to the next tag', () => {
    const text = [
      '/** The first. */',
      '/**',
      ' * Adds.',
      ' * @example',
      ' * add(1)',
      ' *   .then(show)',
      ' * @example',
      ' * ```ts',
      ' * add(2)',
      ' * ```',
      ' * @throws Never',
      ' */',
    ]
    const found = examplesOfSource('a.ts', text.join('\n'))
    expect(found.map(({ line, code }) => [line, code])).toEqual([
      [4, '\nadd(1)\n  .then(show)'],
      [7, '\n\nadd(2)\n'],
    ])
  })

  it('finds the blocks of a page that are TypeScript, and no others', () => {
    const text =
      '```sh\nnpm i\n```\n- a\n  ```ts\n  f(1)\n    g(2)\n  ```\n````tsx\n```\n````\n```\n```ts\n```\n~~~ts\nh()\n~~~\n'
    const found = examplesOfPage('a.md', text)
    expect(found.map(({ line, code, lang }) => [line, code, lang])).toEqual([
      [6, 'f(1)\n  g(2)', 'ts'],
      [10, '```', 'tsx'],
      [16, 'h()', 'ts'],
    ])
  })

  it('imports what an example leaves out, of the doors only where it imports nothing itself', () => {
    const doors = importsOfDoors([
      parsed('index.ts', "export { type Thing, useThing } from './a.js'"),
      parsed('components.ts', "export { Thing } from './b.js'"),
    ])
    const messages = new Map([['owner', "import { owner } from './words.js'"]])
    const written = (code: string) => moduleOf(example(code), { doors, messages })
    expect(written('<Thing owner={owner} />')).toBe(
      "import { Thing } from 'lamplight/components'; import { owner } from './words.js'; " +
        'export async function example() {<Thing owner={owner} />\n}\n',
    )
    expect(written("import 'x'\nuseThing(owner)")).toBe(
      "import { owner } from './words.js'; import 'x'\nuseThing(owner)\n",
    )
    expect(written('export const owner = useThing()')).toBe(
      "import { useThing } from 'lamplight'; export const owner = useThing()\n",
    )
    expect(written('export const { owner: x, y = 1 }: Thing = {}')).toContain(messages.get('owner'))
    expect(written('export const { x: owner = 1 }: Thing = {}')).not.toContain(messages.get('owner'))
    expect(written('export const x: Thing = 1')).toContain("import { Thing } from 'lamplight/components'")
  })

  it('names a function without an example, but no constant and no type', () => {
    const room = parsed(
      'base/a.ts',
      '/** A. */\nexport const a = () => 1\n/**\n * B.\n * @example\n * b()\n */\nexport function b(): 1\nexport function b(x?: 1) {}\n/** C. */\nexport const c = 1\n/**\n * D.\n * @example\n * d()\n */\n/** D. */\nexport const d = () => 1',
    )
    const door = parsed('index.ts', "export { a, b, c, d, type T } from './base/a.js'")
    const loaded = { a: () => 1, b: () => 1, c: 1, d: { $$typeof: Symbol() } }
    expect(withoutExample(door, loaded, [room])).toEqual(['base/a.ts: a', 'base/a.ts: d'])
  })
})
