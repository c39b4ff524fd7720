import { base64Of, bytesOfBase64 } from '../base/bytes.js'
import { isObject } from '../base/wireText.js'
import type { SignInInput } from './signInText.js'

/** What a wallet answered, as JSON can carry it from a browser to a server. */
export interface SignInProof {
  /** The question, as it was put to the wallet. */
  readonly input: SignInInput
  /** Who claims to have signed. */
  readonly address: string
  /** The bytes that were signed, in base64. */
  readonly signedMessage: string
  /** The Ed25519 signature, in base64. */
  readonly signature: string
}

/** A proof whose parts are not judged yet, beyond what they are. */
export interface ReadProof {
  readonly input: unknown
  readonly address: string
  readonly signedMessage: Uint8Array
  readonly signature: Uint8Array
}

/** Reads what claims to be a proof; says why when it is none. */
export function readProof(value: unknown, maxBytes: number): ReadProof | { readonly why: string } {
  if (!isObject(value)) return { why: 'not an object' }
  const { input, address } = value
  if (typeof address !== 'string') return { why: 'address is not a text' }
  const signedMessage = bytesIn(value.signedMessage, maxBytes)
  const signature = bytesIn(value.signature, 64)
  if (!signedMessage) return { why: `signedMessage is not base64 of at most ${maxBytes} bytes` }
  if (signature?.length !== 64) return { why: 'signature is not base64 of 64 bytes' }
  return { input, address, signedMessage, signature }
}

function bytesIn(value: unknown, maxBytes: number): Uint8Array | undefined {
  // Measured before it is read.
  if (typeof value !== 'string' || value.length > Math.ceil(maxBytes / 3) * 4) return undefined
  const bytes = bytesOfBase64(value)
  // The decoder overlooks spaces and loose bits at the end; one proof has one spelling.
  return bytes && base64Of(bytes) === value ? bytes : undefined
}
