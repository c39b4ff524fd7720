import {
  type Address,
  addressOfBytes,
  bytesOfAddress,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
} from '../../../src/base/address.js'
import type { LedgerAccount } from './engine.js'

// Written apart from the library's own decoders on purpose: a ledger that shared them could not find their mistakes.

/** The length of a token account without extensions. */
export const TOKEN_ACCOUNT_BYTES = 165
/** The length of a mint without extensions. */
export const MINT_BYTES = 82

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
/** Reads a u64 in little-endian order. */
export const u64At = (bytes: Uint8Array, offset: number): bigint => viewOf(bytes).getBigUint64(offset, true)
/** Writes a u64 in little-endian order. */
export const setU64 = (bytes: Uint8Array, offset: number, value: bigint): void =>
  viewOf(bytes).setBigUint64(offset, value, true)
/** Reads an address. */
export const addressAt = (bytes: Uint8Array, offset: number): Address =>
  addressOfBytes(bytes.subarray(offset, offset + 32))
/** Writes an address. */
export const setAddress = (bytes: Uint8Array, offset: number, address: Address): void =>
  bytes.set(bytesOfAddress(address), offset)
/** Reads an optional address: a tag of four bytes, then the address. */
export const optionAt = (bytes: Uint8Array, offset: number): Address | null =>
  bytes[offset] === 1 ? addressAt(bytes, offset + 4) : null
/** Writes an optional address; without one only the tag is cleared, as the programs do. */
export function setOption(bytes: Uint8Array, offset: number, address: Address | null): void {
  bytes.set([address === null ? 0 : 1, 0, 0, 0], offset)
  if (address !== null) setAddress(bytes, offset + 4, address)
}

const isTokenProgram = (program: Address): boolean => program === TOKEN_PROGRAM || program === TOKEN_2022_PROGRAM
const hasKind = ({ data, program }: LedgerAccount, bytes: number, kind: number): boolean =>
  data.length === bytes ||
  (program === TOKEN_2022_PROGRAM && data.length > TOKEN_ACCOUNT_BYTES && data[TOKEN_ACCOUNT_BYTES] === kind)

/** Tells whether an account is an initialised token account. */
export const isTokenAccount = (account: LedgerAccount | null | undefined): account is LedgerAccount =>
  !!account && isTokenProgram(account.program) && hasKind(account, TOKEN_ACCOUNT_BYTES, 2) && account.data[108] !== 0
/** Tells whether an account is an initialised mint. */
export const isMint = (account: LedgerAccount | null | undefined): account is LedgerAccount =>
  !!account && isTokenProgram(account.program) && hasKind(account, MINT_BYTES, 1) && account.data[45] !== 0

/** One extension, as it is stored: its number and its own bytes. */
export interface Extension {
  readonly type: number
  readonly data: Uint8Array
}

function withExtensions(base: Uint8Array, kind: number, extensions: readonly Extension[]): Uint8Array {
  const length = extensions.reduce((sum, { data }) => sum + 4 + data.length, TOKEN_ACCOUNT_BYTES + 1)
  const bytes = new Uint8Array(length)
  bytes.set(base)
  bytes[TOKEN_ACCOUNT_BYTES] = kind
  let offset = TOKEN_ACCOUNT_BYTES + 1
  for (const { type, data } of extensions) {
    viewOf(bytes).setUint16(offset, type, true)
    viewOf(bytes).setUint16(offset + 2, data.length, true)
    bytes.set(data, offset + 4)
    offset += 4 + data.length
  }
  return bytes
}

/** What a new token account holds. */
export interface TokenAccountFields {
  readonly mint: Address
  readonly owner: Address
  readonly amount: bigint
  readonly program: Address
  /** For wrapped SOL: the lamports that are rent and not balance. */
  readonly nativeReserve?: bigint
  /** Whether the mint takes a transfer fee, which every account of it keeps a field for. */
  readonly transferFee?: boolean
}

