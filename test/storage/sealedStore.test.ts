import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeal } from '../../src/storage/sealedStore.js'

const seal = createSeal()
const name = seal.nameOf('owner', 'cluster')
const entry = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.json({ maxDepth: 2 }))
const content = fc.record({ at: fc.nat(), entries: fc.array(entry, { maxLength: 4 }) })

/** A part of a text that is not as it was any more: changed, cut out, cut off, or doubled. */
const damage = fc.record({
  from: fc.nat(),
  length: fc.integer({ min: 0, max: 30 }),
  instead: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.constantFrom('"', '[', ']', '}', ',', '0', ' ', '\\'),
  ),
  isCutOff: fc.boolean(),
})
function damaged(
  text: string,
  { from, length, instead, isCutOff }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
) {
  const at = from % (text.length + 1)
  return text.slice(0, at) + instead + (isCutOff ? '' : text.slice(at + length))
}

describe('a sealed store', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(content, (given) => {
        expect(seal.open(name, seal.close(name, given))).toEqual({ ...given, dropped: 0 })
      }),
    )
  })

  it('shows nothing that was not written as it is, wherever it is damaged', () => {
    fc.assert(
      fc.property(content, damage, (given, how) => {
        const opened = seal.open(name, damaged(seal.close(name, given), how))
        for (const each of opened.entries) expect(given.entries).toContain(each)
        if (opened.entries.length > 0) expect(opened.at).toBe(given.at)
      }),
      { numRuns: 2000 },
    )
  })

  it('drops every entry that has one other byte, and only that', () => {
    const entries = ['{"lamports":"1"}', '{"lamports":"2"}', '{"lamports":"3"}']
    const text = seal.close(name, { at: 7, entries })
    const seen = new Set<number>()
    for (let at = 0; at < text.length; at++)
      for (const bit of [1, 2, 4, 16]) {
        const other = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bit) + text.slice(at + 1)
        const { entries: whole, dropped } = seal.open(name, other)
        seen.add(whole.length)
        expect(entries).toEqual(expect.arrayContaining([...whole]))
        // What says the same in other words, as JSON can, is no damage.
        if (whole.length === 3) expect(JSON.parse(other)).toEqual(JSON.parse(text))
        else expect(dropped).toBeGreaterThan(0)
      }
    expect([...seen].sort()).toEqual(expect.arrayContaining([0, 2]))
  })

  it('cut off anywhere gives nothing', () => {
    const text = seal.close(name, { at: 7, entries: ['a', 'b'] })
    for (let length = 0; length < text.length; length++)
      expect(seal.open(name, text.slice(0, length))).toEqual({ at: 0, entries: [], dropped: 1 })
  })

  it.each([
    ['another wallet', seal.nameOf('other', 'cluster')],
    ['another cluster', seal.nameOf('owner', 'other')],
  ])('gives nothing of %s', (_, elsewhere) => {
    const text = seal.close(elsewhere, { at: 7, entries: ['a', 'b'] })
    expect(seal.open(name, text)).toEqual({ at: 7, entries: [], dropped: 2 })
  })

  it('gives nothing of another version, or of another time', () => {
    const text = seal.close(name, { at: 7, entries: ['a'] })
    expect(seal.open(name, text.replace('7', '8'))).toMatchObject({ entries: [], dropped: 1 })
  })

  it.each(['', 'null', '[]', '{}', '{"entries":1}', '{"at":1,"entries":[null,1,["a"],["a",1],[1,"a"]]}'])(
    'takes %j for damage',
    (text) => {
      expect(seal.open(name, text)).toMatchObject({ entries: [] })
      expect(seal.open(name, text).dropped).toBeGreaterThan(0)
    },
  )
})
