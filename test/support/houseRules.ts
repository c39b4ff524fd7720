import { byTarget, importsOf, lineOf, type Node, type SourceFile, targetOf, walk } from './sourceTree.js'

/** What a room may import. */
export interface Room {
  readonly rooms: readonly string[]
  /** Rooms whose types alone it may name. */
  readonly roomTypes?: readonly string[]
  readonly packages?: readonly string[]
  /** Packages whose types alone it may name. */
  readonly packageTypes?: readonly string[]
}

/** Who may import whom. A room that is not named here may not exist. */
export type House = Readonly<Record<string, Room>>

/** Reads the table of rooms of a page: `room | holds | imports rooms | imports packages`, names in backticks, `; types of` before those of types. */
export function houseOf(page: string): House {
  const namesOf = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string)
  const rows = page.split('\n').filter((line) => /^\| `[^`]+` \|([^|]*\|){3}$/.test(line))
  return Object.fromEntries(
    rows.map((row) => {
      const [, name = '', , inside = '', outside = ''] = row.split('|')
      const [rooms = [], roomTypes = []] = inside.split('types of').map(namesOf)
      const [packages = [], packageTypes = []] = outside.split('types of').map(namesOf)
      return [namesOf(name).join(), { rooms, roomTypes, packages, packageTypes }]
    }),
  )
}

const MAX_FILE_LINES = 400
/** Lines of a function, without the functions inside it. */
const MAX_FUNCTION_LINES = 60
const bannedNames = /^(index|utils?|types?|constants?|helpers?)\.|Manager|Service|Helper|Handler|Util/i

/** Whether a package name is covered by a list: `react` covers `react/jsx-runtime`, `@solana/*` its scope, `node:*` Node. */
export const covers = (list: readonly string[] = [], name: string): boolean =>
  list.some((entry) =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry || name.startsWith(`${entry}/`),
  )

/** The room of a file: its folder; `undefined` for a door. */
export const roomOf = (path: string): string | undefined => /^(.*)\/[^/]*$/.exec(path)?.[1]

/** What is wrong with the layout of `src`: rooms, names of files, and who imports whom. */
export function layoutProblems(files: readonly SourceFile[], house: House): string[] {
  const problems: string[] = []
  for (const file of files) {
    const room = roomOf(file.path)
    if (room === undefined) continue
    if (bannedNames.test(file.path.slice(room.length + 1)))
      problems.push(`${file.path}: a file is named after its main noun`)
    const rules = house[room]
    if (rules) problems.push(...importProblems(file, room, rules))
    else problems.push(`${room}: no such room`)
  }
  const between = arrowsOf(files)
  return [
    ...new Set(problems),
    ...pathProblems(files),
    ...unusedRows(files, house),
    ...cycles(files),
    ...circles(between),
  ]
}

function importProblems(file: SourceFile, room: string, rules: Room): string[] {
  return importsOf(file).flatMap(({ from, kind }) => {
    const target = targetOf(file.path, from)
    const onlyType = kind === 'type'
    const found = `${file.path}: may not import ${onlyType ? 'types of ' : ''}${from}`
    if (target === undefined)
      return covers(rules.packages, from) || (onlyType && covers(rules.packageTypes, from)) ? [] : [found]
    const allowed = [room, ...rules.rooms, ...(onlyType ? (rules.roomTypes ?? []) : [])]
    return allowed.includes(roomOf(target) ?? '') ? [] : [found]
  })
}

/** Names in the rows of rooms that nothing of the room imports: the table says what is, not what once was. */
function unusedRows(files: readonly SourceFile[], house: House): string[] {
  const imported = files.flatMap((file) =>
    importsOf(file).map(({ from, kind }) => {
      const target = targetOf(file.path, from)
      return {
        room: roomOf(file.path),
        name: target === undefined ? from : roomOf(target),
        target,
        isType: kind === 'type',
      }
    }),
  )
  return Object.entries(house).flatMap(([room, { rooms, roomTypes = [], packages = [], packageTypes = [] }]) => {
    const isImported = (wanted: string, isRoom: boolean, isType: boolean) =>
      imported.some(
        ({ name = '', target, ...each }) =>
          each.room === room &&
          each.isType === isType &&
          (target !== undefined) === isRoom &&
          (isRoom ? name === wanted : covers([wanted], name)),
      )
    const unused = [
      ...rooms.filter((name) => !isImported(name, true, false)),
      ...roomTypes.filter((name) => !isImported(name, true, true) || isImported(name, true, false)),
      ...packages.filter((name) => !isImported(name, false, false)),
      ...packageTypes.filter((name) => !isImported(name, false, true) || isImported(name, false, false)),
    ]
    return unused.map((name) => `${room}: its row names ${name}, which it does not import that way`)
  })
}

