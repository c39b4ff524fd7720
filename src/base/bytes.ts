// By hand: a host without `atob` or `TextEncoder` (React Native, jsdom) would have every account unreadable.

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const NO_DIGIT = 255
const VALUES = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) => DIGITS.indexOf(String.fromCharCode(code)))

/** The bytes behind base64 text, padded or not; `undefined` when it is not base64. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/={1,2}$/, '')
  const isPadded = digits.length < text.length
  if (digits.length % 4 === 1 || (isPadded && text.length % 4 > 0)) return undefined
  const bytes = new Uint8Array((digits.length * 6) >> 3)
  let [bits, waiting, at] = [0, 0, 0]
  for (let i = 0; i < digits.length; i++) {
    const value = VALUES[digits.charCodeAt(i)] ?? NO_DIGIT
    if (value === NO_DIGIT) return undefined
    // What is shifted out has been written.
    bits = (bits << 6) | value
    waiting += 6
    if (waiting < 8) continue
    waiting -= 8
    bytes[at++] = bits >> waiting
  }
  return bytes
}

/** Bytes as base64 text. */
export function base64Of(bytes: Uint8Array): string {
  let text = ''
  const byteAt = (at: number) => bytes[at] ?? 0
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = (byteAt(at) << 16) | (byteAt(at + 1) << 8) | byteAt(at + 2)
    for (let shift = 18; shift >= 0; shift -= 6) text += DIGITS[(bits >> shift) & 63]
  }
  const missing = (3 - (bytes.length % 3)) % 3
  return text.slice(0, text.length - missing) + '='.repeat(missing)
}

/** Bytes as hexadecimal text. */
export const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const REPLACEMENT = 0xfffd

/** Text in UTF-8; what is no character (half of a surrogate pair) becomes U+FFFD. */
export function utf8Of(text: string): Uint8Array {
  const bytes: number[] = []
  for (const char of text) {
    const given = char.codePointAt(0) as number
    const code = given >= 0xd800 && given < 0xe000 ? REPLACEMENT : given
    const more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3
    bytes.push(more === 0 ? code : ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more)))
    for (let left = more - 1; left >= 0; left--) bytes.push(0x80 | ((code >> (6 * left)) & 0x3f))
  }
  return Uint8Array.from(bytes)
}

/** The text behind UTF-8, by the rules of https://encoding.spec.whatwg.org: each wrong sequence becomes U+FFFD. */
export function textOfUtf8(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at++] as number
    const more = lead < 0x80 ? 0 : lead < 0xc2 || lead > 0xf4 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3
    let code = lead & (more > 0 ? 0x3f >> more : 0x7f)
    // Of a longer form than need be, of half a surrogate pair and beyond the last character the second byte tells.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    let left = more
    for (let next = bytes[at]; left > 0 && next !== undefined && next >= low && next <= high; next = bytes[++at]) {
      code = (code << 6) | (next & 0x3f)
      left--
      ;[low, high] = [0x80, 0xbf]
    }
    text += String.fromCodePoint(left === 0 ? code : REPLACEMENT)
  }
  return text.replace(/^\ufeff/, '')
}
