import { byTarget, importsOf, type Node, type SourceFile, targetOf } from './sourceTree.js'

/** What a door pulls in when it is loaded. */
export interface Reach {
  /** Source files, the door itself first. */
  readonly files: readonly string[]
  /** Packages and Node modules, sorted. */
  readonly packages: readonly string[]
}

/** Follows the value imports of a door, and what is loaded on demand too when `lazy`. */
export function reachOf(door: string, files: readonly SourceFile[], { lazy }: { readonly lazy: boolean }): Reach {
  const known = byTarget(files)
  const seen = new Set<string>([door])
  const packages = new Set<string>()
  for (const path of seen) {
    const file = known.get(path)
    if (!file) throw new Error(`${path} is not there`)
    for (const { from, kind } of importsOf(file)) {
      if (kind === 'type' || (kind === 'lazy' && !lazy)) continue
      const target = targetOf(file.path, from)
      if (target === undefined) packages.add(from)
      else if (known.has(target)) seen.add(target)
    }
  }
  return { files: [...seen], packages: [...packages].sort() }
}

interface Specifier extends Node {
  readonly exportKind: string
  readonly exported: { readonly name: string }
}

/** The public names of a door, sorted: values, and types as `type X`. */
export function namesOf(door: SourceFile): string[] {
  return door.program.body
    .flatMap((statement) =>
      ((statement.specifiers as Specifier[] | undefined) ?? []).map((specifier) =>
        statement.exportKind === 'type' || specifier.exportKind === 'type'
          ? `type ${specifier.exported.name}`
          : specifier.exported.name,
      ),
    )
    .sort()
}
