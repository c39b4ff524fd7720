import { type Address, SYSTEM_PROGRAM } from '../../../src/base/address.js'
import type { InstructionFault, LedgerAccount } from '../ledger/engine.js'

/** An account while a transaction works on it. One without lamports does not exist afterwards. */
export interface Draft {
  lamports: bigint
  data: Uint8Array
  program: Address
  executable: boolean
}

/** The accounts a transaction works on: copies, which are written back only if all goes well. */
export interface Bank {
  load(address: Address): Draft
  /** What is to be written back. */
  drafts(): ReadonlyMap<Address, Draft>
}

/** One instruction, as a program gets it. */
export interface Call {
  readonly program: Address
  readonly data: Uint8Array
  readonly bank: Bank
  /** The address of the instruction's account number `index`. */
  key(index: number): Address
  account(index: number): Draft
  /** Refuses to go on unless that address signed. */
  mustSign(address: Address): void
  log(line: string): void
  readonly rentExempt: (bytes: number) => bigint
}

/** Runs one instruction, or throws a fault. */
export type Program = (call: Call) => void

/** What a program throws to refuse an instruction. */
export interface ProgramFault extends Error {
  readonly fault: InstructionFault
}

/** Makes a refusal, to be thrown; `log` is what the program says about it. */
export const programFault = (fault: InstructionFault, log = ''): ProgramFault =>
  Object.assign(new Error(log), { name: 'ProgramFault', fault })

/** Makes a refusal with one of the program's own numbers. */
export const customFault = (code: number, log = ''): ProgramFault => programFault({ Custom: code }, log)

/** Tells a program's refusal from a mistake in the engine. */
export const isProgramFault = (error: unknown): error is ProgramFault =>
  error instanceof Error && error.name === 'ProgramFault'

/** Opens a bank over the accounts as they are. */
export function openBank(read: (address: Address) => LedgerAccount | null): Bank {
  const drafts = new Map<Address, Draft>()
  return {
    load(address) {
      const known = drafts.get(address)
      if (known) return known
      const account = read(address)
      const draft = account
        ? { ...account, data: account.data.slice() }
        : { lamports: 0n, data: new Uint8Array(), program: SYSTEM_PROGRAM, executable: false }
      drafts.set(address, draft)
      return draft
    },
    drafts: () => drafts,
  }
}

/** The bytes of an instruction from `offset` on, or a refusal when there are fewer. */
export function bytesAt(data: Uint8Array, offset: number, length: number, short: ProgramFault): DataView {
  if (offset + length > data.length) throw short
  return new DataView(data.buffer, data.byteOffset + offset, length)
}
