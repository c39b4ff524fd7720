import { getAssociatedTokenAddressSync } from '@solana/spl-token'
import { Keypair, PublicKey } from '@solana/web3.js'
import { describe, expect, it } from 'vitest'
import { address, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../src/base/address.js'
import { isLamplightError } from '../../src/base/errors.js'
import { associatedAddressOf, createAssociatedAddresses, isOnCurve } from '../../src/token/associatedAddress.js'

const randomBytes = () => crypto.getRandomValues(new Uint8Array(32))
const randomAddress = () => address(new PublicKey(randomBytes()))

describe('against the reference client', () => {
  it.each([TOKEN_PROGRAM, TOKEN_2022_PROGRAM])(
    'derives the same address for 5,000 random pairs under %s',
    (program) => {
      for (let i = 0; i < 5_000; i++) {
        const [owner, mint] = [randomAddress(), randomAddress()]
        const reference = getAssociatedTokenAddressSync(
          new PublicKey(mint),
          new PublicKey(owner),
          true,
          new PublicKey(program),
        )
        expect(associatedAddressOf(owner, mint, program)).toBe(reference.toBase58())
      }
    },
    60_000,
  )

  it('agrees on which of 1,000 random 32 bytes are points of the curve', () => {
    for (let i = 0; i < 1_000; i++) {
      const bytes = randomBytes()
      expect(isOnCurve(bytes), Buffer.from(bytes).toString('hex')).toBe(PublicKey.isOnCurve(bytes))
    }
  }, 30_000)

  it('finds every key pair on the curve, and every derived address off it', () => {
    for (let i = 0; i < 100; i++) {
      const key = Keypair.generate().publicKey
      expect(isOnCurve(key.toBytes())).toBe(true)
      const derived = associatedAddressOf(address(key), randomAddress(), TOKEN_PROGRAM)
      expect(isOnCurve(new PublicKey(derived).toBytes())).toBe(false)
    }
  })
})

it('lets an owner be a derived address itself', () => {
  const vault = associatedAddressOf(randomAddress(), randomAddress(), TOKEN_PROGRAM)
  const mint = randomAddress()
  const reference = getAssociatedTokenAddressSync(new PublicKey(mint), new PublicKey(vault), true)
  expect(associatedAddressOf(vault, mint, TOKEN_PROGRAM)).toBe(reference.toBase58())
})

it('gives one owner and mint another address under another program', () => {
  const [owner, mint] = [randomAddress(), randomAddress()]
  expect(associatedAddressOf(owner, mint, TOKEN_PROGRAM)).not.toBe(associatedAddressOf(owner, mint, TOKEN_2022_PROGRAM))
})

describe('the remembering derivation', () => {
  it('gives what the pure one gives, however often and whatever has left it', () => {
    const associatedAddress = createAssociatedAddresses({ max: 3 })
    const pairs = Array.from({ length: 8 }, () => [randomAddress(), randomAddress()] as const)
    for (let round = 0; round < 3; round++)
      for (const [owner, mint] of pairs)
        expect(associatedAddress(owner, mint, TOKEN_PROGRAM)).toBe(associatedAddressOf(owner, mint, TOKEN_PROGRAM))
  })

  it('answers a known pair at least twenty times faster than it derives one', () => {
    const associatedAddress = createAssociatedAddresses()
    const pairs = Array.from({ length: 200 }, () => [randomAddress(), randomAddress()] as const)
    const timeOf = () => {
      const start = performance.now()
      for (const [owner, mint] of pairs) associatedAddress(owner, mint, TOKEN_PROGRAM)
      return performance.now() - start
    }
    const derived = timeOf()
    const remembered = Math.min(timeOf(), timeOf(), timeOf())
    expect(derived / remembered).toBeGreaterThan(20)
  })

  it('remembers nothing with max 0, and refuses a max that is no count', () => {
    const [owner, mint] = [randomAddress(), randomAddress()]
    expect(createAssociatedAddresses({ max: 0 })(owner, mint, TOKEN_PROGRAM)).toBe(
      associatedAddressOf(owner, mint, TOKEN_PROGRAM),
    )
    try {
      createAssociatedAddresses({ max: -1 })
      expect.unreachable()
    } catch (error) {
      expect(isLamplightError(error, 'input/invalid-value') && error.context.argument).toBe('max')
    }
  })
})
