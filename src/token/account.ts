import {
  type Address,
  addressOfBytes,
  SYSTEM_PROGRAM,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
  type TokenProgram,
} from '../base/address.js'
import { bytesOfBase64 } from '../base/bytes.js'
import { isObject } from '../base/wireText.js'
import { type Extension, extensionsOf } from './extensions/tlv.js'

/** How sure the cluster is of a value. */
export type Commitment = 'processed' | 'confirmed' | 'finalized'

/** One account's bytes, and the slot they were true at. */
export interface AccountAt {
  readonly address: Address
  readonly slot: number
  readonly lamports: bigint
  /** The program that owns the account; the System program's address when the account does not exist. */
  readonly program: Address
  /** `null` when the account does not exist. */
  readonly data: Uint8Array | null
  /** The node was asked for a later slot, again and again, and has not got there. */
  readonly lagging?: boolean
  /** `false` where the node's words made no sense, which shows once they are looked at: nothing else of it means anything. */
  readonly isReadable?: boolean
}

/** One account that somebody wants to hear of; or, with `tokens`, all token accounts it owns under that program. */
export interface SubscriptionRequest {
  readonly address: Address
  readonly commitment: Commitment
  readonly tokens?: TokenProgram | undefined
}

/** All token accounts of an owner under one program, as of one slot. */
export interface TokenAccountsAt {
  readonly owner: Address
  readonly program: TokenProgram
  readonly slot: number
  readonly accounts: readonly AccountAt[]
}

/** What a read asks for beside the addresses. */
export interface ReadOptions {
  readonly commitment: Commitment
  /** The answer should not be older than this slot (`minContextSlot`); also: it must be asked for after this call. */
  readonly minSlot?: number
}

/** Anything that can answer for accounts: a node, a pool of nodes, a gateway, a ledger in memory. */
export interface AccountSource {
  /** Reads accounts now. The answer has the order of `addresses`. */
  read(addresses: readonly Address[], options: ReadOptions): Promise<AccountAt[]>
  /** Calls `onChange` for each change of the account, or of a token account that it owns, until the returned function is called. There is no first value. */
  watch(
    address: Address,
    options: Omit<SubscriptionRequest, 'address'>,
    onChange: (account: AccountAt) => void,
  ): () => void
}

/**
 * Reads one account out of a node's JSON (`value` of a base64 response or notification); `undefined` when the shape is
 * not a node's. A closed account is announced as 0 lamports, no data, System program: it is gone, not broken.
 */
export function accountOf(address: Address, slot: number, value: unknown): AccountAt | undefined {
  if (value === null) return { address, slot, lamports: 0n, program: SYSTEM_PROGRAM, data: null }
  if (!isObject(value) || !Array.isArray(value.data) || typeof value.owner !== 'string') return undefined
  const { lamports } = value
  if (!(typeof lamports === 'string' || Number.isSafeInteger(lamports)) || !/^\d+$/.test(String(lamports)))
    return undefined
  const [given] = value.data
  // Bytes are what a Worker has decoded already; a node gives text.
  const data = typeof given === 'string' ? bytesOfBase64(given) : ArrayBuffer.isView(given) ? given : undefined
  if (!data) return undefined
  const amount = BigInt(lamports as string | number)
  return {
    address,
    slot,
    lamports: amount,
    program: value.owner as Address,
    data: amount === 0n ? null : (data as Uint8Array),
  }
}

/** An account that is read when somebody looks at it: most of what is pushed is followed by something newer before that. */
export function accountLater(address: Address, slot: number, read: () => AccountAt | undefined): AccountAt {
  let account: AccountAt | undefined
  let isRead = false
  function look(): AccountAt | undefined {
    if (!isRead) account = read()
    isRead = true
    return account
  }
  return {
    address,
    slot,
    get isReadable() {
      return look() !== undefined
    },
    get lamports() {
      return look()?.lamports ?? 0n
    },
    get program() {
      return look()?.program ?? SYSTEM_PROGRAM
    },
    get data() {
      return look()?.data ?? null
    },
  }
}

/** Names a token program; `undefined` for any other program. */
export function tokenProgramOf(program: Address): TokenProgram | undefined {
  return program === TOKEN_PROGRAM ? 'token' : program === TOKEN_2022_PROGRAM ? 'token-2022' : undefined
}

/** Reads the address stored at `offset`. */
export const addressAt = (view: DataView, offset: number): Address =>
  addressOfBytes(new Uint8Array(view.buffer, view.byteOffset + offset, 32))

/** Reads an optional address (a u32 tag, then 32 bytes): `null` when absent, `undefined` when the tag is neither 0 nor 1. */
export function optionalAddressAt(view: DataView, offset: number): Address | null | undefined {
  const tag = view.getUint32(offset, true)
  return tag === 0 ? null : tag === 1 ? addressAt(view, offset + 4) : undefined
}

/** The bytes of a mint or a token account, told apart and ready to be read. */
export interface Layout {
  readonly program: TokenProgram
  readonly kind: 'mint' | 'token account'
  readonly view: DataView
  readonly extensions: readonly Extension[]
}

const MINT_BYTES = 82
const TOKEN_ACCOUNT_BYTES = 165
/** A multisig has this size and no type byte, so no mint and no token account may have it. */
const MULTISIG_BYTES = 355

/**
 * Tells what a token program's account is by its size and type byte.
 * @throws RangeError which says why it is neither of the two
 */
export function layoutOf({ program: owner, data }: AccountAt): Layout {
  const program = tokenProgramOf(owner)
  if (data === null) throw new RangeError('it does not exist')
  if (!program) throw new RangeError(`it belongs to ${owner}`)
  const bytes = data.length
  if (bytes === MULTISIG_BYTES) throw new RangeError('it is a multisig')
  // Only Token-2022 goes past the token account's size, and then a byte says what it is.
  const type = program === 'token-2022' ? data[TOKEN_ACCOUNT_BYTES] : undefined
  const isMint = bytes === MINT_BYTES || type === 1
  if (!isMint && bytes !== TOKEN_ACCOUNT_BYTES && type !== 2)
    throw new RangeError(`it has ${bytes} bytes, which no mint and no token account has`)
  const extensions = extensionsOf(data)
  if (!extensions) throw new RangeError('its extensions do not fit its bytes')
  const view = new DataView(data.buffer, data.byteOffset, bytes)
  return { program, kind: isMint ? 'mint' : 'token account', view, extensions }
}

/**
 * Runs a reading of bytes; a `RangeError` is how it says that they are not what they should be, and an access beyond them
 * throws the same.
 */
export function reading<T>(read: () => T, refused: (why: string) => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refused(error.message)
  }
}
