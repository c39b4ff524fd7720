import { type Address, address } from '../../../src/base/address.js'
import { decodeBase58 } from '../../../src/base/base58.js'
import { fromBase64 } from '../ledger/accountEncoding.js'

/** The id a caller gives its request. */
export type RequestId = string | number | null

/** One request, once it was seen to be one. */
export interface RpcRequest {
  readonly id: RequestId
  readonly method: string
  readonly params: readonly unknown[]
}

/** An answer that says no: a code of JSON-RPC or of the node, and what to say. */
export interface RpcError extends Error {
  readonly code: number
  readonly data: unknown
}

/** Makes an answer that says no, to be thrown. */
export const rpcError = (code: number, message: string, data?: unknown): RpcError =>
  Object.assign(new Error(message), { name: 'RpcError', code, data })

const isRpcError = (error: unknown): error is RpcError => error instanceof Error && error.name === 'RpcError'

/** An answer to wrong parameters. */
export const invalidParams = (message: string): RpcError => rpcError(-32602, message)

// A character no address, log or name is made of.
const MARK = '\uE000'
const marked = new RegExp(`"${MARK}(-?\\d+)"`, 'g')

/** Writes JSON in which every bigint is an exact integer, however large. */
export function exactJson(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'bigint') return part
    const number = Number(part)
    return Number.isSafeInteger(number) ? number : MARK + part
  })
  return text.includes(MARK) ? text.replace(marked, '$1') : text
}

/** The frame of a good answer. */
export const resultOf = (id: RequestId, result: unknown): object => ({ jsonrpc: '2.0', result, id })

/** The frame of an answer that says no. */
export function errorOf(id: RequestId, error: unknown): object {
  const { code, message, data } = isRpcError(error)
    ? error
    : {
        code: -32603,
        message: `Internal error: ${error instanceof Error ? error.message : String(error)}`,
        data: undefined,
      }
  return { jsonrpc: '2.0', error: { code, message, ...(data !== undefined && { data }) }, id }
}

/** The frame of an answer to text that is no JSON. */
export const parseError: object = errorOf(null, rpcError(-32700, 'Parse error'))

/** Whether a value is an object with names. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isId = (id: unknown): id is RequestId => id === null || typeof id === 'string' || typeof id === 'number'

/** Reads one request; `null` when it is none, `'notification'` when it wants no answer. */
export function requestOf(body: unknown): RpcRequest | 'notification' | null {
  if (!isRecord(body) || body.jsonrpc !== '2.0' || typeof body.method !== 'string') return null
  if (body.id === undefined) return 'notification'
  if (!isId(body.id) || (body.params !== undefined && !Array.isArray(body.params))) return null
  return { id: body.id, method: body.method, params: body.params ?? [] }
}

/** The id of whatever was sent, to answer it by. */
export const idOf = (body: unknown): RequestId => (isRecord(body) && isId(body.id) ? body.id : null)

/** Checks a parameter that is an address. */
export function addressParam(value: unknown): Address {
  try {
    return address(value as string)
  } catch {
    throw invalidParams('Invalid param: Invalid')
  }
}

/** Checks a parameter that is a list. */
export function listParam(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidParams('Invalid params: invalid type, expected a sequence.')
  if (value.length > most) throw invalidParams(`Too many inputs provided; max ${most}`)
  return value
}

/** Checks a parameter that is a text. */
export function textParam(value: unknown): string {
  if (typeof value !== 'string') throw invalidParams('Invalid params: invalid type, expected a string.')
  return value
}

/** Checks a parameter that is a configuration, which may be left out. */
export function configParam(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) throw invalidParams('Invalid params: invalid type, expected a map.')
  return value
}

/** Checks a parameter that is a whole number, 0 or more. */
export function numberParam(value: unknown, fallback?: number): number {
  const number = value ?? fallback
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    throw invalidParams('Invalid params: invalid type, expected an unsigned integer.')
  return number
}

/** Reads bytes that came as text, at most `most` of them. */
export function bytesParam(text: string, encoding: unknown, most: number): Uint8Array {
  if (encoding !== undefined && encoding !== 'base58' && encoding !== 'base64')
    throw invalidParams(`unsupported encoding: ${String(encoding)}. Supported encodings: base58, base64`)
  let bytes: Uint8Array
  try {
    bytes = encoding === 'base64' ? fromBase64(text) : decodeBase58(text)
  } catch (cause) {
    throw invalidParams(`invalid ${encoding === 'base64' ? 'base64' : 'base58'} encoding: ${(cause as Error).message}`)
  }
  if (bytes.length > most)
    throw invalidParams(
      `decoded solana_transaction::versioned::VersionedTransaction too large: ${bytes.length} bytes (max: ${most} bytes)`,
    )
  return bytes
}
