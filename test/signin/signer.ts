import { ed25519 } from '@noble/curves/ed25519.js'
import { createSignInMessage, verifySignIn as libraryVerifySignIn } from '@solana/wallet-standard-util'
import { Keypair } from '@solana/web3.js'
import {
  createSignInInput,
  type SignInInput,
  type SignInProof,
  type SignInVerdict,
  type VerifySignInOptions,
  verifySignIn,
} from 'lamplight/signin-server'

/** The moment at which these tests take place. */
export const NOW = Date.parse('2026-11-21T12:00:00.000Z')
/** A clock that stands there. */
export const clock = { wallMs: () => NOW }
/** What the server of these tests asks. */
export const request = { domain: 'app.example', statement: 'Sign in to Example.' }

/** One who holds a key. */
export interface Signer {
  readonly address: string
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
}
/** A new key. */
export function createSigner(): Signer {
  const { publicKey, secretKey } = Keypair.generate()
  return {
    address: publicKey.toBase58(),
    publicKey: publicKey.toBytes(),
    sign: (message) => ed25519.sign(message, secretKey.slice(0, 32)),
  }
}

/** Bytes as a browser sends them. */
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** The bytes behind base64. */
export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

/** The bytes that the standard's own library makes a wallet sign. */
export const messageOf = (input: SignInInput, address: string): Uint8Array => createSignInMessage({ ...input, address })

/** A proof with any part of it replaced. */
export function proofOf(input: SignInInput, signer: Signer, change: Partial<SignInProof> = {}): SignInProof {
  const message = messageOf(input, signer.address)
  const [signedMessage, signature] = [base64(message), base64(signer.sign(message))]
  return { input, address: signer.address, signedMessage, signature, ...change }
}

/** A server with the nonces it issued. */
export function createServer(options: Partial<VerifySignInOptions> = {}) {
  const nonces = new Set<string>()
  return {
    nonces,
    ask(change: Partial<SignInInput> = {}): SignInInput {
      const input = { ...createSignInInput(request, { clock }), ...change }
      nonces.add(input.nonce)
      return input
    },
    verify: (proof: unknown): Promise<SignInVerdict> =>
      verifySignIn(proof, { ...request, clock, consumeNonce: async (nonce) => nonces.delete(nonce), ...options }),
  }
}

/** Why a sign-in was refused; `ok` when it was not. */
export const outcomeOf = (verdict: SignInVerdict): string => (verdict.ok ? 'ok' : verdict.reason)

/** What the library verifier says, used as its guide shows: input and output as they came from the browser. */
export const libraryAccepts = (proof: SignInProof, publicKey: Uint8Array) =>
  libraryVerifySignIn(proof.input, {
    account: { address: proof.address, publicKey, chains: [], features: [] },
    signedMessage: bytes(proof.signedMessage),
    signature: bytes(proof.signature),
  })
