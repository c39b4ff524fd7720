import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parsedOf, restoredOf, textOf } from '../../src/cache/codec.js'
import { solRecord } from './recordOf.js'

const leaf = fc.oneof(fc.bigInt(), fc.double(), fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null))
/** What records are made of: their own names, and any value. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('lamports', 'token', 'mint', 'amount', 'multiplier', 'uri'), tie('value')),
  ),
}))
const plain = (each: unknown) =>
  JSON.parse(JSON.stringify(each, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)))

it('every number comes back as it was, bigints of any size and numbers that are none included', () => {
  fc.assert(
    fc.property(value, (given) => {
      const back = parsedOf(textOf(given))
      expect(back).toStrictEqual(structuredClone(given))
      expect(plain(back)).toEqual(plain(given))
    }),
  )
})

it('marks records as restored, and nothing else', () => {
  const record = solRecord(1, 2n, 'stream')
  expect(restoredOf(record)).toEqual({ ...record, source: 'restored', verifiedMs: -Infinity })
  expect(record.source).toBe('stream')
  const other = { kind: 'other', source: 'stream' }
  expect(restoredOf(other)).toBe(other)
})
