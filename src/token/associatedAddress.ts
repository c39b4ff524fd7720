import { type Address, addressOfBytes, bytesOfAddress } from '../base/address.js'
import { countOf } from '../base/check.js'
import { createSha256 } from '../base/sha256.js'

/** How many derived addresses to remember. */
export interface AssociatedAddressesOptions {
  /** Addresses remembered; the oldest leaves first. @default 10_000 */
  readonly max?: number
}

/** Finds the account where `owner` keeps its `mint` tokens under a token program. */
export type AssociatedAddresses = (owner: Address, mint: Address, program: Address) => Address

const PROGRAM_BYTES = bytesOfAddress('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL' as Address)
const sha256 = /* @__PURE__ */ createSha256()
// Not with a TextEncoder: jsdom has none.
const MARKER = Uint8Array.from('ProgramDerivedAddress', (char) => char.charCodeAt(0))
const P = 2n ** 255n - 19n

/**
 * Derives associated token addresses and remembers them: one costs two hashes and two curve checks, and a list asks for
 * the same ones at every render.
 * @example
 * const associatedAddress = createAssociatedAddresses()
 * const account = associatedAddress(owner, mint, TOKEN_PROGRAM)
 */
export function createAssociatedAddresses({ max }: AssociatedAddressesOptions = {}): AssociatedAddresses {
  const limit = countOf('max', max, 10_000)
  const known = new Map<string, Address>()
  return (owner, mint, program) => {
    const key = `${owner}/${mint}/${program}`
    const held = known.get(key)
    if (held) return held
    const derived = associatedAddressOf(owner, mint, program)
    known.set(key, derived)
    for (const oldest of known.keys()) {
      if (known.size <= limit) break
      known.delete(oldest)
    }
    return derived
  }
}

/** Derives the account where `owner` keeps its `mint` tokens; the owner may itself be a program's address. */
export function associatedAddressOf(owner: Address, mint: Address, program: Address): Address {
  const seeds = new Uint8Array(32 * 4 + 1 + MARKER.length)
  seeds.set(bytesOfAddress(owner), 0)
  seeds.set(bytesOfAddress(program), 32)
  seeds.set(bytesOfAddress(mint), 64)
  seeds.set(PROGRAM_BYTES, 97)
  seeds.set(MARKER, 129)
  // Every second bump is one; that none of 256 is happens to nobody.
  for (let bump = 255; ; bump--) {
    seeds[96] = bump
    const hash = sha256(seeds)
    // A program's address has no private key: the first hash that is not a point of the curve is the one.
    if (!isOnCurve(hash)) return addressOfBytes(hash)
  }
}

/** Tells whether 32 bytes are a point of the ed25519 curve, which is what a key pair's address is. */
export function isOnCurve(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  let y = 0n
  for (let at = 24; at >= 0; at -= 8) y = (y << 64n) | view.getBigUint64(at, true)
  y = BigInt.asUintN(255, y)
  // x² = (y² − 1) / (d·y² + 1) with d = −121665/121666 has a root exactly when the product of the two is a square, and
  // still is one times 121666².
  const y2 = (y * y) % P
  return jacobi(((y2 + P - 1n) * 121666n * (121666n + 121665n * (P - y2))) % P, P) !== -1
}

/**
 * The Jacobi symbol (a/n) for odd n; for a prime n it is −1 exactly when `a` is not a square. Several times as fast as a
 * power, with the signs told from the low words, which are plain numbers.
 */
function jacobi(a: bigint, n: bigint): number {
  let flips = 0
  let low = lowWord(n)
  while (a) {
    const word = lowWord(a)
    const zeros = word ? 31 - Math.clz32(word & -word) : 32
    if (zeros) {
      a >>= BigInt(zeros)
      // Two is no square of what is 3 or 5 modulo 8.
      flips ^= zeros & ((low ^ (low >> 1)) >> 1)
      continue
    }
    flips ^= (word & low) >> 1
    low = word
    const rest = n % a
    n = a
    a = rest
  }
  return n === 1n ? 1 - 2 * (flips & 1) : 0
}
const lowWord = (a: bigint) => Number(BigInt.asUintN(32, a))
