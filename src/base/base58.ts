// Written here because the read path's byte budget has no room for a general base-x and a whole hash library; both are
// held to well-known implementations by tests.
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Digits of the new base that are worked on as one: a double counts them times the old base exactly, with room to spare. */
const LIMB_DIGITS = 5

/**
 * The digits in another base, leading zeros kept. In limbs: each account that is pushed holds two addresses, and each hook is
 * given two, where a bigint is ten times slower.
 */
function digitsIn(to: number, digits: ArrayLike<number>, from: number): number[] {
  const size = to ** LIMB_DIGITS
  const limbs: number[] = []
  for (let at = 0; at < digits.length; at++) {
    let carry = digits[at] as number
    for (let i = 0; i < limbs.length; i++) {
      const value = (limbs[i] as number) * from + carry
      carry = Math.floor(value / size)
      limbs[i] = value - carry * size
    }
    if (carry > 0) limbs.push(carry)
  }
  const found: number[] = []
  for (let limb of limbs) for (let i = 0; i < LIMB_DIGITS; i++, limb = Math.floor(limb / to)) found.push(limb % to)
  while (found.at(-1) === 0) found.pop()
  for (let i = 0; digits[i] === 0; i++) found.push(0)
  return found.reverse()
}

/** Writes bytes in base58. */
export const base58Of = (bytes: Uint8Array): string =>
  digitsIn(58, bytes, 256)
    .map((digit) => ALPHABET[digit])
    .join('')

/** Reads base58 as bytes; `undefined` when it is not base58. */
export function bytesOfBase58(text: string): Uint8Array | undefined {
  const digits = Array.from(text, (sign) => ALPHABET.indexOf(sign))
  return digits.includes(-1) ? undefined : Uint8Array.from(digitsIn(256, digits, 58))
}

/** Reads base58 as bytes. @throws Error when it is not base58 */
export function decodeBase58(text: string): Uint8Array {
  const bytes = bytesOfBase58(text)
  if (!bytes) throw new Error('Non-base58 character')
  return bytes
}
