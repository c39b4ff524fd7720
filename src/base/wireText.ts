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