/** The bytes of a token account. Those of Token-2022 carry what the associated account program gives them. */
export function tokenAccountBytes({
  mint,
  owner,
  amount,
  program,
  nativeReserve,
  transferFee,
}: TokenAccountFields): Uint8Array {
  const bytes = new Uint8Array(TOKEN_ACCOUNT_BYTES)
  setAddress(bytes, 0, mint)
  setAddress(bytes, 32, owner)
  setU64(bytes, 64, amount)
  bytes[108] = 1
  if (nativeReserve !== undefined) {
    bytes[109] = 1
    setU64(bytes, 113, nativeReserve)
  }
  if (program !== TOKEN_2022_PROGRAM) return bytes
  const immutableOwner = { type: 7, data: new Uint8Array(0) }
  const withheld = { type: 2, data: new Uint8Array(8) }
  return withExtensions(bytes, 2, transferFee ? [immutableOwner, withheld] : [immutableOwner])
}

/** A token account's bytes with an encrypted balance; the key of it is nobody's. */
export function withPrivatePart({ data, program }: LedgerAccount): Uint8Array {
  const encrypted = { type: 5, data: new Uint8Array(295).fill(1, 33, 225) }
  const held = data.length > TOKEN_ACCOUNT_BYTES ? extensionsIn({ data }) : []
  if (program !== TOKEN_2022_PROGRAM || held.some(({ type }) => type === encrypted.type)) return data
  return withExtensions(data.subarray(0, TOKEN_ACCOUNT_BYTES), 2, [...held, encrypted])
}

/** What a new mint says of its token. */
export interface MintFields {
  readonly decimals: number
  readonly supply: bigint
  readonly program: Address
  readonly authority: Address | null
  readonly freezeAuthority: Address | null
  /** Yearly interest in hundredths of a percent, from `unixTime` on. */
  readonly interestBps?: number
  /** What one token shows as. */
  readonly uiMultiplier?: number
  readonly transferFee?: { readonly basisPoints: number; readonly maximum: bigint }
  /** Whether it can be paused, and whether it is. */
  readonly paused?: boolean
  /** Whether it stays with whom it was given to. */
  readonly nonTransferable?: boolean
  readonly unixTime: number
}

function extensionsFor(fields: MintFields): Extension[] {
  const { interestBps, uiMultiplier, transferFee, paused, nonTransferable, unixTime } = fields
  const extensions: Extension[] = []
  const add = (type: number, length: number): DataView => {
    const data = new Uint8Array(length)
    extensions.push({ type, data })
    return viewOf(data)
  }
  if (transferFee) {
    const config = add(1, 108)
    // Two schedules, an older and a newer one: the same here, in force since epoch 0.
    for (const offset of [72, 90]) {
      config.setBigUint64(offset + 8, transferFee.maximum, true)
      config.setUint16(offset + 16, transferFee.basisPoints, true)
    }
  }
  if (interestBps !== undefined) {
    const config = add(10, 52)
    config.setBigInt64(32, BigInt(unixTime), true)
    config.setInt16(40, interestBps, true)
    config.setBigInt64(42, BigInt(unixTime), true)
    config.setInt16(50, interestBps, true)
  }
  if (uiMultiplier !== undefined) {
    const config = add(25, 56)
    config.setFloat64(32, uiMultiplier, true)
    config.setFloat64(48, uiMultiplier, true)
  }
  if (nonTransferable) add(9, 0)
  if (paused !== undefined) add(26, 33).setUint8(32, paused ? 1 : 0)
  return extensions
}

/** The bytes of a mint. */
export function mintBytes(fields: MintFields): Uint8Array {
  const bytes = new Uint8Array(MINT_BYTES)
  setOption(bytes, 0, fields.authority)
  setU64(bytes, 36, fields.supply)
  bytes[44] = fields.decimals
  bytes[45] = 1
  setOption(bytes, 46, fields.freezeAuthority)
  const extensions = extensionsFor(fields)
  return extensions.length > 0 ? withExtensions(bytes, 1, extensions) : bytes
}

/** The extensions of a Token-2022 account or mint, in the order they are stored. */
export function extensionsIn(account: Pick<LedgerAccount, 'data'>): Extension[] {
  const { data } = account
  const found: Extension[] = []
  for (let offset = TOKEN_ACCOUNT_BYTES + 1; offset + 4 <= data.length; ) {
    const type = viewOf(data).getUint16(offset, true)
    const length = viewOf(data).getUint16(offset + 2, true)
    if (type === 0) break
    found.push({ type, data: data.subarray(offset + 4, offset + 4 + length) })
    offset += 4 + length
  }
  return found
}