/** An import from one room into another, types included: `[importing, imported]`. */
export type Arrow = readonly [from: string, to: string]

/** Who imports whom, room by room; `depth` 1 counts inner rooms as part of the room around them. */
export function arrowsOf(files: readonly SourceFile[], depth = Infinity): Arrow[] {
  const named = (room: string) => room.split('/').slice(0, depth).join('/')
  const found = new Map<string, Arrow>()
  for (const file of files)
    for (const { from } of importsOf(file)) {
      const [here, there] = [roomOf(file.path), roomOf(targetOf(file.path, from) ?? '')]
      if (here === undefined || there === undefined || from.endsWith('.css') || named(here) === named(there)) continue
      found.set(`${named(here)} ${named(there)}`, [named(here), named(there)])
    }
  return [...found.values()]
}

/** Circles of rooms that import each other, types included; each once. */
export function circles(arrows: readonly Arrow[]): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (room: string, path: readonly string[]) => {
    if (state.get(room) === 'done') return
    const trail = [...path, room]
    if (state.get(room) === 'open') {
      found.push(`circle of rooms: ${trail.slice(trail.indexOf(room)).join(' -> ')}`)
      return
    }
    state.set(room, 'open')
    for (const [from, to] of arrows) if (from === room) visit(to, trail)
    state.set(room, 'done')
  }
  for (const [room] of arrows) visit(room, [])
  return found
}

function pathProblems(files: readonly SourceFile[]): string[] {
  const known = byTarget(files)
  return files.flatMap((file) =>
    importsOf(file).flatMap(({ from }) => {
      const target = targetOf(file.path, from)
      if (target === undefined || target.startsWith('kit/') || from.endsWith('.css')) return []
      if (!from.endsWith('.js')) return [`${file.path}: "${from}" does not end in .js`]
      return known.has(target) ? [] : [`${file.path}: "${from}" is not there`]
    }),
  )
}

/** Import cycles, types included. */
export function cycles(files: readonly SourceFile[]): string[] {
  const known = byTarget(files)
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (file: SourceFile, path: readonly string[]) => {
    if (state.get(file.path) === 'done') return
    const trail = [...path, file.path]
    if (state.get(file.path) === 'open') {
      found.push(`cycle: ${trail.slice(trail.indexOf(file.path)).join(' -> ')}`)
      return
    }
    state.set(file.path, 'open')
    for (const { from } of importsOf(file)) {
      const next = known.get(targetOf(file.path, from) ?? '')
      if (next) visit(next, trail)
    }
    state.set(file.path, 'done')
  }
  for (const file of files) visit(file, [])
  return found
}

/** What is wrong inside one source file. */
export function fileProblems(file: SourceFile): string[] {
  const { path, text, program } = file
  const lines = text.replace(/\n$/, '').split('\n').length
  const problems = lines > MAX_FILE_LINES ? [`${path}: ${lines} lines, at most ${MAX_FILE_LINES}`] : []
  walk(program, (node) => {
    const what = bannedSyntax(path, node) ?? (isFunction(node) ? tooLong(text, node) : undefined)
    if (what) problems.push(`${path}:${lineOf(text, node.start)}: ${what}`)
  })
  for (const statement of program.body) {
    const mutable = mutableState((statement.declaration as Node | null | undefined) ?? statement)
    if (mutable) problems.push(`${path}:${lineOf(text, statement.start)}: ${mutable}`)
    if (isUndocumented(file, statement))
      problems.push(`${path}:${lineOf(text, statement.start)}: an export without its sentence`)
    if (!path.includes('/') && !isNamedReExport(statement))
      problems.push(`${path}:${lineOf(text, statement.start)}: a door only re-exports by name`)
  }
  return problems
}

