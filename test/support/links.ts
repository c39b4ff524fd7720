import { existsSync, readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** A link of a Markdown page to another place in the repository. */
export interface PageLink {
  /** The page it stands in, and the line, as `file:line`. */
  readonly place: string
  /** The file it leads to, by its path in the repository. */
  readonly file: string
  /** The heading it leads to, without `#`; empty for the file as a whole. */
  readonly anchor: string
}

const textOf = (page: string) => readFileSync(resolve(root, page), 'utf8')

/** A page without its code, in which nothing is a link and nothing a heading; lines keep their numbers. */
const withoutCode = (text: string) =>
  text
    .replace(/^([ \t]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2[ \t]*$/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/(`+)[^`\n]+?\1/g, (code) => code.replace(/[[\]()]/g, '·'))

/** Every link and picture of a page that leads to no other site. */
export const linksOf = (page: string): PageLink[] =>
  withoutCode(textOf(page))
    .split('\n')
    .flatMap((line, i) =>
      [...line.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to = '']) => {
        if (/^[a-z]+:/i.test(to)) return []
        const [path = '', anchor = ''] = to.split('#')
        const file = path === '' ? page : posix.join(posix.dirname(page), path)
        return [{ place: `${page}:${i + 1}`, file, anchor }]
      }),
    )

/** The anchors that a page's headings have on GitHub. */
export const anchorsOf = (page: string): Set<string> =>
  new Set(
    [...withoutCode(textOf(page)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )

/** The links of a page that lead nowhere in the repository, as `file:line: target`. */
export const brokenLinksOf = (page: string): string[] =>
  linksOf(page)
    .filter(({ file, anchor }) => {
      if (!existsSync(resolve(root, file))) return true
      return anchor !== '' && !anchorsOf(file).has(anchor)
    })
    .map(({ place, file, anchor }) => `${place}: ${file}${anchor && `#${anchor}`}`)

/** A page, and every file that can be reached from it by links. */
export function reachableFrom(page: string): Set<string> {
  const seen = new Set([page])
  for (const each of seen) if (each.endsWith('.md')) for (const { file } of linksOf(each)) seen.add(file)
  return seen
}
