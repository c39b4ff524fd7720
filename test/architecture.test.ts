import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  arrowsOf,
  circles,
  covers,
  cycles,
  fileProblems,
  type House,
  houseOf,
  layoutProblems,
  testProblems,
} from './support/houseRules.js'
import { parsed, sourcesOf } from './support/sourceTree.js'

const page = readFileSync(resolve(import.meta.dirname, '../docs/ARCHITECTURE.md'), 'utf8')
const [kit = '', localnet = ''] = page.split('### The house of `lamplight-localnet`')

const houses = [
  { directory: 'src', house: houseOf(kit), sources: sourcesOf(resolve(import.meta.dirname, '../src')) },
  {
    directory: 'localnet/src',
    house: houseOf(localnet),
    sources: sourcesOf(resolve(import.meta.dirname, '../localnet/src')),
  },
]
const tests = sourcesOf(import.meta.dirname)

describe.each(houses)('the sources in $directory', ({ house, sources }) => {
  it('keep to their rooms', () => {
    expect(Object.keys(house).length).toBeGreaterThan(3)
    expect(layoutProblems(sources, house)).toEqual([])
  })

  it('are small, named exports of functions and values', () => {
    expect(sources.flatMap(fileProblems)).toEqual([])
  })
})

describe('the tests', () => {
  it('have no mocks of own modules, skipped tests, retries or snapshots', () => {
    expect(tests.flatMap(testProblems)).toEqual([])
  })
})

