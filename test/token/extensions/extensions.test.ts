import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Address, addressOfBytes, bytesOfAddress, TOKEN_2022_PROGRAM } from '../../../src/base/address.js'
import { isLamplightError, LamplightError } from '../../../src/base/errors.js'
import type { AccountAt } from '../../../src/token/account.js'
import { decodeMint } from '../../../src/token/mint.js'
import { recordOf } from '../../../src/token/record.js'
import { decodeTokenAccount } from '../../../src/token/tokenAccount.js'

const [at, other] = [7, 8].map((n) => addressOfBytes(new Uint8Array(32).fill(n))) as [Address, Address]
type Entry = readonly [type: number, value: Uint8Array]

/** A mint or token account of Token-2022 with these extensions. */
function accountOf(kind: 'mint' | 'token account', entries: readonly Entry[]): AccountAt {
  const data = [...new Uint8Array(165), kind === 'mint' ? 1 : 2]
  data[kind === 'mint' ? 45 : 108] = 1
  for (const [type, value] of entries) data.push(type & 255, type >> 8, value.length & 255, value.length >> 8, ...value)
  return { address: at, slot: 1, lamports: 1n, program: TOKEN_2022_PROGRAM, data: Uint8Array.from(data) }
}
const mintWith = (...entries: Entry[]) => decodeMint(accountOf('mint', entries))
const tokenWith = (...entries: Entry[]) => decodeTokenAccount(accountOf('token account', entries))
const origin = { commitment: 'confirmed', source: 'fetch', reason: 'poll', at: { ms: 0, wallMs: 0 } } as const

/** Bytes with some of them set. */
function bytes(length: number, fill: (view: DataView, bytes: Uint8Array) => void = () => {}): Uint8Array {
  const value = new Uint8Array(length)
  fill(new DataView(value.buffer), value)
  return value
}
const whyOf = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    if (isLamplightError(error, 'account/not-mint') || isLamplightError(error, 'account/not-token'))
      return error.context.why
    throw error
  }
  return ''
}

describe('an extension of another length than the program writes', () => {
  it.each([
    ['transferFeeConfig', 1, 108],
    ['mintCloseAuthority', 3, 32],
    ['defaultAccountState', 6, 1],
    ['interestBearingConfig', 10, 52],
    ['permanentDelegate', 12, 32],
    ['scaledUiAmountConfig', 25, 56],
    ['pausableConfig', 26, 33],
  ])('makes its own mint unreadable, and says so: %s', (name, type, length) => {
    for (const wrong of [0, length - 1, length + 1])
      expect(whyOf(() => mintWith([type, bytes(wrong)]))).toBe(
        `its extension ${name} has ${wrong} bytes, not ${length}`,
      )
  })

  it.each([0, 7, 9])('makes its own token account unreadable, and says so: transferFeeAmount of %d bytes', (wrong) => {
    const why = `its extension transferFeeAmount has ${wrong} bytes, not 8`
    expect(whyOf(() => tokenWith([2, bytes(wrong)]))).toBe(why)
  })
})

describe('values the program never writes', () => {
  const scaled = (multiplier: number, next: number) =>
    bytes(56, (view) => {
      view.setFloat64(32, multiplier, true)
      view.setFloat64(48, next, true)
    })
  it.each([0, -1, Number.NaN, Infinity, -Infinity])('are no multiplier: %d', (wrong) => {
    expect(whyOf(() => mintWith([25, scaled(wrong, 1)]))).toBe(`its multiplier is ${wrong}`)
    expect(whyOf(() => mintWith([25, scaled(1, wrong)]))).toBe(`its multiplier is ${wrong}`)
  })

  it.each([32, 42])('are no time that interest is counted from: byte %d', (offset) => {
    const wrong = bytes(52, (view) => view.setBigInt64(offset, -(2n ** 63n), true))
    expect(whyOf(() => mintWith([10, wrong]))).toBe('its interest is counted from a time no clock has shown')
  })
})

