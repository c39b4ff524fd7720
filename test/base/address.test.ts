import { Keypair, PublicKey } from '@solana/web3.js'
import { expect, it } from 'vitest'
import {
  address,
  addressOfBytes,
  addressOfProgram,
  bytesOfAddress,
  SYSTEM_PROGRAM,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
} from '../../src/base/address.js'
import { isLamplightError } from '../../src/base/errors.js'
import { optionalAddressAt, tokenProgramOf } from '../../src/token/account.js'

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

it('takes a PublicKey, a text and an address, and gives the same base58', () => {
  for (let i = 0; i < 200; i++) {
    const key = Keypair.generate().publicKey
    expect(address(key)).toBe(key.toBase58())
    expect(address(key.toBase58())).toBe(key.toBase58())
    expect(address(address(key))).toBe(key.toBase58())
  }
})

it('accepts an address with leading zero bytes', () => {
  expect(address('11111111111111111111111111111111')).toBe(SYSTEM_PROGRAM)
  const low = new PublicKey(Uint8Array.from({ length: 32 }, (_, i) => (i < 5 ? 0 : i)))
  expect(address(low.toBase58())).toBe(low.toBase58())
})

it.each([
  ['', 'empty'],
  ['0OIl', 'not base58'],
  ['So1111', '5 bytes, not 32'],
  ['é'.repeat(40), 'not base58'],
  [' So11111111111111111111111111111111111111112', 'not base58'],
  ['2'.repeat(45), 'longer than 44 characters'],
  ['1'.repeat(33), '33 bytes, not 32'],
])('refuses %j and says why', (input, why) => {
  const error = thrownBy(() => address(input, 'mint'))
  expect(isLamplightError(error, 'input/invalid-address') && error.context).toMatchObject({ argument: 'mint', why })
})

it.each([null, undefined, 5, {}])('refuses %j, which is neither a key nor a text', (input) => {
  const error = thrownBy(() => address(input as unknown as string, 'owner'))
  expect(isLamplightError(error, 'input/invalid-address') && error.context.argument).toBe('owner')
})

it('refuses a hostile text at once, and shows no more of it than fits a message', () => {
  const start = performance.now()
  const error = thrownBy(() => address('x'.repeat(1_000_000)))
  expect((error as Error).message.length).toBeLessThan(250)
  expect(performance.now() - start).toBeLessThan(200)
})

it('turns bytes into an address and back', () => {
  const key = Keypair.generate().publicKey
  expect(addressOfBytes(key.toBytes())).toBe(key.toBase58())
  expect(bytesOfAddress(address(key))).toEqual(key.toBytes())
})

it('reads an optional address, and tells a tag the program never writes', () => {
  const key = Keypair.generate().publicKey
  const bytes = new Uint8Array(40)
  bytes.set(key.toBytes(), 8)
  const view = new DataView(bytes.buffer, 4)
  expect(optionalAddressAt(view, 0)).toBeNull()
  view.setUint32(0, 1, true)
  expect(optionalAddressAt(view, 0)).toBe(key.toBase58())
  view.setUint32(0, 2, true)
  expect(optionalAddressAt(view, 0)).toBeUndefined()
})

it('knows the two token programs by name', () => {
  expect(tokenProgramOf(TOKEN_PROGRAM)).toBe('token')
  expect(tokenProgramOf(TOKEN_2022_PROGRAM)).toBe('token-2022')
  expect(tokenProgramOf(SYSTEM_PROGRAM)).toBeUndefined()
  expect(addressOfProgram('token')).toBe(TOKEN_PROGRAM)
  expect(addressOfProgram('token-2022')).toBe(TOKEN_2022_PROGRAM)
})
