import { type Address, address as addressOf } from '../base/address.js'
import { utf8Of } from '../base/bytes.js'
import { shown } from '../base/check.js'
import { LamplightError } from '../base/errors.js'
import { isObject } from '../base/wireText.js'

/** What a server asks people to sign: the part that is the same for every visitor. */
export interface SignInRequest {
  /** The host the page is served from, with its port when it is not the default: `location.host`. Wallets check it. */
  readonly domain: string
  /** One printable line, shown to the person. */
  readonly statement?: string
  /** The absolute URI the sign-in is for. Some wallets refuse one that is not of the page's origin. */
  readonly uri?: string
  /** One of the names that Sign In With Solana knows, such as `mainnet` or `solana:devnet`. */
  readonly chainId?: string
  /** Absolute URIs the person should know of. At most 32. */
  readonly resources?: readonly string[]
  /** The only address that may sign in. */
  readonly address?: string
  readonly requestId?: string
}

/** One question to one visitor; what a wallet's `solana:signIn` takes. Times are ISO 8601 with a time zone. */
export interface SignInInput extends SignInRequest {
  readonly version: '1'
  /** 8 to 128 letters and digits, issued by the server for this question alone. */
  readonly nonce: string
  readonly issuedAt: string
  readonly expirationTime: string
  readonly notBefore?: string
}

/** The longest text that is signed or looked at, in bytes. */
export const MAX_TEXT_BYTES = 4096

const URI_SIGNS = "[\\w.~:/?#[\\]@!$&'()*+,;=%-]"
const uri = { is: new RegExp(`^[A-Za-z][A-Za-z0-9+.-]*:${URI_SIGNS}+$`), expected: 'an absolute URI' }
const time = {
  is: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
  expected: 'a date and time in ISO 8601 with a time zone',
}
/** Each field's label in the text, and its grammar: that of Sign In With Solana, and nothing that could fake a line. */
const fields = {
  // No user part: `bank.example@thief.example` must not pass for a bank.
  domain: { label: '', is: /^[A-Za-z0-9._~:[\]-]{1,261}$/, expected: 'a host, as in location.host' },
  address: { label: '', is: /^[1-9A-HJ-NP-Za-km-z]{32,44}$/, expected: 'a base58 address' },
  // Format characters (Cf) turn the direction of text, so that it reads as another.
  statement: {
    label: '',
    is: /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u,
    expected: 'one line of printable text',
  },
  uri: { label: 'URI', ...uri },
  version: { label: 'Version', is: /^1$/, expected: "'1'" },
  chainId: {
    label: 'Chain ID',
    is: /^(solana:)?(mainnet|testnet|devnet|localnet)$/,
    expected: 'mainnet, testnet, devnet or localnet, with or without "solana:"',
  },
  nonce: { label: 'Nonce', is: /^[A-Za-z0-9]{8,128}$/, expected: '8 to 128 letters and digits' },
  issuedAt: { label: 'Issued At', ...time },
  expirationTime: { label: 'Expiration Time', ...time },
  notBefore: { label: 'Not Before', ...time },
  requestId: {
    label: 'Request ID',
    is: /^[\w.~!$&'()*+,;=:@%-]{1,256}$/,
    expected: 'letters, digits and signs of a URI',
  },
} as const
type Field = keyof typeof fields
const names = Object.keys(fields) as readonly Field[]
const required: ReadonlySet<string> = new Set(['domain', 'version', 'nonce', 'issuedAt', 'expirationTime'])
const MAX_RESOURCES = 32

const refuse = (argument: string, input: unknown, expected: string): never => {
  throw new LamplightError('input/invalid-value', { argument, input: shown(input), expected })
}

/**
 * Checks what came from elsewhere, field by field, and gives a copy of the known fields alone.
 * @param argument What the error calls it.
 * @throws LamplightError `input/invalid-value`
 */
export function signInInputOf(value: unknown, argument = 'input'): SignInInput {
  return read(value, argument, required) as unknown as SignInInput
}

/**
 * Checks what a server asks of every visitor alike; other fields are left out.
 * @throws LamplightError `input/invalid-value`
 */
export function signInRequestOf(value: unknown, argument = 'request'): SignInRequest {
  const { version, nonce, issuedAt, expirationTime, notBefore, ...request } = read(value, argument, new Set(['domain']))
  return request as unknown as SignInRequest
}

function read(value: unknown, argument: string, needed: ReadonlySet<string>): Record<string, unknown> {
  if (!isObject(value)) return refuse(argument, value, 'an object')
  const checked: Record<string, unknown> = {}
  for (const name of names) {
    const field = value[name]
    if (field === undefined && !needed.has(name)) continue
    checked[name] = fieldOf(name, field, `${argument}.${name}`)
  }
  if (value.resources !== undefined) checked.resources = resourcesOf(value.resources, `${argument}.resources`)
  return checked
}

function fieldOf(name: Field, value: unknown, argument: string): string {
  const { is, expected } = fields[name]
  // A long text is refused before a pattern reads it.
  if (typeof value !== 'string' || value.length > MAX_TEXT_BYTES || !is.test(value))
    return refuse(argument, value, expected)
  if (is === time.is && Number.isNaN(Date.parse(value))) return refuse(argument, value, expected)
  return value
}

function resourcesOf(value: unknown, argument: string): readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_RESOURCES)
    return refuse(argument, value, `a list of at most ${MAX_RESOURCES} URIs`)
  return Array.from(value, (each: unknown, i) =>
    typeof each === 'string' && each.length <= MAX_TEXT_BYTES && uri.is.test(each)
      ? each
      : refuse(`${argument}[${i}]`, each, uri.expected),
  )
}

/**
 * The text of Sign In With Solana that `address` signs: a wallet makes the same of the same input
 * (https://github.com/phantom/sign-in-with-solana).
 * @throws LamplightError `input/invalid-value` for a field that is not of its grammar, `input/invalid-address`
 * @example
 * const text = signInTextOf(createSignInInput({ domain: 'app.example' }), owner)
 */
export function signInTextOf(input: SignInInput, address: Address | string): string {
  const checked = signInInputOf(input)
  const signer = addressOf(address)
  if (checked.address !== undefined && checked.address !== signer) refuse('address', signer, checked.address)
  const { domain, statement, resources } = checked
  const lines = names.flatMap((name) => {
    const { label } = fields[name]
    return label && checked[name] !== undefined ? [`${label}: ${checked[name]}`] : []
  })
  if (resources) lines.push('Resources:', ...resources.map((each) => `- ${each}`))
  const head = `${domain} wants you to sign in with your Solana account:\n${signer}`
  const text = [head, ...(statement === undefined ? [] : [statement]), lines.join('\n')].join('\n\n')
  if (utf8Of(text).length > MAX_TEXT_BYTES)
    refuse('input', `a text of ${text.length} characters`, `at most ${MAX_TEXT_BYTES} bytes`)
  return text
}
