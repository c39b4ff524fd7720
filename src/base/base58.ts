// Written here because the read path's byte budget has no room for a general base-x and a whole hash library; both are
// held to well-known implementations by tests.
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** The most digits whose value times a byte a double still counts exactly, with room to spare. */
const LIMB_DIGITS = 5
const LIMB = 58 ** LIMB_DIGITS

/** Writes bytes in base58. In limbs of five digits: each account that is pushed holds two addresses, and a bigint is ten times slower. */
export function base58Of(bytes: Uint8Array): string {
  const limbs: number[] = []
  for (const byte of bytes) {
    let carry = byte
    for (let i = 0; i < limbs.length; i++) {
      const value = (limbs[i] as number) * 256 + carry
      carry = Math.floor(value / LIMB)
      limbs[i] = value - carry * LIMB
    }
    if (carry > 0) limbs.push(carry)
  }
  let text = ''
  for (let limb of limbs)
    for (let i = 0; i < LIMB_DIGITS; i++, limb = Math.floor(limb / 58)) text = ALPHABET[limb % 58] + text
  let zeros = 0
  while (bytes[zeros] === 0) zeros++
  return '1'.repeat(zeros) + text.replace(/^1+/, '')
}

/** Reads base58 as bytes; `undefined` when it is not base58. */
export function bytesOfBase58(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  let value = 0n
  for (const sign of text) {
    const digit = ALPHABET.indexOf(sign)
    if (digit < 0) return undefined
    value = value * 58n + BigInt(digit)
  }
  for (; value; value /= 256n) bytes.unshift(Number(value % 256n))
  for (let i = 0; text[i] === '1'; i++) bytes.unshift(0)
  return Uint8Array.from(bytes)
}

/** Reads base58 as bytes. @throws Error when it is not base58 */
export function decodeBase58(text: string): Uint8Array {
  const bytes = bytesOfBase58(text)
  if (!bytes) throw new Error('Non-base58 character')
  return bytes
}