describe('the layout check', () => {
  const small: House = {
    base: { rooms: [] },
    token: { rooms: ['base'], packages: ['bs58'], packageTypes: ['@solana/web3.js'] },
    react: { rooms: ['token'], roomTypes: ['live'], packages: ['react'] },
    'react/forms': { rooms: ['token'] },
    live: { rooms: [] },
  }
  const problems = (files: Record<string, string>) =>
    layoutProblems(
      Object.entries(files).map(([path, text]) => parsed(path, text)),
      small,
    )
  const base = { 'base/clock.ts': 'export const now = 1' }

  it('passes a tree that keeps the rules', () => {
    expect(
      problems({
        ...base,
        'index.ts': "export { now } from './base/clock.js'",
        'live/socket.ts': 'export interface Socket { open: boolean }',
        'token/mint.ts':
          "import bs58 from 'bs58'\nimport type { PublicKey } from '@solana/web3.js'\nexport { now } from '../base/clock.js'",
        'react/useX.tsx':
          "import 'react/jsx-runtime'\nimport '../token/mint.js'\nimport type { Socket } from '../live/socket.js'\nexport const x = <p />",
        'react/forms/amount.ts': "import '../../token/mint.js'",
      }),
    ).toEqual([])
  })

  it.each([
    [
      'a room above',
      { ...base, 'base/emitter.ts': "import { x } from '../token/mint.js'", 'token/mint.ts': '' },
      'base/emitter.ts: may not import ../token/mint.js',
    ],
    [
      'a value where types are allowed',
      { 'react/useX.ts': "import { s } from '../live/socket.js'", 'live/socket.ts': '' },
      'react/useX.ts: may not import ../live/socket.js',
    ],
    [
      'an inline type import, of which an empty import stays',
      { 'token/mint.ts': "import { type PublicKey } from '@solana/web3.js'" },
      'token/mint.ts: may not import @solana/web3.js',
    ],
    ['a lazy import', { 'base/clock.ts': "export const x = () => import('ws')" }, 'base/clock.ts: may not import ws'],
    [
      'a type written in place',
      { 'base/clock.ts': "export type X = import('ws').X" },
      'base/clock.ts: may not import types of ws',
    ],
    [
      'a package with a longer name',
      { 'token/mint.ts': "import 'bs58check'" },
      'token/mint.ts: may not import bs58check',
    ],
    [
      'a door from a room',
      { 'index.ts': "export { now } from './base/clock.js'", 'base/clock.ts': "import '../index.js'" },
      'base/clock.ts: may not import ../index.js',
    ],
    [
      'an import without .js',
      { ...base, 'base/emitter.ts': "import './clock'" },
      'base/emitter.ts: "./clock" does not end in .js',
    ],
    [
      'an import of nothing',
      { 'base/emitter.ts': "import './nowhere.js'" },
      'base/emitter.ts: "./nowhere.js" is not there',
    ],
    ['a room nobody planned', { 'shared/text.ts': '' }, 'shared: no such room'],
    ['an inner room nobody planned', { 'base/deep/clock.ts': '' }, 'base/deep: no such room'],
    [
      'an inner room that imports what the room around it may',
      { 'react/forms/amount.ts': "import 'react'" },
      'react/forms/amount.ts: may not import react',
    ],
    [
      'a row with a room that is not imported',
      { 'token/mint.ts': '' },
      'token: its row names base, which it does not import that way',
    ],
    [
      'a row of types with values',
      { 'react/useX.ts': "import { s } from '../live/socket.js'", 'live/socket.ts': '' },
      'react: its row names live, which it does not import that way',
    ],
    ['a drawer', { 'base/utils.ts': '' }, 'base/utils.ts: a file is named after its main noun'],
    ['a title', { 'base/clockManager.ts': '' }, 'base/clockManager.ts: a file is named after its main noun'],
  ])('refuses %s', (_, files, problem) => {
    expect(problems(files as unknown as Record<string, string>)).toContain(problem)
  })

  it('finds a cycle through types, once', () => {
    const files = [
      parsed('base/a.ts', "import type { B } from './b.js'"),
      parsed('base/b.ts', "import { c } from './c.js'"),
      parsed('base/c.ts', "export { a } from './a.js'"),
      parsed('base/d.ts', "import './a.js'"),
    ]
    expect(cycles(files)).toEqual(['cycle: base/a.ts -> base/b.ts -> base/c.ts -> base/a.ts'])
  })

  it('finds a circle of rooms that is none of files, through types and inner rooms', () => {
    const files = [
      parsed('token/a.ts', "import type { D } from './inner/d.js'"),
      parsed('token/b.ts', ''),
      parsed('token/inner/d.ts', "import { c } from '../../base/c.js'"),
      parsed('base/c.ts', "import type { B } from '../token/b.js'"),
      parsed('index.ts', "export { c } from './base/c.js'"),
    ]
    expect(cycles(files)).toEqual([])
    expect(circles(arrowsOf(files))).toEqual(['circle of rooms: token -> token/inner -> base -> token'])
    expect(arrowsOf(files, 1)).toEqual([
      ['token', 'base'],
      ['base', 'token'],
    ])
  })

  it('reads rooms from the rows of a page', () => {
    const page = [
      '| room | holds | imports rooms | imports packages |',
      '|---|---|---|---|',
      '| `base` | errors, `Error` | – | – |',
      '| `client/tabs` | tabs | `base` `rpc`; types of `socket` | types of `zustand/vanilla` `react` |',
      '| `useBalance` | another table |',
    ]
    const none = { roomTypes: [], packages: [], packageTypes: [] }
    expect(houseOf(page.join('\n'))).toEqual({
      base: { ...none, rooms: [] },
      'client/tabs': {
        rooms: ['base', 'rpc'],
        roomTypes: ['socket'],
        packages: [],
        packageTypes: ['zustand/vanilla', 'react'],
      },
    })
  })

  it('knows what a list of packages covers', () => {
    expect(covers(['react'], 'react/jsx-runtime') && covers(['@solana/*'], '@solana/web3.js')).toBe(true)
    expect(covers(['react'], 'react-dom') || covers(['zustand/vanilla'], 'zustand') || covers(undefined, 'ws')).toBe(
      false,
    )
  })
})

