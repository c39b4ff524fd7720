import { type Address, TOKEN_2022_PROGRAM } from '../../../src/base/address.js'
import { base58Of } from '../../../src/base/base58.js'
import { base64Of } from '../../../src/base/bytes.js'
import type { LedgerAccount } from './engine.js'
import { addressAt, type Extension, extensionsIn, isMint, isTokenAccount, optionAt, u64At } from './tokenBytes.js'

/** How an account's bytes are written. `binary` is the node's oldest form: base58 without a tag. */
export type AccountEncoding = 'base58' | 'base64' | 'jsonParsed' | 'binary'

/** What of an account is written, and how. */
export interface EncodingOptions {
  readonly encoding: AccountEncoding
  readonly dataSlice?: { readonly offset: number; readonly length: number } | undefined
}

/** What else an encoding looks at: other accounts (a token's mint), and the time (interest). */
export interface EncodingContext {
  read(address: Address): LedgerAccount | null
  readonly unixTime: number
}

/** The most bytes that are written in base58. */
export const MAX_BASE58_BYTES = 128
// u64::MAX: accounts have not paid rent for years.
const RENT_EPOCH = 2n ** 64n - 1n
const SECONDS_PER_YEAR = 60 * 60 * 24 * 365.24

/** Reads bytes from base64; throws on text that is none. */
export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

/** The part of the bytes that was asked for. */
export const sliceOf = (data: Uint8Array, slice: EncodingOptions['dataSlice']): Uint8Array =>
  slice ? data.subarray(slice.offset, slice.offset + slice.length) : data

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

function plainText(amount: bigint, decimals: number): string {
  const digits = amount.toString().padStart(decimals + 1, '0')
  return decimals === 0 ? digits : trimmed(`${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`)
}

function floatText(value: number, decimals: number): string {
  return value >= 1e21 ? BigInt(value).toString() : trimmed(value.toFixed(decimals))
}

const viewOf = ({ data }: Extension): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength)
const secondsAt = (extension: Extension, offset: number): number => Number(viewOf(extension).getBigInt64(offset, true))

function interestFactor(extension: Extension, now: number): number {
  const view = viewOf(extension)
  const updated = secondsAt(extension, 42)
  const grown = (seconds: number, bps: number) => Math.exp((seconds * bps) / (SECONDS_PER_YEAR * 10_000))
  return (
    grown(updated - secondsAt(extension, 32), view.getInt16(40, true)) * grown(now - updated, view.getInt16(50, true))
  )
}

function multiplierAt(extension: Extension, now: number): number {
  return viewOf(extension).getFloat64(now >= secondsAt(extension, 40) ? 48 : 32, true)
}

/** The amount as the token's program would say it: with interest, or multiplied. */
export function uiAmountText(amount: bigint, mint: LedgerAccount, unixTime: number): string {
  const decimals = mint.data[44] ?? 0
  if (mint.program === TOKEN_2022_PROGRAM)
    for (const extension of extensionsIn(mint)) {
      const scale = 10 ** decimals
      if (extension.type === 10)
        return floatText((Number(amount) * interestFactor(extension, unixTime)) / scale, decimals)
      if (extension.type === 25)
        return floatText(Math.trunc(Number(amount) * multiplierAt(extension, unixTime)) / scale, decimals)
    }
  return plainText(amount, decimals)
}

/** An amount in the four forms a node gives it. */
export function uiAmountOf(amount: bigint, mint: LedgerAccount, unixTime: number) {
  const uiAmountString = uiAmountText(amount, mint, unixTime)
  return { amount: amount.toString(), decimals: mint.data[44] ?? 0, uiAmount: Number(uiAmountString), uiAmountString }
}

const EXTENSION_NAMES =
  'uninitialized transferFeeConfig transferFeeAmount mintCloseAuthority confidentialTransferMint confidentialTransferAccount defaultAccountState immutableOwner memoTransfer nonTransferable interestBearingConfig cpiGuard permanentDelegate nonTransferableAccount transferHook transferHookAccount confidentialTransferFeeConfig confidentialTransferFeeAmount metadataPointer tokenMetadata groupPointer tokenGroup groupMemberPointer tokenGroupMember confidentialMintBurn scaledUiAmountConfig pausableConfig pausableAccount'.split(
    ' ',
  )

const maybeAddress = (data: Uint8Array, offset: number): Address | null =>
  data.subarray(offset, offset + 32).every((byte) => byte === 0) ? null : addressAt(data, offset)

