import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const cssOf = (folder: string) =>
  readdirSync(resolve(root, folder))
    .map((name) => readFileSync(resolve(root, folder, name), 'utf8'))
    .join('\n')
const variablesOf = (css: string) => [...new Set(css.match(/--lamp-[\w-]+/g))].sort()
const known = variablesOf(cssOf('src/styles'))

it('a theme has at most 24 variables', () => {
  expect(known.length).toBeGreaterThan(15)
  expect(known.length).toBeLessThanOrEqual(24)
})

it('the documents list them, and the example themes set no others', () => {
  const page = readFileSync(resolve(root, 'docs/THEMING.md'), 'utf8')
  expect(variablesOf(page)).toEqual(known)
  expect(variablesOf(cssOf('stories/themes')).filter((name) => !known.includes(name))).toEqual([])
})

it('styles ask for nothing from outside and overrule nothing', () => {
  expect(cssOf('src/styles')).not.toMatch(/!important|url\(|@font-face/)
})
