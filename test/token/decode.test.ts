import {
  AccountLayout,
  AccountState,
  ExtensionType,
  getDefaultAccountState,
  getExtensionData,
  getExtensionTypes,
  getMintCloseAuthority,
  getNonTransferable,
  getPausableConfig,
  getPermanentDelegate,
  getTransferFeeAmount,
  getTransferFeeConfig,
  getTransferHook,
  type Mint,
  MintLayout,
  type TransferFee,
  unpackAccount,
  unpackMint,
} from '@solana/spl-token'
import { type AccountInfo, PublicKey } from '@solana/web3.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOfBytes, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../src/base/address.js'
import { isLamplightError, LamplightError } from '../../src/base/errors.js'
import type { AccountAt } from '../../src/token/account.js'
import { extensionsOf } from '../../src/token/extensions/tlv.js'
import { decodeMint } from '../../src/token/mint.js'
import { decodeTokenAccount } from '../../src/token/tokenAccount.js'

const programs = { token: TOKEN_PROGRAM, 'token-2022': TOKEN_2022_PROGRAM } as const
const at = addressOfBytes(new Uint8Array(32).fill(7))
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new PublicKey(bytes))
const u64 = fc.bigInt(0n, 2n ** 64n - 1n)
const tag = fc.constantFrom<0 | 1>(0, 1)
const name = (type: number) => {
  const known = ExtensionType[type] as string | undefined
  return known ? known[0]?.toLowerCase() + known.slice(1) : undefined
}

const tokenAccount = fc.record({
  mint: key,
  owner: key,
  amount: u64,
  delegateOption: tag,
  delegate: key,
  state: fc.constantFrom(1, 2),
  isNativeOption: tag,
  isNative: u64,
  delegatedAmount: u64,
  closeAuthorityOption: tag,
  closeAuthority: key,
})
const mint = fc.record({
  mintAuthorityOption: tag,
  mintAuthority: key,
  supply: u64,
  decimals: fc.integer({ min: 0, max: 255 }),
  isInitialized: fc.constant(true),
  freezeAuthorityOption: tag,
  freezeAuthority: key,
})
/** The lengths of the extensions that are read; the two that need sensible values besides have tests of their own. */
const lengths: Readonly<Record<number, number>> = {
  1: 108,
  2: 8,
  3: 32,
  4: 65,
  5: 295,
  6: 1,
  12: 32,
  14: 64,
  18: 64,
  26: 33,
}
const tlvEntry = fc
  .integer({ min: 1, max: 40 })
  .filter((type) => type !== ExtensionType.InterestBearingConfig && type !== ExtensionType.ScaledUiAmountConfig)
  .chain((type) => {
    const length = lengths[type]
    const size = length === undefined ? { maxLength: 300 } : { minLength: length, maxLength: length }
    return fc.record({ type: fc.constant(type), value: fc.uint8Array(size) })
  })
const tlv = fc.array(tlvEntry, { maxLength: 5 })

const tlvBytes = (entries: { type: number; value: Uint8Array }[]) =>
  entries.flatMap(({ type, value }) => [type & 255, type >> 8, value.length & 255, value.length >> 8, ...value])

function bytesOf(base: Uint8Array, kind?: { type: 1 | 2; entries: { type: number; value: Uint8Array }[] }): Uint8Array {
  if (!kind) return base
  const padded = new Uint8Array(165)
  padded.set(base)
  return Uint8Array.from([...padded, kind.type, ...tlvBytes(kind.entries)])
}
const encodedAccount = (fields: Parameters<typeof AccountLayout.encode>[0]) => {
  const data = Buffer.alloc(165)
  AccountLayout.encode(fields, data)
  return new Uint8Array(data)
}
const encodedMint = (fields: Parameters<typeof MintLayout.encode>[0]) => {
  const data = Buffer.alloc(82)
  MintLayout.encode(fields, data)
  return new Uint8Array(data)
}
/** In the middle of a larger buffer, as a decoder of frames hands it over. */
function accountAt(data: Uint8Array, program: AccountAt['program']): AccountAt {
  const larger = new Uint8Array(data.length + 13).fill(255)
  larger.set(data, 5)
  return { address: at, slot: 1, lamports: 1n, program, data: larger.subarray(5, 5 + data.length) }
}
const info = (data: Uint8Array, program: string): AccountInfo<Buffer> => ({
  data: Buffer.from(data),
  owner: new PublicKey(program),
  lamports: 1,
  executable: false,
})
/** Where the program refuses what spl-token reads: Token-2022 sizes under the classic program, and senseless fields. */
const stricter =
  /not initialised|never writes|do not fit|its extension|its multiplier|no clock|(has \d{3} bytes|is a mint|is a token account)/
const whyOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (isLamplightError(error, 'account/not-token') || isLamplightError(error, 'account/not-mint'))
      return error.context.why
    throw error
  }
  return ''
}
const base58 = (key: PublicKey | null | undefined) => key?.toBase58() ?? null
/** spl-token gives an authority of zeros as a key, where nobody is meant. */
const authority = (key: PublicKey | undefined) => base58(key?.equals(PublicKey.default) ? null : key)
const feeOf = ({ epoch, maximumFee, transferFeeBasisPoints }: TransferFee) => ({
  epoch,
  maximum: maximumFee,
  basisPoints: transferFeeBasisPoints,
})
/** What spl-token reads out of a mint's extensions. */
function mintExtensions(reference: Mint) {
  const fee = getTransferFeeConfig(reference)
  return {
    display: null,
    transferFee: fee && { older: feeOf(fee.olderTransferFee), newer: feeOf(fee.newerTransferFee) },
    paused: getPausableConfig(reference)?.paused ?? false,
    defaultFrozen: getDefaultAccountState(reference)?.state === AccountState.Frozen,
    nonTransferable: getNonTransferable(reference) !== null,
    permanentDelegate: authority(getPermanentDelegate(reference)?.delegate),
    closeAuthority: authority(getMintCloseAuthority(reference)?.closeAuthority),
    changeable: expect.any(Boolean),
    confidential: getExtensionData(ExtensionType.ConfidentialTransferMint, reference.tlvData) !== null,
    transferHook: authority(getTransferHook(reference)?.programId),
    metadata: null,
  }
}

