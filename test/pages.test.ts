import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokenLinksOf, reachableFrom } from './support/links.js'

const root = resolve(import.meta.dirname, '..')
const textOf = (path: string) => readFileSync(resolve(root, path), 'utf8')
const markdownIn = (directory: string) =>
  readdirSync(resolve(root, directory)).flatMap((name) => (name.endsWith('.md') ? [`${directory}/${name}`] : []))
/** The list of what is required is for this repository alone. */
const guides = markdownIn('docs').filter((page) => page !== 'docs/REQUIREMENTS.md')
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...markdownIn('docs'),
  ...markdownIn('docs/pictures'),
  ...(existsSync(resolve(root, '.github')) ? markdownIn('.github') : []),
]

describe('the pages', () => {
  it.each(pages)('%s links only to what is in the repository', (page) => {
    expect(brokenLinksOf(page)).toEqual([])
  })

  it('are all reached from README.md', () => {
    const reached = reachableFrom('README.md')
    expect(guides.length).toBeGreaterThan(15)
    expect(guides.filter((guide) => !reached.has(guide))).toEqual([])
  })

  it('are pages of the Storybook too, each under the name of its file', () => {
    const stories = readdirSync(resolve(root, 'stories')).filter((name) => name.endsWith('.mdx'))
    const shown = stories.map((name) => {
      const [, file = ''] = /from '\.\.\/(docs\/\w+\.md)\?raw'/.exec(textOf(`stories/${name}`)) ?? []
      const [, title = ''] = /<Meta title="Guides\/([^"]+)" \/>/.exec(textOf(`stories/${name}`)) ?? []
      return [file, `docs/${title.toUpperCase().replaceAll(' ', '_')}.md`]
    })
    expect(shown.map(([file]) => file).sort()).toEqual([...guides].sort())
    expect(shown.filter(([file, byTitle]) => file !== byTitle)).toEqual([])
  })
})

describe('README.md', () => {
  it('is one page of 700 words at most', () => {
    expect(textOf('README.md').split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(700)
  })
})
