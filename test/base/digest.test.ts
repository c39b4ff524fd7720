import { createHash, randomBytes } from 'node:crypto'
import bs58 from 'bs58'
import { describe, expect, it } from 'vitest'
import { base58Of, bytesOfBase58 } from '../../src/base/base58.js'
import { createSha256 } from '../../src/base/sha256.js'

describe('sha256', () => {
  it("equals Node's own over every length around the block size and random lengths beyond", () => {
    const sha256 = createSha256()
    for (let length = 0; length < 600; length++) {
      const message = randomBytes(length)
      expect(Buffer.from(sha256(message)).toString('hex')).toBe(createHash('sha256').update(message).digest('hex'))
    }
  })
})

describe('base58', () => {
  it('equals bs58 both ways, leading zeros included', () => {
    for (let i = 0; i < 5000; i++) {
      const bytes = new Uint8Array(randomBytes(i % 70))
      bytes.fill(0, 0, i % 7)
      expect(base58Of(bytes)).toBe(bs58.encode(bytes))
      expect(bytesOfBase58(bs58.encode(bytes))).toEqual(bytes)
    }
  }, 30_000)

  it.each(['0', 'O', 'I', 'l', 'abc!', ' 11', '1\n', 'é'])('refuses %j', (text) => {
    expect(bytesOfBase58(text)).toBeUndefined()
  })
})
