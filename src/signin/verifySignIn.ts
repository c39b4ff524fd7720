import { type Address, address as addressOf, bytesOfAddress } from '../base/address.js'
import { utf8Of } from '../base/bytes.js'
import { type Clock, systemClock } from '../base/clock.js'
import { isLamplightError, LamplightError } from '../base/errors.js'
import { isWeakPoint, verifyEd25519 } from './ed25519.js'
import { type ReadProof, readProof } from './signInProof.js'
import {
  MAX_TEXT_BYTES,
  type SignInInput,
  type SignInRequest,
  signInInputOf,
  signInRequestOf,
  signInTextOf,
} from './signInText.js'

/**
 * Why a sign-in was refused:
 * - `malformed`: not a proof, or a field that is not of its grammar
 * - `domain`: the person was asked by another site
 * - `request`: another question than this server asks
 * - `expired`, `not-yet-valid`, `lifetime`: outside its times, or valid for longer than is allowed
 * - `address`: not an address, or not the one that was asked
 * - `weak-key`: an address nobody holds the key of, for which signatures can be made up
 * - `message`: other bytes were signed than this question's text
 * - `signature`: not this address's signature over that text
 * - `nonce`: never issued, or used before
 */
export type SignInRefusal =
  | 'malformed'
  | 'domain'
  | 'request'
  | 'expired'
  | 'not-yet-valid'
  | 'lifetime'
  | 'address'
  | 'weak-key'
  | 'message'
  | 'signature'
  | 'nonce'

/** The judgement over a sign-in. `why` is for logs: it may hold a short piece of what was sent. */
export type SignInVerdict =
  | { readonly ok: true; readonly address: Address; readonly input: SignInInput }
  | { readonly ok: false; readonly reason: SignInRefusal; readonly why: string }

/** What this server asks of everybody, and how it knows its own questions. */
export interface VerifySignInOptions extends SignInRequest {
  /**
   * Whether this nonce was issued and not used before; takes it out in the same step, so that of two requests at once one
   * gets `false`. Anything but `true` refuses; what it throws is thrown on. Called last, for valid signatures only.
   */
  readonly consumeNonce: (nonce: string) => boolean | Promise<boolean>
  /** The longest time from `issuedAt` to `expirationTime`, in milliseconds. @default 600_000 */
  readonly maxLifetimeMs?: number | undefined
  /** How far ahead `issuedAt` and `notBefore` may be of this server's clock, in milliseconds. @default 30_000 */
  readonly clockSkewMs?: number | undefined
  /** @default the system's clock */
  readonly clock?: Pick<Clock, 'wallMs'> | undefined
}

/**
 * On a server: judges what a browser sent after `useSignIn()`. The text is built again from the question, the key is the
 * claimed address itself, and whatever this server did not ask for is refused. Never throws for what was sent.
 * @throws LamplightError `input/invalid-value` for wrong options, or a runtime whose WebCrypto has no Ed25519
 * @example
 * const verdict = await verifySignIn(body, {
 *   domain: 'app.example',
 *   consumeNonce: async (nonce) => issuedNonces.delete(nonce),
 * })
 * if (verdict.ok) console.log(verdict.address)
 */
export async function verifySignIn(proof: unknown, options: VerifySignInOptions): Promise<SignInVerdict> {
  const asked = signInRequestOf(options, 'options')
  if (typeof options.consumeNonce !== 'function')
    throw new LamplightError('input/invalid-value', {
      argument: 'options.consumeNonce',
      input: typeof options.consumeNonce,
      expected: 'a function that takes a nonce and gives a boolean',
    })
  const sent = readProof(proof, MAX_TEXT_BYTES)
  if ('why' in sent) return refused('malformed', sent.why)
  const read = readQuestion(sent)
  if ('ok' in read) return read
  const { input, address, text } = read
  const refusal = otherQuestion(input, asked) ?? otherTime(input, options) ?? (await otherSigner(sent, address, text))
  if (refusal) return refusal
  if ((await options.consumeNonce(input.nonce)) !== true)
    return refused('nonce', 'the nonce was never issued, or used before')
  return { ok: true, address, input }
}

const refused = (reason: SignInRefusal, why: string) => ({ ok: false, reason, why }) as const

function readQuestion({ input: sent, address: claimed }: ReadProof) {
  try {
    const input = signInInputOf(sent)
    const address = addressOf(claimed)
    if (input.address !== undefined && input.address !== address)
      return refused('address', `${address} is not the address that was asked`)
    return { input, address, text: signInTextOf(input, address) }
  } catch (error) {
    if (!isLamplightError(error)) throw error
    return refused(error.code === 'input/invalid-address' ? 'address' : 'malformed', error.message)
  }
}

function otherQuestion(input: SignInInput, asked: SignInRequest) {
  if (input.domain !== asked.domain) return refused('domain', `the text is for ${input.domain}, not ${asked.domain}`)
  for (const name of ['address', 'statement', 'uri', 'chainId', 'requestId'] as const)
    if (input[name] !== asked[name]) return refused('request', `${name} is not what this server asks`)
  if (JSON.stringify(input.resources) !== JSON.stringify(asked.resources))
    return refused('request', 'resources are not what this server asks')
  return undefined
}

function otherTime({ issuedAt, expirationTime, notBefore }: SignInInput, options: VerifySignInOptions) {
  const { clock = systemClock, clockSkewMs = 30_000, maxLifetimeMs = 600_000 } = options
  const now = clock.wallMs()
  const [issuedMs, expiresMs] = [Date.parse(issuedAt), Date.parse(expirationTime)]
  // Written so that a bound which is no number refuses.
  if (!(now < expiresMs)) return refused('expired', `valid until ${expirationTime}`)
  if (!(issuedMs <= now + clockSkewMs)) return refused('not-yet-valid', `issued at ${issuedAt}`)
  if (notBefore !== undefined && !(Date.parse(notBefore) <= now + clockSkewMs))
    return refused('not-yet-valid', `not before ${notBefore}`)
  if (!(expiresMs - issuedMs <= maxLifetimeMs))
    return refused('lifetime', `valid for ${expiresMs - issuedMs} ms, at most ${maxLifetimeMs} are allowed`)
  return undefined
}

async function otherSigner({ signedMessage, signature }: ReadProof, address: Address, text: string) {
  const key = bytesOfAddress(address)
  if (isWeakPoint(key)) return refused('weak-key', `${address} is a point of small order, or not canonical`)
  const message = utf8Of(text)
  if (message.length !== signedMessage.length || message.some((byte, i) => byte !== signedMessage[i]))
    return refused('message', 'the bytes that were signed are not the text of this question')
  if (!(await verifyEd25519(key, message, signature)))
    return refused('signature', `not a signature of ${address} over this text`)
  return undefined
}
