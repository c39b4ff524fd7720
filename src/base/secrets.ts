import { base64Of, bytesOfBase64, textOfUtf8, utf8Of } from './bytes.js'
import { readOr } from './check.js'

/** Parts of paths that everybody knows. */
const PUBLIC_PART =
  /^(v\d+|rpc|api|json|http|https|ws|wss|node|public|solana|mainnet|mainnet-beta|devnet|testnet|localnet)$/
/** Headers that every client sends. */
const PUBLIC_HEADER = /^(accept.*|content-.*|solana-client|user-agent)$/i
/** Shorter texts are parts of too many words. */
const MIN_SECRET = 3

/** What must not be told of how a node is reached: user, password, path and query of its address, and what headers say. */
export function secretsOf(url: string, headers: Readonly<Record<string, string>> = {}): readonly string[] {
  const { username, password, pathname, search, hash } = new URL(url)
  // Of `?name=value` the value; of `?key` all of it.
  const values = search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1))
  const parts = [username, password, ...pathname.split('/'), ...values, hash.slice(1)]
  const sent = Object.entries(headers).flatMap(([name, value]) => (PUBLIC_HEADER.test(name) ? [] : headerParts(value)))
  // What a client makes of user and password by itself.
  const basic = base64Of(utf8Of(`${decoded(username)}:${decoded(password)}`))
  const all = [...parts, ...parts.map(decoded), ...sent, basic].filter((part) => !PUBLIC_PART.test(part))
  return [...new Set(all)].filter(({ length }) => length >= MIN_SECRET)
}

/** A header's value, what follows its scheme, and what Basic has in base64. */
function headerParts(value: string): string[] {
  const [scheme = '', ...rest] = value.split(' ')
  const credentials = rest.join(' ')
  if (!/^basic$/i.test(scheme)) return [value, credentials]
  const bytes = bytesOfBase64(credentials) ?? new Uint8Array()
  // Which of the two it is nobody says.
  const plain = [textOfUtf8(bytes), [...bytes].map((byte) => String.fromCharCode(byte)).join('')]
  return [value, credentials, ...plain, ...plain.flatMap((text) => text.split(':'))]
}

/** A part of a URL as it was meant; one with a `%` that stands for itself is as it was written. */
export const decoded = (part: string): string => readOr(part, () => decodeURIComponent(part))
