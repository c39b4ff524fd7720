// Written here because the read path's byte budget has no room for a general base-x and a whole hash library; both are
// held to well-known implementations by tests.
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Digits that are written in one step: a double holds a limb times two of the read ones exactly, with room to spare. */
const LIMB_DIGITS = 4

/**
 * The digits in another base, leading zeros kept. In limbs, and two at a time: each account that is pushed holds two
 * addresses, and each hook is given two, where a bigint is ten times slower.
 */
function digitsIn(to: number, digits: readonly number[] | Uint8Array, from: number): number[] {
  const size = to ** LIMB_DIGITS
  const limbs: number[] = []
  // Of an odd number the first pair has nothing in front.
  for (let at = -(digits.length % 2); at < digits.length; at += 2) {
    let carry = (digits[at] ?? 0) * from + (digits[at + 1] as number)
    for (let i = 0; i < limbs.length; i++) {
      const value = (limbs[i] as number) * from * from + carry
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
export function base58Of(bytes: Uint8Array): string {
  let text = ''
  for (const digit of digitsIn(58, bytes, 256)) text += ALPHABET[digit]
  return text
}

/** Reads base58 as bytes; `undefined` when it is not base58. */
export function bytesOfBase58(text: string): Uint8Array | undefined {
  const digits: number[] = []
  for (const sign of text) digits.push(ALPHABET.indexOf(sign))
  return digits.includes(-1) ? undefined : Uint8Array.from(digitsIn(256, digits, 58))
}

/** Reads base58 as bytes. @throws Error when it is not base58 */
export function decodeBase58(text: string): Uint8Array {
  const bytes = bytesOfBase58(text)
  if (!bytes) throw new Error('Non-base58 character')
  return bytes
}
