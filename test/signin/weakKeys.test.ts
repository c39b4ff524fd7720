import { createHash } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { PublicKey } from '@solana/web3.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  base64,
  createServer,
  createSigner,
  libraryAccepts,
  messageOf,
  outcomeOf,
  proofOf,
  type Signer,
} from './signer.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** 32 bytes, the least first. */
const littleEndian = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse()

/** Every way to write one of the eight points whose order divides 8, the second ways included. */
function smallOrderEncodings(): Uint8Array[] {
  const torsion = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
  const canonical = Array.from({ length: 8 }, (_, i) =>
    i === 0 ? ed25519.Point.ZERO : torsion.multiplyUnsafe(BigInt(i)),
  )
  const seen = new Map<string, Uint8Array>()
  const p = ed25519.Point.CURVE().p
  for (const point of canonical) {
    const { y } = point.toAffine()
    for (const value of [y, y + p])
      for (const sign of [0n, 1n]) {
        if (value >= 2n ** 255n) continue
        const hex = (value + (sign << 255n)).toString(16).padStart(64, '0')
        seen.set(hex, Uint8Array.from(Buffer.from(hex, 'hex')).reverse())
      }
  }
  return [...seen.values()]
}

describe('keys nobody holds', () => {
  const forged = Uint8Array.of(1, ...new Uint8Array(63))
  const addresses = smallOrderEncodings().map((key) => new PublicKey(key).toBase58())

  it('are the fourteen encodings that are known, 111…111 among them', () => {
    expect(addresses).toHaveLength(14)
    expect(addresses).toContain('1'.repeat(32))
  })

  it('are refused, each with a signature that the library verifier takes for any text', async () => {
    const accepted: string[] = []
    for (const address of addresses) {
      const server = createServer()
      const input = server.ask()
      const nobody: Signer = { address, publicKey: new PublicKey(address).toBytes(), sign: () => forged }
      const proof = proofOf(input, nobody)
      if (libraryAccepts(proof, nobody.publicKey)) accepted.push(address)
      expect(outcomeOf(await server.verify(proof))).toBe('weak-key')
      expect(server.nonces.has(input.nonce)).toBe(true)
    }
    expect(accepted.length).toBeGreaterThan(7)
    expect(accepted).toContain('1'.repeat(32))
  })

  it('are refused as the point R, also when who holds the key made the signature fit', async () => {
    const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(ed25519.utils.randomSecretKey())
    const { Fn, ZERO } = ed25519.Point
    const sign = (message: Uint8Array) => {
      const hash = createHash('sha512').update(ZERO.toBytes()).update(pointBytes).update(message).digest()
      const s = Fn.mul(Fn.create(BigInt(`0x${hash.reverse().toString('hex')}`)), scalar)
      return Uint8Array.of(...ZERO.toBytes(), ...littleEndian(s))
    }
    const holder = { address: new PublicKey(pointBytes).toBase58(), publicKey: pointBytes, sign }
    const server = createServer()
    const proof = proofOf(server.ask(), holder)
    expect(libraryAccepts(proof, pointBytes)).toBe(true)
    expect(outcomeOf(await server.verify(proof))).toBe('signature')
  })

  it('are refused, and so is a second way to write S, where the engine behind WebCrypto takes everything', async () => {
    const signer = createSigner()
    const server = createServer()
    const input = server.ask()
    const honest = signer.sign(messageOf(input, signer.address))
    const [r, s] = [honest.subarray(0, 32), honest.subarray(32)]
    const second = littleEndian(BigInt(`0x${Buffer.from(s).reverse().toString('hex')}`) + ed25519.Point.Fn.ORDER)
    const weak = [...smallOrderEncodings().map((point) => [...point, ...s]), [...r, ...second]]
    const right = proofOf(input, signer)
    vi.stubGlobal('crypto', { subtle: { importKey: async () => ({}), verify: async () => true } })
    for (const signature of weak) {
      const proof = { ...right, signature: base64(Uint8Array.from(signature)) }
      expect(outcomeOf(await server.verify(proof))).toBe('signature')
    }
    expect(outcomeOf(await server.verify(right))).toBe('ok')
  })

  it('are refused when they are no point of the curve at all, as addresses of programs are', async () => {
    const [derived] = PublicKey.findProgramAddressSync([Buffer.from('vault')], PublicKey.default)
    const server = createServer()
    const nobody = { address: derived.toBase58(), publicKey: derived.toBytes(), sign: () => forged }
    expect(outcomeOf(await server.verify(proofOf(server.ask(), nobody)))).toBe('signature')
  })
})
