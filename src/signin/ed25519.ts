import { LamplightError } from '../base/errors.js'

// RFC 8032 §5.1. The engines behind WebCrypto differ in what they let pass (Node's takes keys of small order, of which a
// signature is valid for any text); what is decided here from the bytes alone, they cannot decide differently.
const P = 2n ** 255n - 19n
const L = 2n ** 252n + 27742317777372353535851937790883648493n
/** A coordinate y of the points of order 8; the others have -y. */
const Y8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n
const smallOrder: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, Y8, P - Y8])

const littleEndian = (bytes: Uint8Array) => bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n)

/** Whether 32 bytes are a point of small order, or a point written in a second way: nobody's honest key is. */
export function isWeakPoint(bytes: Uint8Array): boolean {
  const y = BigInt.asUintN(255, littleEndian(bytes))
  return y >= P || smallOrder.has(y)
}

/**
 * Whether a signature is strictly valid: of this key, over these bytes, and written in the one canonical way.
 * @throws LamplightError `input/invalid-value` where the runtime has no Ed25519
 */
export async function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false
  const isCanonical = !isWeakPoint(signature.subarray(0, 32)) && littleEndian(signature.subarray(32)) < L
  if (!isCanonical || isWeakPoint(key)) return false
  const { subtle } = globalThis.crypto ?? {}
  if (!subtle) throw unsupported()
  let imported: CryptoKey
  try {
    imported = await subtle.importKey('raw', owned(key), 'Ed25519', false, ['verify'])
  } catch (cause) {
    // Some engines tell a key that is no point of the curve here, others by a signature that is not valid.
    if (cause instanceof Error && cause.name === 'DataError') return false
    throw unsupported(cause)
  }
  return subtle.verify('Ed25519', imported, owned(signature), owned(message))
}

/** WebCrypto's types take no view into memory that may be shared. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

const unsupported = (cause?: unknown) =>
  new LamplightError(
    'input/invalid-value',
    {
      argument: 'crypto.subtle',
      input: 'a WebCrypto without Ed25519',
      expected: 'Node.js 20, or another runtime that has it, in a secure context',
    },
    { cause },
  )
