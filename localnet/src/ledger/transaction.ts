import { type Address, addressOfBytes } from '../../../src/base/address.js'
import { base58Of, decodeBase58 } from '../../../src/base/base58.js'

/** What a lookup table is read from. */
interface TableAccount {
  readonly program: Address
  readonly data: Uint8Array
}

/** One instruction of a transaction, by index into its keys. */
export interface CompiledInstruction {
  readonly programIdIndex: number
  readonly accounts: readonly number[]
  readonly data: Uint8Array
}

/** A lookup table a transaction reads addresses from. */
export interface TableLookup {
  readonly table: Address
  readonly writable: readonly number[]
  readonly readonly: readonly number[]
}

/** What a version 1 transaction says of its budget, instead of instructions; `null` for what it leaves open. */
export interface TransactionConfig {
  readonly computeUnitLimit: number | null
  readonly heapSize: number | null
  readonly loadedAccountsDataSizeLimit: number | null
  /** All of it, in lamports. */
  readonly priorityFee: bigint | null
}

/** A transaction taken apart and checked, with every key it names. */
export interface DecodedTransaction {
  /** Exactly the bytes that were understood: what comes after them is cut off. */
  readonly bytes: Uint8Array
  /** The part of `bytes` that is signed. */
  readonly message: Uint8Array
  readonly version: 'legacy' | 0 | 1
  readonly signatures: readonly string[]
  readonly header: { readonly signers: number; readonly readonlySigned: number; readonly readonlyUnsigned: number }
  /** The keys in the message, then those from lookup tables. */
  readonly keys: readonly Address[]
  readonly staticCount: number
  readonly writable: ReadonlySet<Address>
  readonly blockhash: string
  readonly instructions: readonly CompiledInstruction[]
  readonly lookups: readonly TableLookup[]
  /** Of version 1 only. */
  readonly config: TransactionConfig | null
  readonly loaded: { readonly writable: readonly Address[]; readonly readonly: readonly Address[] }
}

/** The longest transaction that fits one packet of the network, in bytes. */
const MAX_PACKET_BYTES = 1232
/** The longest transaction there is, in bytes: one of version 1. */
export const MAX_TRANSACTION_BYTES = 4096
/** First byte of a version 1 transaction: its message comes before its signatures. */
const VERSION_1 = 0x81
const MAX_V1_SIGNERS = 12
const MAX_V1_COUNT = 64
const LOOKUP_PROGRAM = 'AddressLookupTab1e1111111111111111111111111'
const COMPUTE_BUDGET_PROGRAM = 'ComputeBudget111111111111111111111111111111'

interface Cursor {
  readonly at: () => number
  readonly byte: () => number
  readonly take: (length: number) => Uint8Array
  readonly count: () => number
}

function cursorOver(bytes: Uint8Array): Cursor {
  let offset = 0
  const take = (length: number): Uint8Array => {
    if (offset + length > bytes.length) throw new RangeError('unexpected end of input')
    offset += length
    return bytes.subarray(offset - length, offset)
  }
  const byte = (): number => take(1)[0] as number
  const count = (): number => {
    let value = 0
    for (let i = 0; i < 3; i++) {
      const part = byte()
      if (i > 0 && part === 0) throw new RangeError('a length is not in its shortest form')
      value |= (part & 0x7f) << (7 * i)
      if (part < 0x80) {
        if (value > 0xffff) break
        return value
      }
    }
    throw new RangeError('a length does not fit 16 bits')
  }
  return { at: () => offset, byte, take, count }
}

const list = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read)

/** What the message alone says. */
type DecodedMessage = Pick<
  DecodedTransaction,
  'version' | 'header' | 'keys' | 'blockhash' | 'instructions' | 'lookups' | 'config'
>

function messageIn(cursor: Cursor): DecodedMessage {
  const first = cursor.byte()
  return first === VERSION_1 ? messageOfV1(cursor) : messageOfOld(cursor, first)
}