function isUndocumented({ text, program }: SourceFile, statement: Node): boolean {
  const declaration = statement.declaration as (Node & { readonly id?: { readonly name: string } }) | null | undefined
  if (statement.type !== 'ExportNamedDeclaration' || !declaration) return false
  const nameAt = (index: number) => (program.body[index]?.declaration as typeof declaration)?.id?.name
  const index = program.body.indexOf(statement)
  // One sentence speaks for all overloads.
  if (declaration.id && nameAt(index - 1) === declaration.id.name) return false
  const before = text.slice(0, statement.start).trimEnd()
  return !(before.endsWith('*/') && before.startsWith('/**', before.lastIndexOf('/*')))
}

const isNamedReExport = (node: Node) => node.type === 'ExportNamedDeclaration' && Boolean(node.source)

function bannedSyntax(path: string, node: Node): string | undefined {
  if (node.type === 'ExportDefaultDeclaration') return 'no default export'
  if (node.type === 'TSEnumDeclaration') return 'no enum'
  if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') return undefined
  const name = (node.id as { name?: string } | null)?.name
  const parent = (node.superClass as { name?: string } | null)?.name
  const allowed =
    (path.startsWith('base/') && name === 'LamplightError') ||
    (path.endsWith('/loopback.ts') && (parent === 'EventTarget' || parent === 'Event'))
  return allowed ? undefined : 'no class but the error'
}

function mutableState(node: Node): string | undefined {
  if (node.type !== 'VariableDeclaration') return undefined
  if (node.kind !== 'const') return 'no module-level mutable state'
  const values = (node.declarations as { init?: Node | null }[]).map(({ init }) => init)
  const isStore = (value: Node | null | undefined) =>
    value?.type === 'NewExpression' &&
    /^(Weak)?(Map|Set)$/.test(String((value.callee as { name?: string }).name)) &&
    (value.arguments as unknown[]).length === 0
  return values.some(isStore) ? 'no module-level mutable state' : undefined
}

const isFunction = (node: Node) => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)

/** The lines of a function without those of the functions inside it. */
export function ownLines(text: string, node: Node): number {
  let lines = lineOf(text, node.end) - lineOf(text, node.start) + 1
  walk(node, (inner) => {
    if (inner === node || !isFunction(inner)) return true
    const span = lineOf(text, inner.end) - lineOf(text, inner.start)
    // One that fits a line shares it with what is around it.
    lines -= span === 0 ? 0 : span + 1
    return false
  })
  return lines
}

function tooLong(text: string, node: Node): string | undefined {
  const lines = ownLines(text, node)
  return lines > MAX_FUNCTION_LINES ? `a function of ${lines} lines, at most ${MAX_FUNCTION_LINES}` : undefined
}

const bannedCalls =
  /^(vi\.(mock|doMock|hoisted)|(it|test|describe)(\.\w+)*\.(skip|only|todo|skipIf|runIf|fails)(\.\w+)*|.*\.to(Match|MatchInline|MatchFile|ThrowErrorMatching\w*)Snapshot)$/

/** What is wrong inside one test file: own modules mocked, tests left out, snapshots. */
export function testProblems({ path, text, program }: SourceFile): string[] {
  const problems: string[] = []
  walk(program, (node) => {
    if (node.type !== 'CallExpression' && node.type !== 'TaggedTemplateExpression') return
    const callee = (node.callee ?? node.tag) as Node
    // `it.skipIf(x)(…)` is two calls and one offence.
    if (callee.type === 'CallExpression') return
    const called = nameOf(callee)
    if (bannedCalls.test(called)) problems.push(`${path}:${lineOf(text, node.start)}: no ${called}`)
    if (node.type === 'CallExpression' && retries(node))
      problems.push(`${path}:${lineOf(text, node.start)}: no retries`)
  })
  return problems
}

function retries(call: Node): boolean {
  if (!/^(it|test|describe)\b/.test(nameOf(call.callee as Node))) return false
  return (call.arguments as Node[]).some(
    (argument) =>
      argument.type === 'ObjectExpression' &&
      (argument.properties as { key?: { name?: string } }[]).some(({ key }) => key?.name === 'retry'),
  )
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name as string
  if (node.type !== 'MemberExpression') return '()'
  return `${nameOf(node.object as Node)}.${(node.property as { name?: string }).name ?? '()'}`
}
