// Written here because the read path's byte budget has no room for a general base-x and a whole hash library; both are
// held to well-known implementations by tests.
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Writes bytes in base58. */
export function base58Of(bytes: Uint8Array): string {
  let text = ''
  let rest = 0n
  for (const byte of bytes) rest = rest * 256n + BigInt(byte)
  for (; rest; rest /= 58n) text = ALPHABET[Number(rest % 58n)] + text
  for (let i = 0; bytes[i] === 0; i++) text = `1${text}`
  return text
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