/** Lengths first, then what they are of; the budget is a mask and the values it names (SIMD-0385). */
function messageOfV1(cursor: Cursor): DecodedMessage {
  const little = (bytes: number) => cursor.take(bytes).reduceRight((value, byte) => value * 256n + BigInt(byte), 0n)
  const number = (bytes: number) => Number(little(bytes))
  const header = { signers: cursor.byte(), readonlySigned: cursor.byte(), readonlyUnsigned: cursor.byte() }
  const mask = number(4)
  if (mask > 31 || mask % 4 === 1 || mask % 4 === 2) throw new RangeError('the transaction config mask is not valid')
  const blockhash = base58Of(cursor.take(32))
  const [instructionCount, keyCount] = [cursor.byte(), cursor.byte()]
  if (header.signers > MAX_V1_SIGNERS || instructionCount > MAX_V1_COUNT || keyCount > MAX_V1_COUNT)
    throw new RangeError('too many signatures, instructions or accounts')
  const keys = list(keyCount, () => addressOfBytes(cursor.take(32)))
  const config = {
    priorityFee: mask & 3 ? little(8) : null,
    computeUnitLimit: mask & 4 ? number(4) : null,
    loadedAccountsDataSizeLimit: mask & 8 ? number(4) : null,
    heapSize: mask & 16 ? number(4) : null,
  }
  const heads = list(instructionCount, () => [cursor.byte(), cursor.byte(), number(2)] as const)
  const instructions = heads.map(([programIdIndex, accounts, length]) => ({
    programIdIndex,
    accounts: [...cursor.take(accounts)],
    data: cursor.take(length),
  }))
  return { version: 1, header, keys, blockhash, instructions, lookups: [], config }
}

function messageOfOld(cursor: Cursor, first: number): DecodedMessage {
  const version = first < 0x80 ? 'legacy' : 0
  if (first > 0x80) throw new RangeError(`message version ${first & 0x7f} is not supported`)
  const header = {
    signers: version === 'legacy' ? first : cursor.byte(),
    readonlySigned: cursor.byte(),
    readonlyUnsigned: cursor.byte(),
  }
  const keys = list(cursor.count(), () => addressOfBytes(cursor.take(32)))
  const blockhash = base58Of(cursor.take(32))
  const instructions = list(cursor.count(), () => ({
    programIdIndex: cursor.byte(),
    accounts: [...cursor.take(cursor.count())],
    data: cursor.take(cursor.count()),
  }))
  const lookups =
    version === 'legacy'
      ? []
      : list(cursor.count(), () => ({
          table: addressOfBytes(cursor.take(32)),
          writable: [...cursor.take(cursor.count())],
          readonly: [...cursor.take(cursor.count())],
        }))
  return { version, header, keys, blockhash, instructions, lookups, config: null }
}

function sanitize({ header, keys, instructions, lookups }: DecodedMessage): void {
  const all = keys.length + lookups.reduce((n, lookup) => n + lookup.writable.length + lookup.readonly.length, 0)
  const wrong =
    header.signers === 0 ||
    header.readonlySigned >= header.signers ||
    header.signers + header.readonlyUnsigned > keys.length ||
    all > 256 ||
    lookups.some((lookup) => lookup.writable.length + lookup.readonly.length === 0) ||
    instructions.some(
      (ix) => ix.programIdIndex === 0 || ix.programIdIndex >= keys.length || ix.accounts.some((i) => i >= all),
    )
  if (wrong) throw new RangeError('the transaction failed to sanitize accounts offsets correctly')
  if (new Set(keys).size !== keys.length) throw new RangeError('an account is loaded twice')
}

function addressesIn(account: TableAccount | null): Address[] {
  if (account?.program !== LOOKUP_PROGRAM) return []
  return list(Math.max(0, Math.floor((account.data.length - 56) / 32)), () => 0).map((_, i) =>
    addressOfBytes(account.data.subarray(56 + i * 32, 88 + i * 32)),
  )
}

function loadedBy(lookups: readonly TableLookup[], read: (address: Address) => TableAccount | null) {
  const writable: Address[] = []
  const readonly: Address[] = []
  for (const lookup of lookups) {
    // A table or an index that does not exist is left out: the engine names that fault itself.
    const table = addressesIn(read(lookup.table))
    const found = (indexes: readonly number[]) => indexes.map((i) => table[i]).filter((key) => key !== undefined)
    writable.push(...found(lookup.writable))
    readonly.push(...found(lookup.readonly))
  }
  return { writable, readonly }
}

