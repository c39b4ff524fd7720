import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { parseAst } from 'rolldown/parseAst'

/** A node of a syntax tree, as far as the checks look at it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** One parsed source file; `path` is relative to `src`, with `/`. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly program: Node & { readonly body: readonly Node[] }
}

/** One import, re-export or `import()` of a file. */
export interface Import {
  readonly from: string
  /** `type`: gone after compiling; `lazy`: an `import()`. */
  readonly kind: 'value' | 'type' | 'lazy'
}

/** Parses one file. */
export function parsed(path: string, text: string): SourceFile {
  const lang = path.endsWith('.tsx') ? 'tsx' : 'ts'
  return { path, text, program: parseAst(text, { lang }) as unknown as SourceFile['program'] }
}

/** Parses every TypeScript file below `directory`. */
export function sourcesOf(directory: string): SourceFile[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => parsed(relative(directory, file).split(sep).join('/'), readFileSync(file, 'utf8')))
}

/** Every node below `node` and itself, outside in; a branch ends where `enter` says false. */
export function walk(node: Node, enter: (node: Node) => unknown): void {
  if (enter(node) === false) return
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child === 'object' && child !== null && typeof child.type === 'string') walk(child, enter)
}

/** The line of an offset, from 1. */
export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/**
 * Lists what a file imports. `import { type A } from 'x'` counts as a value import: compiled module by module, an empty
 * import of `x` stays behind.
 */
export function importsOf({ program }: SourceFile): Import[] {
  const found: Import[] = []
  walk(program, (node) => {
    const from = (node.source as { value?: unknown } | null | undefined)?.value
    if (typeof from !== 'string') return
    const isType = node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type'
    found.push({ from, kind: isType ? 'type' : node.type === 'ImportExpression' ? 'lazy' : 'value' })
  })
  return found
}

/**
 * The source path a relative import means, without its ending; `undefined` for a package. Sources of the kit that another
 * package inlines are below `kit/`.
 */
export function targetOf(path: string, from: string): string | undefined {
  if (!from.startsWith('.')) return undefined
  return posix
    .join(posix.dirname(path), from)
    .replace(/\.jsx?$/, '')
    .replace(/^(\.\.\/)+src\//, 'kit/')
}

/** Finds files by the path an import gives them. */
export function byTarget(files: readonly SourceFile[]): Map<string, SourceFile> {
  return new Map(files.map((file) => [file.path.replace(/\.tsx?$/, ''), file]))
}
