import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64Of, bytesOfBase64, textOfUtf8, utf8Of } from '../../src/base/bytes.js'

describe('base64', () => {
  it("equals Node's own both ways, with padding and without", () => {
    for (let length = 0; length < 600; length++) {
      const bytes = new Uint8Array(randomBytes(length))
      const text = Buffer.from(bytes).toString('base64')
      expect(base64Of(bytes)).toBe(text)
      expect(bytesOfBase64(text)).toEqual(bytes)
      expect(bytesOfBase64(text.replace(/=+$/, ''))).toEqual(bytes)
    }
  })

  it.each(['A', 'AAAAA', 'AA=A', 'AA=', 'AAA==', '====', '=', 'A===', 'AA-_', 'AAé=', 'AA\n==', 'ÿÿÿÿ', 'AA A'])(
    'refuses %j',
    (text) => {
      expect(bytesOfBase64(text)).toBeUndefined()
    },
  )
})

describe('UTF-8', () => {
  it("is written as the platform's encoder writes it, halves of pairs included", () => {
    const halves = fc.string({
      unit: fc.integer({ min: 0xd700, max: 0xe100 }).map((code) => String.fromCharCode(code)),
    })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), halves), (text) => {
        expect(utf8Of(text)).toEqual(new Uint8Array(new TextEncoder().encode(text)))
      }),
      { numRuns: 2000 },
    )
  })

  it("is read as the platform's decoder reads it, wrong sequences included", () => {
    // Bytes about the borders of what may follow what.
    const border = fc.constantFrom(
      ...[0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee],
      ...[0xef, 0xbb, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
    )
    const whole = fc.string({ unit: 'binary' }).map((text) => [...new TextEncoder().encode(text)])
    fc.assert(
      fc.property(fc.array(fc.oneof(whole, fc.array(border, { maxLength: 6 })), { maxLength: 5 }), (parts) => {
        const bytes = Uint8Array.from(parts.flat())
        expect(textOfUtf8(bytes)).toBe(new TextDecoder().decode(bytes))
      }),
      { numRuns: 5000 },
    )
    expect(textOfUtf8(Uint8Array.from([0xef, 0xbb, 0xbf, 0x41]))).toBe('A')
  })
})