describe('hostile bytes', () => {
  it('give a record with a reason or one that was read, and never anything else', () => {
    const entry = fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 65_535 })),
      fc.uint8Array({ maxLength: 320 }),
    )
    const mangled = fc
      .tuple(
        fc.constantFrom('mint' as const, 'token account' as const),
        fc.array(entry, { maxLength: 6 }),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      )
      .map(([kind, entries, cut, flips]) => {
        const account = accountOf(kind, entries)
        const data = (account.data as Uint8Array).slice()
        for (const [where, value] of flips) data[where % data.length] = value
        return { ...account, data: cut % 3 === 0 ? data.subarray(0, cut % (data.length + 1)) : data }
      })
    const seen = { read: 0, refused: 0 }
    fc.assert(
      fc.property(mangled, (account) => {
        const record = recordOf(account, origin)
        expect([record.token, record.mint, record.decodeError].filter((each) => each !== null)).toHaveLength(1)
        seen[record.decodeError === null ? 'read' : 'refused']++
        for (const decode of [decodeMint, decodeTokenAccount]) {
          try {
            decode(account)
          } catch (error) {
            expect(error).toBeInstanceOf(LamplightError)
          }
        }
      }),
      { numRuns: 3000 },
    )
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100)
  })
})

describe('a mint that somebody can still change', () => {
  const [owned, nobody] = [bytes(108, (_, all) => all.fill(1, 0, 32)), bytes(108)]
  it.each([
    ['a transfer fee', 1, 108],
    ['a close authority', 3, 32],
    ['a permanent delegate', 12, 32],
    ['a pause', 26, 33],
    ['interest', 10, 52],
  ])('is told by who may change %s', (_, type, length) => {
    expect(mintWith([type, owned.slice(0, length)]).changeable).toBe(true)
    expect(mintWith([type, nobody.slice(0, length)]).changeable).toBe(false)
  })

  it('is told by the state of new accounts, and by no extension that changes nothing shown', () => {
    expect(mintWith([6, bytes(1)]).changeable).toBe(true)
    expect(mintWith().changeable).toBe(false)
    expect(mintWith([9, bytes(0)], [18, bytes(64)], [200, bytes(3)]).changeable).toBe(false)
  })
})

describe('a private part', () => {
  it('is there when any of the three encrypted amounts is', () => {
    for (const byte of [33, 96, 97, 160, 161, 224])
      expect(tokenWith([5, bytes(295, (_, all) => all.fill(1, byte, byte + 1))]).confidential).toBe(true)
  })

  it('may be there in a layout that is not known, which costs the balance nothing else', () => {
    for (const length of [0, 1, 294, 296])
      expect(tokenWith([5, bytes(length)])).toMatchObject({ confidential: true, amount: 0n })
    expect(mintWith([4, bytes(97)])).toMatchObject({ confidential: true, decimals: 0 })
  })

  it('is not there in an account that was only set up, whatever its keys and counters', () => {
    const setUp = bytes(295, (_, all) => all.fill(255, 0, 33).fill(255, 225))
    expect(tokenWith([5, setUp]).confidential).toBe(false)
    expect(tokenWith().confidential).toBe(false)
  })
})

describe('metadata', () => {
  const pointer = (to: Address) => bytes(64, (_, all) => all.set(bytesOfAddress(to), 32))
  const text = (value: string) => {
    const utf8 = new TextEncoder().encode(value)
    return [utf8.length & 255, utf8.length >> 8, 0, 0, ...utf8]
  }
  const metadata = (about: Address, texts: number[]) =>
    Uint8Array.from([...new Uint8Array(32), ...bytesOfAddress(about), ...texts])
  const full = [...text('Lamp'), ...text('LMP'), ...text('ar://x'), 0, 0, 0, 0]

  it('is read where the mint points to itself, and only there', () => {
    const own = metadata(at, full)
    expect(mintWith([18, pointer(at)], [19, own]).metadata).toEqual({ name: 'Lamp', symbol: 'LMP', uri: 'ar://x' })
    expect(mintWith([18, pointer(other)], [19, own]).metadata).toBeNull()
    expect(mintWith([18, pointer(at)], [19, metadata(other, full)]).metadata).toBeNull()
    expect(mintWith([19, own]).metadata).toBeNull()
    expect(mintWith([18, pointer(at)]).metadata).toBeNull()
    expect(mintWith([18, pointer(at).slice(0, 63)], [19, own])).toMatchObject({ metadata: null, decimals: 0 })
  })

  it('that lies about its lengths costs its names and not the balance', () => {
    for (let length = 0; length < full.length - 4; length++)
      expect(mintWith([18, pointer(at)], [19, metadata(at, full.slice(0, length))])).toMatchObject({
        metadata: null,
        decimals: 0,
      })
    const huge = [255, 255, 255, 255, ...full.slice(4)]
    expect(mintWith([18, pointer(at)], [19, metadata(at, huge)]).metadata).toBeNull()
    expect(mintWith([18, pointer(at)], [19, bytes(10)]).metadata).toBeNull()
  })
})
