import type { Address } from '../../../src/base/address.js'
import type { DecodedTransaction } from './transaction.js'

/** One account as the chain stores it. */
export interface LedgerAccount {
  readonly lamports: bigint
  readonly data: Uint8Array
  /** The program that owns the account. */
  readonly program: Address
  readonly executable: boolean
}

/** Why one instruction failed, in the words of the RPC. */
export type InstructionFault = string | { readonly Custom: number }

/** Why a transaction failed, in the words of the RPC. */
export type TransactionFault =
  | string
  | { readonly InstructionError: readonly [number, InstructionFault] }
  | { readonly InsufficientFundsForRent: { readonly account_index: number } }
  | { readonly ProgramExecutionTemporarilyRestricted: { readonly account_index: number } }
  | { readonly DuplicateInstruction: number }

/** An instruction that a program called. */
export interface InnerInstruction {
  readonly programIdIndex: number
  readonly accounts: readonly number[]
  readonly data: Uint8Array
  readonly stackHeight: number
}

/** What running a transaction gave. */
export interface Execution {
  readonly fault: TransactionFault | null
  readonly logs: readonly string[]
  readonly units: number
  /** The instructions called by each instruction of the transaction. */
  readonly inner: readonly (readonly InnerInstruction[])[]
  readonly returnData: { readonly program: Address; readonly data: Uint8Array } | null
  /** What a simulation would have left in the accounts; empty when the transaction was run for good or failed. */
  readonly accounts: ReadonlyMap<Address, LedgerAccount | null>
}

/** The time a slot opens at. */
export interface SlotClock {
  readonly slot: number
  readonly unixTime: number
  readonly blockhash: string
}

/** Runs transactions over the newest state. It knows no past, no forks and no commitments: those are the journal's. */
export interface Engine {
  readonly name: 'svm' | 'memory'
  read(address: Address): LedgerAccount | null
  /** Writes an account as it is; `null` removes it. */
  write(address: Address, account: LedgerAccount | null): void
  openSlot(clock: SlotClock): void
  /** Runs a transaction and keeps what it wrote. */
  run(transaction: DecodedTransaction): Execution
  /** Runs a transaction and keeps nothing. */
  simulate(transaction: DecodedTransaction, options: { readonly verifySignatures: boolean }): Execution
  /** The lamports that keep an account of `bytes` bytes alive. */
  rentExempt(bytes: number): bigint
  /** Sets what each byte of an account costs, its 128 of overhead included, in lamports. @default 6_960 */
  setRent(lamportsPerByte: number): void
}

/** Tells whether two versions of an account are the same to a reader. */
export function sameAccount(a: LedgerAccount | null, b: LedgerAccount | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.lamports === b.lamports &&
    a.program === b.program &&
    a.executable === b.executable &&
    a.data.length === b.data.length &&
    a.data.every((byte, i) => byte === b.data[i])
  )
}

const spoken: Readonly<Record<string, string>> = {
  BlockhashNotFound: 'Blockhash not found',
  AlreadyProcessed: 'This transaction has already been processed',
  AccountNotFound: 'Attempt to debit an account but found no record of a prior credit.',
  InsufficientFundsForFee: 'Insufficient funds for fee',
  SignatureFailure: 'Transaction did not pass signature verification',
  InvalidAccountForFee: 'This account may not be used to pay transaction fees',
}

const messagesOf = (name: string): string => {
  const messages = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return messages.charAt(0).toUpperCase() + messages.slice(1)
}

/** Says a fault the way a node's error message does. */
export function faultText(fault: TransactionFault): string {
  if (typeof fault === 'string') return spoken[fault] ?? messagesOf(fault)
  if ('InstructionError' in fault) {
    const [index, why] = fault.InstructionError
    const text =
      typeof why === 'object' ? `custom program error: 0x${why.Custom.toString(16)}` : messagesOf(why).toLowerCase()
    return `Error processing Instruction ${index}: ${text}`
  }
  if ('InsufficientFundsForRent' in fault)
    return `Transaction results in an account (${fault.InsufficientFundsForRent.account_index}) with insufficient funds for rent`
  return JSON.stringify(fault)
}