const extensionStates: Readonly<Record<number, (extension: Extension) => object>> = {
  1: (extension) => {
    const fee = (offset: number) => ({
      epoch: u64At(extension.data, offset),
      maximumFee: u64At(extension.data, offset + 8),
      transferFeeBasisPoints: viewOf(extension).getUint16(offset + 16, true),
    })
    return {
      transferFeeConfigAuthority: maybeAddress(extension.data, 0),
      withdrawWithheldAuthority: maybeAddress(extension.data, 32),
      withheldAmount: u64At(extension.data, 64),
      olderTransferFee: fee(72),
      newerTransferFee: fee(90),
    }
  },
  2: ({ data }) => ({ withheldAmount: u64At(data, 0) }),
  3: ({ data }) => ({ closeAuthority: maybeAddress(data, 0) }),
  6: ({ data }) => ({ accountState: ['uninitialized', 'initialized', 'frozen'][data[0] ?? 0] }),
  10: (extension) => ({
    rateAuthority: maybeAddress(extension.data, 0),
    initializationTimestamp: secondsAt(extension, 32),
    preUpdateAverageRate: viewOf(extension).getInt16(40, true),
    lastUpdateTimestamp: secondsAt(extension, 42),
    currentRate: viewOf(extension).getInt16(50, true),
  }),
  12: ({ data }) => ({ delegate: maybeAddress(data, 0) }),
  25: (extension) => ({
    authority: maybeAddress(extension.data, 0),
    multiplier: String(viewOf(extension).getFloat64(32, true)),
    newMultiplierEffectiveTimestamp: secondsAt(extension, 40),
    newMultiplier: String(viewOf(extension).getFloat64(48, true)),
  }),
  26: ({ data }) => ({ authority: maybeAddress(data, 0), paused: data[32] === 1 }),
}

function parsedExtensions(account: LedgerAccount): { extensions?: object[] } {
  if (account.program !== TOKEN_2022_PROGRAM || account.data.length <= 166) return {}
  return {
    extensions: extensionsIn(account).map((extension) => {
      const state = extensionStates[extension.type]?.(extension)
      return { extension: EXTENSION_NAMES[extension.type] ?? 'unparseableExtension', ...(state && { state }) }
    }),
  }
}

function parsedTokenAccount(account: LedgerAccount, { read, unixTime }: EncodingContext): object | null {
  const { data } = account
  const mintAddress = addressAt(data, 0)
  const mint = read(mintAddress)
  if (!isMint(mint)) return null
  const amount = (offset: number) => uiAmountOf(u64At(data, offset), mint, unixTime)
  const delegate = optionAt(data, 72)
  const closeAuthority = optionAt(data, 129)
  const isNative = data[109] === 1
  return {
    isNative,
    mint: mintAddress,
    owner: addressAt(data, 32),
    state: data[108] === 2 ? 'frozen' : 'initialized',
    tokenAmount: amount(64),
    ...(delegate && { delegate, delegatedAmount: amount(121) }),
    ...(closeAuthority && { closeAuthority }),
    ...(isNative && { rentExemptReserve: amount(113) }),
    ...parsedExtensions(account),
  }
}

function parsedMint(account: LedgerAccount): object {
  const { data } = account
  return {
    decimals: data[44],
    freezeAuthority: optionAt(data, 46),
    isInitialized: data[45] === 1,
    mintAuthority: optionAt(data, 0),
    supply: u64At(data, 36).toString(),
    ...parsedExtensions(account),
  }
}

function parsed(account: LedgerAccount, context: EncodingContext): object | null {
  const program = account.program === TOKEN_2022_PROGRAM ? 'spl-token-2022' : 'spl-token'
  const wrap = (type: string, info: object | null) =>
    info && { program, parsed: { type, info }, space: account.data.length }
  if (isTokenAccount(account)) return wrap('account', parsedTokenAccount(account, context))
  return isMint(account) ? wrap('mint', parsedMint(account)) : null
}

function encodedData(
  account: LedgerAccount,
  { encoding, dataSlice }: EncodingOptions,
  context: EncodingContext,
): unknown {
  if (encoding === 'jsonParsed') return parsed(account, context) ?? [base64Of(account.data), 'base64']
  const data = sliceOf(account.data, dataSlice)
  if (encoding === 'base64') return [base64Of(data), 'base64']
  const text = data.length > MAX_BASE58_BYTES ? 'error: data too large for bs58 encoding' : base58Of(data)
  return encoding === 'binary' ? text : [text, 'base58']
}

/** An account as a node's answers and notifications hold it. */
export function encodeAccount(account: LedgerAccount, options: EncodingOptions, context: EncodingContext) {
  return {
    lamports: account.lamports,
    data: encodedData(account, options, context),
    owner: account.program,
    executable: account.executable,
    rentEpoch: RENT_EPOCH,
    space: account.data.length,
  }
}

/** The token balances among a transaction's accounts, as a node lists them. */
export function tokenBalanceRows(
  keys: readonly Address[],
  accounts: ReadonlyMap<Address, LedgerAccount | null>,
  { read, unixTime }: EncodingContext,
): object[] {
  return keys.flatMap((key, accountIndex) => {
    const account = accounts.get(key)
    if (!isTokenAccount(account)) return []
    const mint = addressAt(account.data, 0)
    const mintAccount = read(mint)
    if (!isMint(mintAccount)) return []
    const uiTokenAmount = uiAmountOf(u64At(account.data, 64), mintAccount, unixTime)
    return [{ accountIndex, mint, owner: addressAt(account.data, 32), programId: account.program, uiTokenAmount }]
  })
}
