import { type Node, type SourceFile, walk } from './sourceTree.js'

/** How far a requirement is met. */
export const states = ['works', 'part', 'owed', 'by design'] as const
type State = (typeof states)[number]

/** One row of the table of requirements. */
export interface Requirement {
  readonly id: string
  readonly item: string
  readonly state: State
  /** The tests of what works, each as `path › title`; what is missing; or why it is left as it is. */
  readonly shownBy: string
}

/** What is named of a test: its file, from the root of the repository, and its title as it is written. */
export interface NamedTest {
  readonly path: string
  readonly title: string
}

/** Reads the rows of the table. @throws Error for a row that has other cells or another state than it may */
export function requirementsOf(page: string): Requirement[] {
  return page
    .split('\n')
    .filter((line) => /^\| S\d/.test(line))
    .map((line) => {
      const [before, id = '', item = '', state, shownBy = '', after, ...more] = line
        .split('|')
        .map((cell) => cell.trim())
      const known = states.find((each) => each === state)
      if (before !== '' || after !== '' || more.length > 0) throw new Error(`${id}: a row has four cells`)
      if (!known) throw new Error(`${id}: "${state}" is no state; expected ${states.join(', ')}`)
      if (item === '' || shownBy === '') throw new Error(`${id}: an empty cell`)
      return { id, item, state: known, shownBy }
    })
}

/** The tests that a row names: whatever stands between backquotes and begins like a path of a test or a story. */
export function testsNamedBy({ shownBy }: Requirement): NamedTest[] {
  return [...shownBy.matchAll(/`((?:test|stories)\/[^`]+?) › ([^`]+)`/g)].map(([, path = '', title = '']) => ({
    path,
    title,
  }))
}

/** What is wrong with the ids: each is there once, and they ascend. */
export function orderProblems(rows: readonly Requirement[]): string[] {
  const placeOf = (id: string) => {
    const [, group, number] = /^S(\d)-(\d+)$/.exec(id) ?? []
    return Number(group) * 1000 + Number(number)
  }
  return rows.flatMap(({ id }, i) => {
    const previous = rows[i - 1]
    if (!/^S\d-\d+$/.test(id)) return [`${id}: no id`]
    return previous && placeOf(previous.id) >= placeOf(id) ? [`${id}: stands after ${previous.id}`] : []
  })
}

/** Ways to write a test that runs. Whatever else can be said of one (`skip`, `todo`, `fails`, `runIf`) may leave it out. */
const RUNNING = ['each', 'for', 'concurrent', 'sequential']
/** Options of a test that leave nothing out. */
const OPTIONS = ['timeout', 'concurrent', 'sequential']

/** The titles of the tests of a file that run, as they are written, or the names of its stories. */
export const runningTestsOf = (file: SourceFile): ReadonlySet<string> =>
  file.path.includes('.stories.') ? storiesOf(file) : testsOf(file)

function testsOf(file: SourceFile): Set<string> {
  const found = new Set<string>()
  const visit = (root: Node) =>
    walk(root, (node) => {
      const call = callOf(node)
      if (!call) return true
      if (!call.isRunning) return false
      if (call.name === 'describe') return true
      const title = titleOf(call.first, file.text)
      if (title !== undefined) found.add(title)
      return false
    })
  // One `only` leaves out every other test of its file.
  let isNarrowed = false
  walk(file.program, (node) => {
    if (node.type === 'MemberExpression' && chainOf(node)?.slice(1).includes('only')) isNarrowed = true
  })
  if (!isNarrowed) visit(file.program)
  return found
}

/** A call that declares a test or a group of tests. */
function callOf(node: Node) {
  if (node.type !== 'CallExpression') return
  const callee = node.callee as Node
  // `it.each(rows)(title, test)` and `` it.each`rows`(title, test) ``: the title is of the outer call.
  const each = callee.type === 'CallExpression' || callee.type === 'TaggedTemplateExpression'
  const [name, ...modifiers] = chainOf(each ? ((callee.callee ?? callee.tag) as Node) : callee) ?? []
  const [first, ...rest] = node.arguments as Node[]
  if (!name || !first || (!each && modifiers.some((word) => word === 'each' || word === 'for'))) return
  const isRunning =
    modifiers.every((word) => RUNNING.includes(word)) &&
    rest.some(({ type }) => type !== 'ObjectExpression' && type !== 'Literal') &&
    rest.every(leavesNothingOut)
  return { name: name === 'describe' ? 'describe' : 'test', first, isRunning }
}

/** `it.each` as `['it', 'each']`; nothing for what is no test function. */
function chainOf(node: Node): string[] | undefined {
  if (node.type === 'Identifier') {
    const name = node.name as string
    return ['it', 'test', 'describe'].includes(name) ? [name] : undefined
  }
  if (node.type !== 'MemberExpression') return
  const object = chainOf(node.object as Node)
  return object && [...object, (node.property as { name?: string }).name ?? '']
}

function leavesNothingOut(argument: Node): boolean {
  if (argument.type === 'ObjectExpression')
    return (argument.properties as { key?: { name?: string } }[]).every(({ key }) => OPTIONS.includes(key?.name ?? ''))
  let isWhole = true
  // `({ skip }) => skip()` and `(test) => test.skip()` leave a test out while it runs.
  walk(argument, (node) => {
    if (node.type !== 'CallExpression') return true
    const callee = node.callee as Node
    const called = (callee.type === 'MemberExpression' ? callee.property : callee) as { name?: string }
    if (called.name === 'skip') isWhole = false
    return true
  })
  return isWhole
}

function titleOf(node: Node, text: string): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  return node.type === 'TemplateLiteral' ? text.slice(node.start + 1, node.end - 1) : undefined
}

function storiesOf({ text, program }: SourceFile): Set<string> {
  const found = new Set<string>()
  const isLeftOut = (node: Node) => /['"`]!test['"`]/.test(text.slice(node.start, node.end))
  for (const node of program.body) {
    const { declarations = [] } = (node.declaration ?? {}) as { declarations?: { id: { name?: string } }[] }
    if (node.type === 'ExportDefaultDeclaration' && isLeftOut(node)) return new Set()
    if (node.type === 'ExportNamedDeclaration' && !isLeftOut(node))
      for (const { id } of declarations) if (id.name) found.add(id.name)
  }
  return found
}

/**
 * What is wrong with the rows: a row that works names a test, and each test that is named is there and runs.
 * @param read Parses a file of the repository; `undefined` where there is none.
 */
export function shownProblems(rows: readonly Requirement[], read: (path: string) => SourceFile | undefined): string[] {
  return rows.flatMap((row) => {
    const named = testsNamedBy(row)
    if (row.state === 'works' && named.length === 0) return [`${row.id}: works, and names no test`]
    return named.flatMap(({ path, title }) => {
      if (!/\.(test|stories)\.tsx?$/.test(path)) return [`${row.id}: ${path} is no file of tests`]
      const file = read(path)
      if (!file) return [`${row.id}: there is no ${path}`]
      return runningTestsOf(file).has(title) ? [] : [`${row.id}: ${path} has no test that runs called "${title}"`]
    })
  })
}