describe('the check of one file', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `  f(${i})`).join('\n')
  const undocumented = 'an export without its sentence'
  const problems = (text: string, path = 'base/clock.tsx') =>
    fileProblems(parsed(path, text)).filter((problem) => !problem.endsWith(undocumented))

  it.each([
    ['a default export', 'export default 1', 'no default export'],
    ['an enum', 'export enum A { B }', 'no enum'],
    ['a class', 'export class Socket {}', 'no class but the error'],
    ['a class named much like the error', 'export class LamplightErrors extends Error {}', 'no class but the error'],
    ['a variable that changes', 'let count = 0', 'no module-level mutable state'],
    ['an exported variable that changes', 'export let count = 0', 'no module-level mutable state'],
    ['a store for the whole process', 'const cache = new Map<string, string>()', 'no module-level mutable state'],
    ['a long function', `export function long() {\n${lines(59)}\n}`, 'a function of 61 lines, at most 60'],
    ['a long component', `export const long = () => (\n<p>\n${lines(59)}\n</p>)`, 'a function of 62 lines, at most 60'],
    ['a long method', `const o = { long() {\n${lines(59)}\n} }`, 'a function of 61 lines, at most 60'],
  ])('refuses %s', (_, text, problem) => {
    expect(problems(text)).toEqual([`base/clock.tsx:1: ${problem}`])
  })

  it('asks for a sentence on every export of a room, once for all overloads', () => {
    const all = (text: string) => fileProblems(parsed('base/clock.ts', text))
    expect(all('/** Now. */\nexport const now = 1\n\nexport const later = 2')).toEqual([
      `base/clock.ts:4: ${undocumented}`,
    ])
    expect(all('// Now.\nexport const now = 1')).toHaveLength(1)
    expect(all('/* Now. */\nexport interface Now {}')).toHaveLength(1)
    expect(
      all('/** Now. */\nexport function now(): 1\nexport function now(at: 2): 2\nexport function now() {}'),
    ).toEqual([])
  })

  it('counts a nested function apart', () => {
    const nested = `  return () => {\n${lines(30)}\n  }`
    expect(problems(`export function outer() {\n${lines(30)}\n${nested}\n}`)).toEqual([])
    expect(problems(`export function outer() {\n${lines(57)}\n  x.map((y) => y)\n}`)).toEqual([])
    expect(problems(`export function outer() {\n${lines(58)}\n  x.map((y) => y)\n}`)).toHaveLength(1)
  })

  it('refuses a file of more than 400 lines', () => {
    expect(problems('//\n'.repeat(400))).toEqual([])
    expect(problems('//\n'.repeat(401))).toEqual(['base/clock.tsx: 401 lines, at most 400'])
  })

  it('allows the error class, in its room only, and an event target where a WebSocket is imitated', () => {
    expect(problems('export class LamplightError extends Error {}', 'base/errors.ts')).toEqual([])
    expect(problems('export class LamplightError extends Error {}', 'sync/errors.ts')).toHaveLength(1)
    expect(problems('const Socket = class extends EventTarget {}', 'node/loopback.ts')).toEqual([])
    expect(problems('const Socket = class extends Map {}', 'node/loopback.ts')).toHaveLength(1)
  })

  it.each(["export * from './base/clock.js'", 'export const a = 1', "import './base/clock.js'", "'use client'"])(
    'refuses %j in a door',
    (text) => {
      expect(problems(text, 'core.ts')).toEqual(['core.ts:1: a door only re-exports by name'])
    },
  )

  it('lets a door re-export names and types', () => {
    expect(problems("export { a } from './base/a.js'\nexport type { B } from './base/b.js'", 'core.ts')).toEqual([])
  })
})

describe('the check of one test', () => {
  it.each([
    "vi.mock('../src/token/mint.js')",
    "it.skip('x', () => {})",
    "describe.only('x', () => {})",
    "it.todo('x')",
    "it.skipIf(true)('x', () => {})",
    "it.skip.each([1])('x', () => {})",
    "it.concurrent.only('x', () => {})",
    'expect(1).toMatchSnapshot()',
    "expect(1).not.toMatchInlineSnapshot('1')",
    "it('x', { retry: 2 }, () => {})",
  ])('refuses %j', (text) => {
    expect(testProblems(parsed('x.test.ts', text))).toHaveLength(1)
  })

  it('lets ordinary tests be', () => {
    const text = "it.each([1])('x', () => { vi.fn(); expect(a.only).toEqual(b.skip(1)) })\nconst s = \"it.skip('x')\""
    expect(testProblems(parsed('x.test.ts', text))).toEqual([])
  })
})
