/** One way to spoil a value: where, and how. */
export interface Spoiled {
  readonly title: string
  readonly value: unknown
}

type Path = readonly (string | number)[]

/** Values that no field of ours may have, whatever it is: each is of another type than any of them. */
const WRONG: readonly (readonly [string, unknown])[] = [
  ['an object', { wrong: {} }],
  ['a list of lists', [[]]],
  ['no number', Number.NaN],
]

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)

/** The ways to all parts of a value, the value itself first. */
export function pathsIn(value: unknown): Path[] {
  if (!isTree(value)) return [[]]
  return [[], ...Object.keys(value).flatMap((key) => pathsIn(value[key]).map((path) => [key, ...path]))]
}

/** A copy with another part. */
export function replacedAt(value: unknown, [key, ...rest]: Path, part: unknown): unknown {
  if (key === undefined) return part
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) }
  copy[key] = replacedAt(copy[key], rest, part)
  return copy
}

/** A value with something wrong in each of its parts, with each of its objects one field short, and with one field too many. */
export function spoiled(value: unknown, isOptional: (path: string) => boolean = () => false): Spoiled[] {
  return pathsIn(value).flatMap((path) => {
    const name = path.join('.') || 'all of it'
    const [part, last] = [path.reduce<unknown>((at, key) => (at as never)[key], value), path.at(-1)]
    const wrong = WRONG.map(([what, each]) => ({ title: `${name}: ${what}`, value: replacedAt(value, path, each) }))
    const more =
      isTree(part) && !Array.isArray(part)
        ? [{ title: `${name}: more`, value: replacedAt(value, [...path, 'wrong'], {}) }]
        : []
    const holder = path.slice(0, -1).reduce<unknown>((at, key) => (at as never)[key], value)
    if (last === undefined || Array.isArray(holder) || isOptional(name)) return [...wrong, ...more]
    const { [last]: _, ...less } = holder as Record<string, unknown>
    return [...wrong, ...more, { title: `${name}: left out`, value: replacedAt(value, path.slice(0, -1), less) }]
  })
}
