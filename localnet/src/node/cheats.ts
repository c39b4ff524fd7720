import { Keypair } from '@solana/web3.js'
import {
  type Address,
  type AddressInput,
  address,
  NATIVE_MINT,
  SYSTEM_PROGRAM,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
} from '../../../src/base/address.js'
import { countOf, shown } from '../../../src/base/check.js'
import { LamplightError } from '../../../src/base/errors.js'
import { associatedAddressOf } from '../../../src/token/associatedAddress.js'
import type { LedgerAccount } from '../ledger/engine.js'
import type { Ledger, Warp } from '../ledger/ledger.js'
import {
  addressAt,
  extensionsIn,
  isMint,
  isTokenAccount,
  mintBytes,
  setOption,
  setU64,
  tokenAccountBytes,
  u64At,
  withPrivatePart,
} from '../ledger/tokenBytes.js'

/** An amount in base units: lamports, or the smallest part of a token. A number only if it is a safe integer. */
export type AmountInput = bigint | number | string
/** Which of the two token programs. */
export type TokenProgramName = 'token' | 'token-2022'

/** A mint to be made. The last five options are Token-2022's and choose that program by themselves. */
export interface MintOptions {
  /** Digits after the point. @default 9 */
  readonly decimals?: number
  /** @default 'token' */
  readonly program?: TokenProgramName
  /** Who may mint more; nobody when left out. `setTokenBalance` needs no one's leave. */
  readonly authority?: AddressInput
  /** Who may freeze accounts; nobody when left out. */
  readonly freezeAuthority?: AddressInput
  /** The mint's address. @default a new one */
  readonly address?: AddressInput
  /** Yearly interest in hundredths of a percent, growing from now on. */
  readonly interestBps?: number
  /** What one token shows as (scaled UI amount). */
  readonly uiMultiplier?: number
  /** What a transfer costs: hundredths of a percent, and the most it can be in base units. */
  readonly transferFee?: { readonly basisPoints: number; readonly maximum: AmountInput }
  /** Whether it can be paused, and whether it is from the start. */
  readonly paused?: boolean
  /** Whether it stays with whom it was given to. */
  readonly nonTransferable?: boolean
}

/** A token balance to be set. */
export interface TokenBalanceOptions {
  readonly owner: AddressInput
  readonly mint: AddressInput
  /** What the owner has from then on, in base units. */
  readonly amount: AmountInput
  /** Whether the account is frozen from then on. @default as it is */
  readonly frozen?: boolean
  /** Who may move how much of it; `null` for nobody. @default as it is */
  readonly delegate?: { readonly address: AddressInput; readonly amount: AmountInput } | null
  /** Adds an encrypted part, of a Token-2022 mint; it stays. @default none */
  readonly confidential?: boolean
}

/** What no real node lets you do: state and time made by a word. */
export interface Cheats {
  /** Adds lamports to an account, out of nothing. */
  fund(address: AddressInput, lamports: AmountInput): void
  /** Makes a mint and gives its address. */
  createMint(options?: MintOptions): Address
  /** Sets what the owner's associated token account holds, creating it if need be, and gives its address. */
  setTokenBalance(options: TokenBalanceOptions): Address
  /** Lets time pass at once, and gives the newest slot. */
  warp(by: Warp): number
  /** Completes `count` slots and gives the newest. @default count 1 */
  tick(count?: number): number
  /** Drops the newest `depth` slots and gives the signatures that never happened. @default depth 1 */
  reorg(depth?: number): readonly string[]
}

const MAX_U64 = 2n ** 64n - 1n

function amountOf(argument: string, input: AmountInput): bigint {
  const whole =
    typeof input === 'bigint' || (typeof input === 'number' ? Number.isSafeInteger(input) : /^\d+$/.test(input ?? ''))
  const value = whole ? BigInt(input) : -1n
  if (value < 0n || value > MAX_U64)
    throw new LamplightError('input/invalid-value', {
      argument,
      input: shown(input),
      expected: 'a whole number from 0 to 2^64-1, as a bigint, a safe integer or digits',
    })
  return value
}

function programOf(options: MintOptions): Address {
  const { program, interestBps, uiMultiplier, transferFee, paused, nonTransferable } = options
  const extended = [interestBps, uiMultiplier, transferFee, paused, nonTransferable].some((each) => each !== undefined)
  const name = program ?? (extended ? 'token-2022' : 'token')
  if ((name !== 'token' && name !== 'token-2022') || (name === 'token' && extended))
    throw new LamplightError('input/invalid-value', {
      argument: 'program',
      input: shown(name),
      expected: extended ? '"token-2022", the only program with extensions' : '"token" or "token-2022"',
    })
  return name === 'token' ? TOKEN_PROGRAM : TOKEN_2022_PROGRAM
}