describe.each(Object.entries(programs))('under %s', (program, programAddress) => {
  const is2022 = program === 'token-2022'
  const entriesOf = is2022 ? fc.option(tlv, { nil: undefined }) : fc.constant(undefined)

  it('reads a token account as spl-token does', () => {
    fc.assert(
      fc.property(tokenAccount, entriesOf, (fields, entries) => {
        const data = bytesOf(encodedAccount(fields), entries && { type: 2, entries })
        fc.pre(data.length !== 355)
        const reference = unpackAccount(new PublicKey(at), info(data, programAddress), new PublicKey(programAddress))
        expect(decodeTokenAccount(accountAt(data, programAddress))).toEqual({
          address: at,
          program,
          mint: base58(reference.mint),
          owner: base58(reference.owner),
          amount: reference.amount,
          delegate: base58(reference.delegate),
          delegatedAmount: reference.delegatedAmount,
          frozen: reference.isFrozen,
          native: reference.isNative,
          rentReserve: reference.rentExemptReserve,
          closeAuthority: base58(reference.closeAuthority),
          extensions: getExtensionTypes(reference.tlvData).map((type) => name(type) ?? expect.any(String)),
          withheld: getTransferFeeAmount(reference)?.withheldAmount ?? 0n,
          confidential:
            getExtensionData(ExtensionType.ConfidentialTransferAccount, reference.tlvData)
              ?.subarray(33, 225)
              .some((byte) => byte !== 0) ?? false,
        })
      }),
      { numRuns: 2_000 },
    )
  }, 60_000)

  it('reads a mint as spl-token does', () => {
    fc.assert(
      fc.property(mint, entriesOf, (fields, entries) => {
        const data = bytesOf(encodedMint(fields), entries && { type: 1, entries })
        fc.pre(data.length !== 355)
        const reference = unpackMint(new PublicKey(at), info(data, programAddress), new PublicKey(programAddress))
        expect(decodeMint(accountAt(data, programAddress))).toEqual({
          address: at,
          program,
          decimals: reference.decimals,
          supply: reference.supply,
          mintAuthority: base58(reference.mintAuthority),
          freezeAuthority: base58(reference.freezeAuthority),
          extensions: getExtensionTypes(reference.tlvData).map((type) => name(type) ?? expect.any(String)),
          ...mintExtensions(reference),
        })
      }),
      { numRuns: 2_000 },
    )
  }, 60_000)

  it('refuses what spl-token refuses, whatever the bytes, and throws nothing but its own error', () => {
    const sizes = [0, 1, 81, 82, 83, 164, 165, 166, 167, 168, 169, 170, 200, 354, 355, 356, 400]
    const garbage = fc.constantFrom(...sizes).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
    const typed = fc.tuple(garbage, fc.constantFrom(0, 1, 2)).map(([data, type]) => {
      const copy = Uint8Array.from(data)
      if (copy.length > 165) copy[165] = type
      return copy
    })
    fc.assert(
      fc.property(typed, (data) => {
        for (const [ours, theirs] of [
          [decodeTokenAccount, unpackAccount],
          [decodeMint, unpackMint],
        ] as const) {
          let refusal: unknown
          try {
            ours(accountAt(data, programAddress))
          } catch (error) {
            refusal = error
            expect(error).toBeInstanceOf(LamplightError)
          }
          const reference = () => theirs(new PublicKey(at), info(data, programAddress), new PublicKey(programAddress))
          if (refusal === undefined) expect(reference).not.toThrow()
          else if (!stricter.test(String(refusal))) expect(reference, String(refusal)).toThrow()
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads no truncated account', () => {
    fc.assert(
      fc.property(tokenAccount, mint, fc.integer({ min: 0, max: 81 }), (fields, mintFields, length) => {
        const [account, mintData] = [encodedAccount(fields), encodedMint(mintFields)]
        const cut = (data: Uint8Array) => accountAt(data.subarray(0, length), programAddress)
        expect(() => decodeTokenAccount(cut(account))).toThrow(LamplightError)
        expect(() => decodeTokenAccount(accountAt(account.subarray(0, length + 83), programAddress))).toThrow(
          LamplightError,
        )
        expect(() => decodeMint(cut(mintData))).toThrow(LamplightError)
      }),
    )
  })
})

describe('stricter than spl-token, as the programs are', () => {
  const [account] = fc.sample(tokenAccount, { numRuns: 1, seed: 1 }).map(encodedAccount) as [Uint8Array]
  const [mintData] = fc.sample(mint, { numRuns: 1, seed: 1 }).map(encodedMint) as [Uint8Array]
  const changed = (data: Uint8Array, offset: number, value: number) => {
    const copy = Uint8Array.from(data)
    copy[offset] = value
    return copy
  }
  const tokenWhy = (data: Uint8Array, program: AccountAt['program'] = TOKEN_PROGRAM) =>
    whyOf(() => decodeTokenAccount(accountAt(data, program)))
  const mintWhy = (data: Uint8Array, program: AccountAt['program'] = TOKEN_PROGRAM) =>
    whyOf(() => decodeMint(accountAt(data, program)))

  it('says why an account is not a token account', () => {
    const missing = { address: at, slot: 1, lamports: 0n, program: SYSTEM_PROGRAM, data: null }
    expect(whyOf(() => decodeTokenAccount(missing))).toBe('it does not exist')
    expect(tokenWhy(account, SYSTEM_PROGRAM)).toBe(`it belongs to ${SYSTEM_PROGRAM}`)
    expect(tokenWhy(mintData)).toBe('it is a mint')
    expect(tokenWhy(bytesOf(mintData, { type: 1, entries: [] }), TOKEN_2022_PROGRAM)).toBe('it is a mint')
    expect(tokenWhy(new Uint8Array(355), TOKEN_2022_PROGRAM)).toBe('it is a multisig')
    expect(tokenWhy(new Uint8Array(9))).toBe('it has 9 bytes, which no mint and no token account has')
    expect(tokenWhy(bytesOf(account, { type: 2, entries: [] }))).toBe(
      'it has 166 bytes, which no mint and no token account has',
    )
    expect(tokenWhy(changed(account, 108, 0))).toBe('it is not initialised')
    for (const [offset, value] of [
      [108, 3],
      [72, 2],
      [73, 1],
      [109, 2],
      [129, 9],
    ] as const)
      expect(tokenWhy(changed(account, offset, value))).toBe('its fields hold values the program never writes')
  })

  it('says why an account is not a mint', () => {
    const missing = { address: at, slot: 1, lamports: 0n, program: SYSTEM_PROGRAM, data: null }
    expect(() => decodeMint(missing)).toThrow(`mint: ${at} does not exist.`)
    expect(mintWhy(mintData, SYSTEM_PROGRAM)).toBe(`it belongs to ${SYSTEM_PROGRAM}`)
    expect(mintWhy(account)).toBe('it is a token account')
    expect(mintWhy(bytesOf(account, { type: 2, entries: [] }), TOKEN_2022_PROGRAM)).toBe('it is a token account')
    expect(mintWhy(new Uint8Array(355), TOKEN_2022_PROGRAM)).toBe('it is a multisig')
    expect(mintWhy(new Uint8Array(9))).toBe('it has 9 bytes, which no mint and no token account has')
    expect(mintWhy(bytesOf(mintData, { type: 1, entries: [] }))).toBe(
      'it has 166 bytes, which no mint and no token account has',
    )
    expect(mintWhy(changed(mintData, 45, 0))).toBe('it is not initialised')
    for (const [offset, value] of [
      [45, 2],
      [0, 2],
      [3, 1],
      [46, 2],
    ] as const)
      expect(mintWhy(changed(mintData, offset, value))).toBe('its fields hold values the program never writes')
  })
})

describe('extensions', () => {
  const listed = (...tail: number[]) =>
    extensionsOf(Uint8Array.from([...new Uint8Array(166), ...tail]))?.map(({ name }) => name) ?? null

  it('carry the names of spl-token, and a number when they are newer than this list', () => {
    for (let type = 1; type <= 28; type++) {
      const known = name(type)
      if (known) expect(listed(type, 0, 0, 0)).toEqual([known])
    }
    expect(listed(16, 0, 0, 0, 17, 0, 0, 0, 24, 0, 0, 0)).toEqual([
      'confidentialTransferFeeConfig',
      'confidentialTransferFeeAmount',
      'confidentialMintBurn',
    ])
    expect(listed(29, 0, 0, 0, 0xff, 0xff, 1, 0, 5)).toEqual(['unknown(29)', 'unknown(65535)'])
  })

  it('end at type 0 and at a rest too short for a type', () => {
    expect(listed()).toEqual([])
    expect(listed(7)).toEqual([])
    expect(listed(0, 0)).toEqual([])
    expect(listed(7, 0, 0, 0, 0, 0)).toEqual(['immutableOwner'])
    expect(listed(7, 0, 0, 0, 9)).toEqual(['immutableOwner'])
    expect(listed(0, 0, 255, 255, 255)).toEqual([])
  })

  it('that do not fit the bytes spoil their own account only, with an error that says so', () => {
    expect(listed(7, 0)).toBeNull()
    expect(listed(7, 0, 0)).toBeNull()
    expect(listed(7, 0, 1, 0)).toBeNull()
    expect(listed(7, 0, 255, 255, 0)).toBeNull()
    const [account] = fc.sample(tokenAccount, { numRuns: 1, seed: 2 }).map(encodedAccount) as [Uint8Array]
    const [mintData] = fc.sample(mint, { numRuns: 1, seed: 2 }).map(encodedMint) as [Uint8Array]
    const cut = Uint8Array.from([...bytesOf(account, { type: 2, entries: [] }), 7, 0, 9, 0])
    const cutMint = Uint8Array.from([...bytesOf(mintData, { type: 1, entries: [] }), 7, 0, 9, 0])
    const why = 'its extensions do not fit its bytes'
    expect(whyOf(() => decodeTokenAccount(accountAt(cut, TOKEN_2022_PROGRAM)))).toBe(why)
    expect(whyOf(() => decodeMint(accountAt(cutMint, TOKEN_2022_PROGRAM)))).toBe(why)
  })
})
