// Written here because the read path's byte budget has no room for a general base-x and a whole hash library; both are
// held to well-known implementations by tests.
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Writes bytes in base58. */
export function base58Of(bytes: Uint8Array): string {
  let zeros = 0
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++
  let rest = 0n
  for (const byte of bytes) rest = (rest << 8n) | BigInt(byte)
  let text = ''
  // Ten digits at a time: dividing a large number is what costs.
  for (; rest > 0n; rest /= CHUNK) {
    let part = Number(rest % CHUNK)
    for (let i = 0; i < CHUNK_DIGITS && (rest >= CHUNK || part > 0); i++) {
      text = ALPHABET[part % 58] + text
      part = Math.floor(part / 58)
    }
  }
  return '1'.repeat(zeros) + text
}
const CHUNK_DIGITS = 9
const CHUNK = 58n ** BigInt(CHUNK_DIGITS)

/** Reads base58 as bytes; `undefined` when it is not base58. */
export function bytesOfBase58(text: string): Uint8Array | undefined {
  let zeros = 0
  while (text[zeros] === '1') zeros++
  let value = 0n
  for (let i = 0; i < text.length; i += CHUNK_DIGITS) {
    let part = 0
    const end = Math.min(i + CHUNK_DIGITS, text.length)
    for (let j = i; j < end; j++) {
      const digit = ALPHABET.indexOf(text[j] as string)
      if (digit < 0) return undefined
      part = part * 58 + digit
    }
    value = value * 58n ** BigInt(end - i) + BigInt(part)
  }
  const hex = value === 0n ? '' : value.toString(16)
  const size = Math.ceil(hex.length / 2)
  const bytes = new Uint8Array(zeros + size)
  const even = hex.padStart(size * 2, '0')
  for (let i = 0; i < size; i++) bytes[zeros + i] = Number.parseInt(even.slice(i * 2, i * 2 + 2), 16)
  return bytes
}
