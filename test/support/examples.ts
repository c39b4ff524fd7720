import { byTarget, lineOf, type Node, parsed, type SourceFile, targetOf, walk } from './sourceTree.js'

/** One piece of code that a reader is shown. */
export interface Example {
  /** The page or source file it stands in. */
  readonly file: string
  /** The line of its first line, from 1. */
  readonly line: number
  readonly code: string
  readonly lang: 'ts' | 'tsx'
}

/** The `@example` blocks of a source file's doc comments. */
export function examplesOfSource(file: string, text: string): Example[] {
  return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap((comment) => {
    const first = lineOf(text, comment.index)
    const inside = comment[0].replace(/^\s*\/\*\*|\s*\*\/$/g, '')
    const lines = inside.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    return lines.flatMap((tag, at) => {
      if (!tag.trimStart().startsWith('@example')) return []
      const rest = lines.slice(at + 1)
      const end = rest.findIndex((line) => line.startsWith('@'))
      const body = end < 0 ? rest : rest.slice(0, end)
      // A fence around the code leaves an empty line, so that lines keep their numbers.
      const code = [tag.replace(/^\s*@example ?/, ''), ...body].map((line) => line.replace(/^```.*/, '')).join('\n')
      return [{ file, line: first + at, code, lang: 'tsx' as const }]
    })
  })
}

/** The blocks of a Markdown page that are marked `ts` or `tsx`. */
export function examplesOfPage(file: string, text: string): Example[] {
  const found: Example[] = []
  let open:
    | { readonly fence: string; readonly indent: string; readonly lang: string; readonly line: number }
    | undefined
  let code: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', fence = '', lang = ''] = /^([ \t]*)(`{3,}|~{3,})\s*([\w-]*)/.exec(line) ?? []
    if (!open && fence) {
      open = { fence, indent, lang, line: index + 2 }
      code = []
    } else if (open && fence.startsWith(open.fence) && lang === '') {
      if (open.lang === 'ts' || open.lang === 'tsx')
        found.push({ file, line: open.line, code: code.join('\n'), lang: open.lang })
      open = undefined
    } else if (open) code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
  }
  return found
}

/** Where the names that an example leaves out come from: each with its import, written out. */
export type Imports = ReadonlyMap<string, string>

/** The names a module exports, each with the import that gets it from `from`. */
export function importsFrom(from: string, file: SourceFile): Map<string, string> {
  return new Map(
    exportsOf(file).map(({ name, isType }) => [name, `import { ${isType ? 'type ' : ''}${name} } from '${from}'`]),
  )
}

function exportsOf({ program }: SourceFile): { name: string; isType: boolean }[] {
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return []
    const isType = statement.exportKind === 'type'
    const specifiers = statement.specifiers as { exported: { name: string }; exportKind?: string }[]
    const declaration = statement.declaration as Node | null
    return [
      // Told by what is declared: `export declare const` is marked as a type, and is a value to whoever imports it.
      ...namesDeclared(declaration).map((name) => ({ name, isType: isTypeOnly(declaration) })),
      ...specifiers.map(({ exported, exportKind }) => ({
        name: exported.name,
        isType: isType || exportKind === 'type',
      })),
    ]
  })
}

const isTypeOnly = (declaration: Node | null) =>
  declaration?.type === 'TSInterfaceDeclaration' || declaration?.type === 'TSTypeAliasDeclaration'

/** The imports for every public name of a package's doors; a value goes before a type of the same name. */
export function importsOfDoors(files: readonly SourceFile[], name = 'lamplight'): Imports {
  const all = files
    .filter(({ path }) => !path.includes('/'))
    .flatMap((door) => {
      const row = door.path.replace(/\.ts$/, '')
      return [...importsFrom(row === 'index' ? name : `${name}/${row}`, door)]
    })
  const isType = ([, text]: readonly [string, string]) => text.startsWith('import { type ')
  return new Map([...all.filter(isType), ...all.filter((each) => !isType(each))])
}

/**
 * The example as a module. What it leaves out is imported, names of the doors only where it imports nothing itself; a
 * fragment is put into a function. Nothing is added before the first line, so that lines keep their numbers.
 */
export function moduleOf(
  { code }: Example,
  { doors, messages }: { readonly doors: Imports; readonly messages: Imports },
): string {
  const program = programOf(code) ?? programOf(`async function example() {${code}\n}`)
  // Not to be parsed: the compiler says why, and where.
  if (!program) return code
  const own = program.body.map((node) => (node.declaration as Node | null | undefined) ?? node)
  const isFragment = !program.body.some(({ type }) => /^(Import|Export)/.test(type))
  const declared = new Set(own.flatMap(namesDeclared))
  const known = program.body.some(({ type }) => type === 'ImportDeclaration')
    ? messages
    : new Map([...messages, ...doors])
  const imports = [...namesIn(program)].filter((name) => !declared.has(name)).flatMap((name) => known.get(name) ?? [])
  const head = imports.map((text) => `${text}; `).join('')
  return isFragment ? `${head}export async function example() {${code}\n}\n` : `${head}${code}\n`
}

function programOf(code: string): SourceFile['program'] | undefined {
  try {
    return parsed('example.tsx', code).program
  } catch {
    return undefined
  }
}

function namesIn(program: Node): Set<string> {
  const names = new Set<string>()
  walk(program, (node) => {
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') names.add(node.name as string)
  })
  return names
}

/** The names that a statement brings into its module. */
function namesDeclared(node: Node | null): string[] {
  if (!node) return []
  if (node.type === 'ImportDeclaration')
    return (node.specifiers as { local: { name: string } }[]).map(({ local }) => local.name)
  if (node.type === 'VariableDeclaration')
    return (node.declarations as { id: Node }[]).flatMap(({ id }) => namesBound(id))
  const { id } = node as { id?: { name?: string } | null }
  return id?.name ? [id.name] : []
}

function namesBound(pattern: Node): string[] {
  const names: string[] = []
  walk(pattern, (node) => {
    if (node.type === 'Identifier') names.push(node.name as string)
    // Neither the type beside a name, nor a value that stands in for it, nor the field it is taken from.
    if (node.type === 'AssignmentPattern') names.push(...namesBound(node.left as Node))
    if (node.type === 'Property') names.push(...namesBound(node.value as Node))
    return !['TSTypeAnnotation', 'AssignmentPattern', 'Property'].includes(node.type)
  })
  return names
}

/** The functions and components of a door that show no example, as `file: name`. */
export function withoutExample(door: SourceFile, loaded: object, files: readonly SourceFile[]): string[] {
  const known = byTarget(files)
  return door.program.body.flatMap((statement) => {
    const from = (statement.source as { value: string } | null)?.value ?? ''
    // It shows them at a door of its own.
    if (from === 'lamplight-localnet/page') return []
    const file = known.get(targetOf(door.path, from) ?? '')
    const specifiers = statement.specifiers as { local: { name: string }; exported: { name: string } }[]
    return specifiers
      .filter(({ exported }) => isCallable((loaded as Record<string, unknown>)[exported.name]))
      .filter(({ local }) => !file || !hasExample(file, local.name))
      .map(({ exported }) => `${file?.path ?? from}: ${exported.name}`)
  })
}

/** Functions, hooks, classes and components; a component that is wrapped is an object. */
const isCallable = (value: unknown) =>
  typeof value === 'function' || (typeof value === 'object' && value !== null && '$$typeof' in value)

function hasExample({ text, program }: SourceFile, name: string): boolean {
  // Overloads share the comment of the first.
  const statement = program.body.find((node) => namesDeclared(node.declaration as Node | null).includes(name))
  const before = text.slice(0, statement?.start ?? 0).trimEnd()
  return before.endsWith('*/') && /^\s*\* @example/m.test(before.slice(before.lastIndexOf('/**')))
}
