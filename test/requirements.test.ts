import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { orderProblems, type Requirement, requirementsOf, shownProblems } from './support/requirements.js'
import { parsed, type SourceFile } from './support/sourceTree.js'

const root = resolve(import.meta.dirname, '..')
const files = new Map<string, SourceFile>()

/** A file of the repository, parsed once. */
function fileAt(path: string): SourceFile | undefined {
  const known = files.get(path)
  if (known) return known
  const absolute = resolve(root, path)
  if (!existsSync(absolute)) return
  const file = parsed(path, readFileSync(absolute, 'utf8'))
  files.set(path, file)
  return file
}

describe('the requirements', () => {
  const rows = requirementsOf(readFileSync(resolve(root, 'docs/REQUIREMENTS.md'), 'utf8'))

  it('are 288, each with an id of its own, in order', () => {
    expect(rows).toHaveLength(288)
    expect(orderProblems(rows)).toEqual([])
  })

  it('that work are shown by tests that are there and run', () => {
    expect(shownProblems(rows, fileAt)).toEqual([])
  })
})

describe('the check of requirements', () => {
  const row = (id: string, shownBy: string): Requirement => ({ id, item: 'x', state: 'works', shownBy })
  const problems = (text: string, title = 'counts', path = 'test/a/b.test.ts') =>
    shownProblems([row('S0-1', `\`${path} › ${title}\``)], (asked) => (asked === path ? parsed(path, text) : undefined))

  it.each([
    ["it('counts', () => {})", 'counts'],
    ['it("it\'s", () => {})', "it's"],
    ["describe('a', () => { describe.each([1])('b', () => { test('counts', async () => {}, 5000) }) })", 'counts'],
    ["it.each([1])('counts %i', () => {})", 'counts %i'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a test file.
    ['it.each([1])(`counts ${N} times`, () => {})', 'counts ${N} times'],
    ["it('counts', { timeout: 5000 }, () => {})", 'counts'],
  ])('lets %s be called by its title', (text, title) => {
    expect(problems(text, title)).toEqual([])
  })

  it.each([
    "it('counts more', () => {})",
    "const title = 'counts'",
    "describe('counts', () => {})",
    "it('counts')",
    "it('counts', 5000)",
    "it.skip('counts', () => {})",
    "it.todo('counts', () => {})",
    "it.fails('counts', () => {})",
    "it.skipIf(true)('counts', () => {})",
    "it.skip.each([1])('counts', () => {})",
    "it('counts', { skip: true }, () => {})",
    "it('counts', ({ skip }) => skip())",
    "it('counts', (test) => test.skip())",
    "describe.skip('a', () => { it('counts', () => {}) })",
    "it('counts', () => {})\nit.only('more', () => {})",
    "it('counts', () => {})\ndescribe.only.each([1])('more', () => {})",
  ])('refuses %j for a test that does not run', (text) => {
    expect(problems(text)).toEqual(['S0-1: test/a/b.test.ts has no test that runs called "counts"'])
  })

  it('refuses a file that is not there, one that holds no tests, and a row that names none', () => {
    const none = () => undefined
    expect(shownProblems([row('S0-1', '`test/a/none.test.ts › counts`')], none)).toEqual([
      'S0-1: there is no test/a/none.test.ts',
    ])
    expect(shownProblems([row('S0-1', '`test/a/b.ts › counts`')], none)).toEqual([
      'S0-1: test/a/b.ts is no file of tests',
    ])
    expect(shownProblems([row('S0-1', 'all of it')], none)).toEqual(['S0-1: works, and names no test'])
  })

  it('finds a story by its export, unless it is left out of the tests', () => {
    const path = 'stories/A.stories.tsx'
    const missing = [`S0-1: ${path} has no test that runs called "Live"`]
    expect(problems('export default {}\nexport const Live = {}', 'Live', path)).toEqual([])
    expect(problems("export const Live = { tags: ['!test'] }", 'Live', path)).toEqual(missing)
    expect(problems("export default { tags: ['!test'] }\nexport const Live = {}", 'Live', path)).toEqual(missing)
  })

  it('refuses ids that come twice, out of order, or are none', () => {
    const ids = ['S0-1', 'S0-1', 'S1-2', 'S0-9', 'S2-x']
    expect(orderProblems(ids.map((id) => row(id, 'x')))).toEqual([
      'S0-1: stands after S0-1',
      'S0-9: stands after S1-2',
      'S2-x: no id',
    ])
  })

  it.each([
    ['| S0-1 | x | done | y |', '"done" is no state'],
    ['| S0-1 | x | works |', 'four cells'],
    ['| S0-1 | x | works | y | z |', 'four cells'],
    ['| S0-1 | x | part | |', 'an empty cell'],
    ['| S0-1 | | owed | y |', 'an empty cell'],
  ])('refuses the row %s', (line, expected) => {
    expect(() => requirementsOf(line)).toThrow(expected)
  })
})
