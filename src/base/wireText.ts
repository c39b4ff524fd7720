// JSON cannot carry an integer above 2^53 through JSON.parse, and a balance in lamports can be one.
const BIG_LAMPORTS = /"lamports":\s*(\d{16,})/g

/** Parses JSON-RPC text; `lamports` too large for a double arrive as text. `undefined` when it is not JSON. */
export function parseRpcText(text: string): unknown {
  try {
    return JSON.parse(text.replace(BIG_LAMPORTS, '"lamports":"$1"'))
  } catch {
    return undefined
  }
}

/** Whether a parsed value is a JSON object. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The bytes behind base64 text; `undefined` when it is not base64. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text)
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
    return bytes
  } catch {
    return undefined
  }
}

/** Bytes as base64 text. */
export function base64Of(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
