import { type Clock, systemClock } from '../base/clock.js'
import { LamplightError } from '../base/errors.js'
import { type SignInInput, type SignInRequest, signInInputOf, signInRequestOf } from './signInText.js'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const NONCE_LENGTH = 24

/**
 * A text nobody can guess: 24 letters and digits, 142 bits of the platform's secure randomness.
 * @example
 * const nonce = createNonce()
 */
export function createNonce(): string {
  let nonce = ''
  while (nonce.length < NONCE_LENGTH) {
    // 256 is no multiple of 62: without leaving some out, the first letters would come more often.
    for (const byte of globalThis.crypto.getRandomValues(new Uint8Array(NONCE_LENGTH)))
      if (byte < 248 && nonce.length < NONCE_LENGTH) nonce += ALPHABET[byte % ALPHABET.length]
  }
  return nonce
}

/** How a question to one visitor is made. */
export interface CreateSignInInputOptions {
  /** How long the visitor may take, in milliseconds. @default 300_000 */
  readonly lifetimeMs?: number | undefined
  /** @default createNonce() */
  readonly nonce?: string | undefined
  /** @default the system's clock */
  readonly clock?: Pick<Clock, 'wallMs'> | undefined
}

/**
 * On a server: the question to put to one visitor's wallet, issued now and with a nonce of its own. Keep `nonce` with
 * the visitor's session until it is consumed or expired.
 * @throws LamplightError `input/invalid-value`
 * @example
 * const input = createSignInInput({ domain: 'app.example', statement: 'Sign in to Example.' })
 */
export function createSignInInput(request: SignInRequest, options: CreateSignInInputOptions = {}): SignInInput {
  const { lifetimeMs = 300_000, nonce = createNonce(), clock = systemClock } = options
  if (!(lifetimeMs > 0 && lifetimeMs <= MAX_LIFETIME_MS))
    throw new LamplightError('input/invalid-value', {
      argument: 'options.lifetimeMs',
      input: String(lifetimeMs),
      expected: `milliseconds above 0, up to ${MAX_LIFETIME_MS}`,
    })
  const now = clock.wallMs()
  return signInInputOf(
    {
      ...signInRequestOf(request),
      version: '1',
      nonce,
      issuedAt: new Date(now).toISOString(),
      expirationTime: new Date(now + lifetimeMs).toISOString(),
    },
    'options',
  )
}
const MAX_LIFETIME_MS = 86_400_000