function mintOf(ledger: Ledger, options: MintOptions): LedgerAccount {
  const { authority, freezeAuthority, interestBps, uiMultiplier, transferFee, paused, nonTransferable } = options
  const program = programOf(options)
  const data = mintBytes({
    decimals: countOf('decimals', options.decimals, 9, 0, 255),
    supply: 0n,
    program,
    authority: authority === undefined ? null : address(authority, 'authority'),
    freezeAuthority: freezeAuthority === undefined ? null : address(freezeAuthority, 'freezeAuthority'),
    unixTime: ledger.slots.building.unixTime,
    ...(interestBps !== undefined && { interestBps: countOf('interestBps', interestBps, 0, -32_768, 32_767) }),
    ...(uiMultiplier !== undefined && { uiMultiplier }),
    ...(paused !== undefined && { paused }),
    ...(nonTransferable !== undefined && { nonTransferable }),
    ...(transferFee && {
      transferFee: {
        basisPoints: countOf('transferFee.basisPoints', transferFee.basisPoints, 0, 0, 10_000),
        maximum: amountOf('transferFee.maximum', transferFee.maximum),
      },
    }),
  })
  return { lamports: ledger.engine.rentExempt(data.length), data, program, executable: false }
}

function newTokenAccount(ledger: Ledger, owner: Address, mint: Address, mintAccount: LedgerAccount): LedgerAccount {
  const { program } = mintAccount
  const transferFee = program === TOKEN_2022_PROGRAM && extensionsIn(mintAccount).some(({ type }) => type === 1)
  const reserve = ledger.engine.rentExempt(165)
  const native = mint === NATIVE_MINT ? { nativeReserve: reserve } : {}
  const data = tokenAccountBytes({ mint, owner, amount: 0n, program, transferFee, ...native })
  return { lamports: ledger.engine.rentExempt(data.length), data, program, executable: false }
}

function withAmount(account: LedgerAccount, offset: number, amount: bigint): LedgerAccount {
  const data = account.data.slice()
  setU64(data, offset, amount)
  return { ...account, data }
}

function withTerms(account: LedgerAccount, { frozen, delegate, confidential }: TokenBalanceOptions): LedgerAccount {
  const data = confidential ? withPrivatePart(account).slice() : account.data.slice()
  if (frozen !== undefined) data[108] = frozen ? 2 : 1
  if (delegate !== undefined) {
    setOption(data, 72, delegate && address(delegate.address, 'delegate.address'))
    setU64(data, 121, delegate ? amountOf('delegate.amount', delegate.amount) : 0n)
  }
  return { ...account, data }
}

function tokenEntries(ledger: Ledger, options: TokenBalanceOptions) {
  const { owner, mint, amount } = options
  const wallet = address(owner, 'owner')
  const mintAddress = address(mint, 'mint')
  const wanted = amountOf('amount', amount)
  const mintAccount = ledger.head(mintAddress)
  if (!isMint(mintAccount))
    throw new LamplightError('account/not-mint', {
      address: mintAddress,
      why: mintAccount ? 'it holds something else' : 'it does not exist',
    })
  const key = associatedAddressOf(wallet, mintAddress, mintAccount.program)
  const known = ledger.head(key)
  const usable = isTokenAccount(known) && addressAt(known.data, 0) === mintAddress
  const before = usable ? known : newTokenAccount(ledger, wallet, mintAddress, mintAccount)
  const change = wanted - u64At(before.data, 64)
  const after = withAmount(withTerms(before, options), 64, wanted)
  // Wrapped SOL is its lamports and has no supply of its own.
  if (mintAddress === NATIVE_MINT) return [[key, { ...after, lamports: after.lamports + change }]] as const
  const supply = u64At(mintAccount.data, 36) + change
  if (supply > MAX_U64)
    throw new LamplightError('input/invalid-value', {
      argument: 'amount',
      input: shown(wanted),
      expected: 'a supply of at most 2^64-1',
    })
  return [
    [key, after],
    [mintAddress, withAmount(mintAccount, 36, supply)],
  ] as const
}

/** Makes the cheats of a ledger. */
export function createCheats(ledger: Ledger): Cheats {
  return {
    fund(input, lamports) {
      const key = address(input)
      const account = ledger.head(key) ?? {
        lamports: 0n,
        data: new Uint8Array(),
        program: SYSTEM_PROGRAM,
        executable: false,
      }
      ledger.setAccounts([[key, { ...account, lamports: account.lamports + amountOf('lamports', lamports) }]])
    },
    createMint(options = {}) {
      const key = address(options.address ?? Keypair.generate().publicKey)
      ledger.setAccounts([[key, mintOf(ledger, options)]])
      return key
    },
    setTokenBalance(options) {
      const entries = tokenEntries(ledger, options)
      ledger.setAccounts(entries)
      return entries[0][0]
    },
    warp: (by) => ledger.warp(by),
    tick: (count) => ledger.tick(count),
    reorg: (depth) => ledger.reorg(depth),
  }
}
