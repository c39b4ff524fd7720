import { type Address, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../src/base/address.js'
import { decodeBase58 } from '../../../src/base/base58.js'
import {
  type AccountEncoding,
  type EncodingOptions,
  encodeAccount,
  fromBase64,
  MAX_BASE58_BYTES,
  sliceOf,
  uiAmountOf,
} from '../ledger/accountEncoding.js'
import type { LedgerAccount } from '../ledger/engine.js'
import { addressAt, isMint, isTokenAccount, optionAt, u64At } from '../ledger/tokenBytes.js'
import { addressParam, configParam, invalidParams, isRecord, listParam, numberParam, rpcError } from './jsonRpc.js'
import type { View } from './view.js'

/** Answers one method: it gets the parameters and the node's view, and gives the result or throws. */
export type Method = (params: readonly unknown[], view: View) => unknown

/** The most accounts one request may ask for. */
export const MAX_ACCOUNTS = 100
const ENCODINGS: readonly AccountEncoding[] = ['base58', 'base64', 'jsonParsed', 'binary']

/** Checks how a request wants its accounts written. */
export function encodingParam(config: unknown, fallback: AccountEncoding): EncodingOptions {
  const { encoding, dataSlice } = configParam(config)
  const found = ENCODINGS.find((known) => known === (encoding ?? fallback))
  if (!found)
    throw invalidParams(
      `Invalid params: unknown variant \`${String(encoding)}\`, expected one of ${ENCODINGS.join(', ')}.`,
    )
  if (dataSlice === undefined || dataSlice === null) return { encoding: found }
  const { offset, length } = configParam(dataSlice)
  return { encoding: found, dataSlice: { offset: numberParam(offset), length: numberParam(length) } }
}

/** Tells whether an account passes the filters of `getProgramAccounts` and `programSubscribe`. */
export type AccountFilter = (account: LedgerAccount) => boolean

function memcmpFilter(memcmp: unknown): AccountFilter {
  const { offset, bytes, encoding } = configParam(memcmp)
  const at = numberParam(offset)
  if (typeof bytes !== 'string') throw invalidParams('Invalid param: memcmp needs bytes in base58 or base64')
  let wanted: Uint8Array
  try {
    wanted = encoding === 'base64' ? fromBase64(bytes) : decodeBase58(bytes)
  } catch {
    throw invalidParams('Invalid param: memcmp bytes could not be decoded')
  }
  return ({ data }) => at + wanted.length <= data.length && wanted.every((byte, i) => data[at + i] === byte)
}

/** Checks a list of filters and makes one of it. */
export function filterParam(filters: unknown): AccountFilter {
  const all = listParam(filters ?? [], 4).map((filter): AccountFilter => {
    if (filter === 'tokenAccountState') return isTokenAccount
    if (isRecord(filter) && filter.memcmp !== undefined) return memcmpFilter(filter.memcmp)
    if (isRecord(filter) && filter.tokenAccountState !== undefined) return isTokenAccount
    const size = numberParam(configParam(filter).dataSize)
    return ({ data }) => data.length === size
  })
  return (account) => all.every((passes) => passes(account))
}

function readAccount(view: View, address: Address, slot: number, options: EncodingOptions): object | null {
  const account = view.ledger.accountAt(address, slot)
  if (!account) return null
  const base58 = options.encoding === 'base58' || options.encoding === 'binary'
  if (base58 && sliceOf(account.data, options.dataSlice).length > MAX_BASE58_BYTES)
    throw rpcError(
      -32600,
      `Encoded binary (base 58) data should be less than ${MAX_BASE58_BYTES} bytes, please use Base64 encoding.`,
    )
  return encodeAccount(account, options, view.context(slot))
}

function mintAt(view: View, address: Address, slot: number, missing: string): LedgerAccount {
  const mint = view.ledger.accountAt(address, slot)
  if (!mint) throw invalidParams(`Invalid param: ${missing}`)
  if (!isMint(mint)) throw invalidParams('Invalid param: not a Token mint')
  return mint
}

function ofTokenFilter(view: View, filter: unknown, slot: number): AccountFilter {
  const { mint, programId } = configParam(filter)
  if (mint !== undefined) {
    const wanted = addressParam(mint)
    mintAt(view, wanted, slot, 'could not find mint')
    return ({ data }) => addressAt(data, 0) === wanted
  }
  const program = addressParam(programId)
  if (program !== TOKEN_PROGRAM && program !== TOKEN_2022_PROGRAM)
    throw invalidParams('Invalid param: unrecognized Token program id')
  return (account) => account.program === program
}

interface Row {
  readonly address: Address
  readonly account: LedgerAccount
}

function rowsAt(view: View, slot: number, addresses: Iterable<Address>, passes: AccountFilter): Row[] {
  const rows: Row[] = []
  for (const address of addresses) {
    const account = view.ledger.accountAt(address, slot)
    if (account && passes(account)) rows.push({ address, account })
  }
  return rows
}

function keyedRows(view: View, slot: number, rows: readonly Row[], config: unknown): object[] {
  const options = encodingParam(config, 'binary')
  return rows.map(({ address }) => ({ pubkey: address, account: readAccount(view, address, slot, options) }))
}

function* tokenAccountsOf(view: View): Iterable<Address> {
  yield* view.ledger.journal.ownedBy(TOKEN_PROGRAM)
  yield* view.ledger.journal.ownedBy(TOKEN_2022_PROGRAM)
}

function tokenAccountsBy(role: 'owner' | 'delegate'): Method {
  return ([who, filter, config], view) => {
    const slot = view.slotOf(config)
    const wallet = addressParam(who)
    const matches = ofTokenFilter(view, filter, slot)
    const among = role === 'owner' ? view.ledger.journal.heldBy(wallet) : tokenAccountsOf(view)
    const belongs: AccountFilter = ({ data }) =>
      (role === 'owner' ? addressAt(data, 32) : optionAt(data, 72)) === wallet
    const rows = rowsAt(view, slot, among, (account) => isTokenAccount(account) && matches(account) && belongs(account))
    return view.at(slot, keyedRows(view, slot, rows, config))
  }
}

const getTokenAccountBalance: Method = ([key, config], view) => {
  const slot = view.slotOf(config)
  const account = view.ledger.accountAt(addressParam(key), slot)
  if (!account) throw invalidParams('Invalid param: could not find account')
  if (!isTokenAccount(account)) throw invalidParams('Invalid param: not a Token account')
  const mint = mintAt(view, addressAt(account.data, 0), slot, 'could not find mint')
  return view.at(slot, uiAmountOf(u64At(account.data, 64), mint, view.context(slot).unixTime))
}

const getTokenLargestAccounts: Method = ([key, config], view) => {
  const slot = view.slotOf(config)
  const address = addressParam(key)
  const mint = mintAt(view, address, slot, 'could not find mint')
  const ofMint = (account: LedgerAccount) => isTokenAccount(account) && addressAt(account.data, 0) === address
  const amountOf = ({ account }: Row) => u64At(account.data, 64)
  const rows = rowsAt(view, slot, view.ledger.journal.ownedBy(mint.program), ofMint)
  rows.sort((a, b) => Number(amountOf(b) > amountOf(a)) - Number(amountOf(b) < amountOf(a)))
  const { unixTime } = view.context(slot)
  return view.at(
    slot,
    rows.slice(0, 20).map((row) => ({ address: row.address, ...uiAmountOf(amountOf(row), mint, unixTime) })),
  )
}

const getProgramAccounts: Method = ([key, config], view) => {
  const slot = view.slotOf(config)
  const program = addressParam(key)
  const { filters, withContext } = configParam(config)
  const passes = filterParam(filters)
  const rows = rowsAt(
    view,
    slot,
    view.ledger.journal.ownedBy(program),
    (account) => account.program === program && passes(account),
  )
  const keyed = keyedRows(view, slot, rows, config)
  return withContext === true ? view.at(slot, keyed) : keyed
}

/** The methods that read accounts. */
export const accountMethods: Readonly<Record<string, Method>> = {
  getBalance: ([key, config], view) => {
    const slot = view.slotOf(config)
    return view.at(slot, view.ledger.accountAt(addressParam(key), slot)?.lamports ?? 0n)
  },
  getAccountInfo: ([key, config], view) => {
    const slot = view.slotOf(config)
    return view.at(slot, readAccount(view, addressParam(key), slot, encodingParam(config, 'binary')))
  },
  getMultipleAccounts: ([keys, config], view) => {
    const addresses = listParam(keys, MAX_ACCOUNTS).map(addressParam)
    const slot = view.slotOf(config)
    const options = encodingParam(config, 'base64')
    return view.at(
      slot,
      addresses.map((address) => readAccount(view, address, slot, options)),
    )
  },
  getProgramAccounts,
  getTokenAccountBalance,
  getTokenLargestAccounts,
  getTokenSupply: ([key, config], view) => {
    const slot = view.slotOf(config)
    const mint = mintAt(view, addressParam(key), slot, 'could not find account')
    return view.at(slot, uiAmountOf(u64At(mint.data, 36), mint, view.context(slot).unixTime))
  },
  getTokenAccountsByOwner: tokenAccountsBy('owner'),
  getTokenAccountsByDelegate: tokenAccountsBy('delegate'),
}