/**
 * Takes a transaction apart, refusing whatever a validator's decoder refuses. Nothing else may reach an engine: the
 * native one ends the process on bytes it cannot decode.
 * @throws RangeError saying what is wrong with the bytes
 */
export function decodeTransaction(
  bytes: Uint8Array,
  read: (address: Address) => TableAccount | null,
): DecodedTransaction {
  const cursor = cursorOver(bytes)
  const isV1 = bytes[0] === VERSION_1
  const signaturesIn = (count: number) => list(count, () => base58Of(cursor.take(64)))
  const before = isV1 ? [] : signaturesIn(cursor.count())
  const start = cursor.at()
  const message = messageIn(cursor)
  if (!isV1 && message.version === 1) throw new RangeError('a version 1 message stands before its signatures')
  const messageEnd = cursor.at()
  const signatures = isV1 ? signaturesIn(message.header.signers) : before
  const end = cursor.at()
  const most = isV1 ? MAX_TRANSACTION_BYTES : MAX_PACKET_BYTES
  if (end > most) throw new RangeError(`${end} bytes are more than ${most}`)
  sanitize(message)
  const { header, keys, lookups } = message
  if (signatures.length !== header.signers)
    throw new RangeError(`${signatures.length} signatures where the header asks for ${header.signers}`)
  const loaded = loadedBy(lookups, read)
  const isWritable = (i: number): boolean =>
    i < header.signers ? i < header.signers - header.readonlySigned : i < keys.length - header.readonlyUnsigned
  return {
    ...message,
    bytes: bytes.slice(0, end),
    message: bytes.slice(start, messageEnd),
    signatures,
    keys: [...keys, ...loaded.writable, ...loaded.readonly],
    staticCount: keys.length,
    writable: new Set([...keys.filter((_, i) => isWritable(i)), ...loaded.writable]),
    loaded,
  }
}

/** The blockhash and the number of signers of a message that is not part of a transaction. */
export function decodeMessage(bytes: Uint8Array): { readonly blockhash: string; readonly fee: bigint } {
  const message = messageIn(cursorOver(bytes))
  sanitize(message)
  return { blockhash: message.blockhash, fee: feeOf(message) }
}

const BLOCKHASH_IN_V1 = 8

/** The same transaction with another blockhash, which its signatures no longer fit. */
export function withBlockhash(transaction: DecodedTransaction, blockhash: string): DecodedTransaction {
  const isV1 = transaction.version === 1
  const offset = isV1 ? 0 : transaction.bytes.length - transaction.message.length
  const keysAt = offset + (transaction.version === 'legacy' ? 3 : 4) + (transaction.staticCount < 128 ? 1 : 2)
  const bytes = transaction.bytes.slice()
  bytes.set(decodeBase58(blockhash), isV1 ? BLOCKHASH_IN_V1 : keysAt + 32 * transaction.staticCount)
  return { ...transaction, bytes, message: bytes.slice(offset, offset + transaction.message.length), blockhash }
}

/** What a transaction pays, in lamports: 5,000 a signature, and the priority it offers. */
export function feeOf({
  header,
  instructions,
  keys,
  config,
}: Pick<DecodedTransaction, 'header' | 'instructions' | 'keys' | 'config'>): bigint {
  if (config) return 5_000n * BigInt(header.signers) + (config.priorityFee ?? 0n)
  let limit = 200_000n
  let price = 0n
  for (const { programIdIndex, data } of instructions) {
    if (keys[programIdIndex] !== COMPUTE_BUDGET_PROGRAM) continue
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    if (data[0] === 2 && data.length >= 5) limit = BigInt(view.getUint32(1, true))
    if (data[0] === 3 && data.length >= 9) price = view.getBigUint64(1, true)
  }
  return 5_000n * BigInt(header.signers) + (limit * price + 999_999n) / 1_000_000n
}
