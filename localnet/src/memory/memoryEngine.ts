import {
  type Address,
  NATIVE_MINT,
  SYSTEM_PROGRAM,
  TOKEN_2022_PROGRAM,
  TOKEN_PROGRAM,
} from '../../../src/base/address.js'
import type { Engine, Execution, LedgerAccount, TransactionFault } from '../ledger/engine.js'
import { MEMO_V1, MEMO_V3, MEMO_V4 } from '../ledger/memo.js'
import { mintBytes } from '../ledger/tokenBytes.js'
import { type CompiledInstruction, type DecodedTransaction, feeOf } from '../ledger/transaction.js'
import {
  type Bank,
  type Call,
  type Draft,
  isProgramFault,
  openBank,
  type Program,
  type ProgramFault,
  programFault,
} from './bank.js'
import { ASSOCIATED_PROGRAM, associatedProgram, systemProgram } from './systemProgram.js'
import { tokenProgram } from './tokenProgram.js'

const LOADER = 'NativeLoader1111111111111111111111111111111' as Address
const nothing: Program = () => {}

const programs: Readonly<Record<string, Program>> = {
  [SYSTEM_PROGRAM]: systemProgram,
  [ASSOCIATED_PROGRAM]: associatedProgram,
  [TOKEN_PROGRAM]: tokenProgram,
  [TOKEN_2022_PROGRAM]: tokenProgram,
  ComputeBudget111111111111111111111111111111: nothing,
  [MEMO_V1]: nothing,
  [MEMO_V3]: nothing,
  [MEMO_V4]: nothing,
}
const UNITS_PER_INSTRUCTION = 3_000

type RentExempt = Call['rentExempt']

function openingAccounts(): Map<Address, LedgerAccount> {
  const accounts = new Map<Address, LedgerAccount>()
  const fields = {
    decimals: 9,
    supply: 0n,
    program: TOKEN_PROGRAM,
    authority: null,
    freezeAuthority: null,
    unixTime: 0,
  }
  accounts.set(NATIVE_MINT, { lamports: 2n ** 60n, data: mintBytes(fields), program: TOKEN_PROGRAM, executable: false })
  for (const program of Object.keys(programs) as Address[])
    accounts.set(program, { lamports: 1n, data: new Uint8Array(), program: LOADER, executable: true })
  return accounts
}

function callOf(
  transaction: DecodedTransaction,
  instruction: CompiledInstruction,
  { bank, logs, rentExempt }: Running,
): Call {
  const { keys, header } = transaction
  const signers = new Set(keys.slice(0, header.signers))
  const key = (index: number): Address => {
    const found = keys[instruction.accounts[index] ?? -1]
    if (found === undefined) throw programFault('NotEnoughAccountKeys')
    return found
  }
  return {
    program: keys[instruction.programIdIndex] ?? SYSTEM_PROGRAM,
    data: instruction.data,
    bank,
    key,
    account: (index) => bank.load(key(index)),
    mustSign(address) {
      if (!signers.has(address)) throw programFault('MissingRequiredSignature')
    },
    log: (line) => void logs.push(line),
    rentExempt,
  }
}

function logFault(call: Call, { fault, message }: ProgramFault): void {
  if (message) call.log(`Program log: ${message}`)
  const text = typeof fault === 'object' ? `custom program error: 0x${fault.Custom.toString(16)}` : fault
  call.log(`Program ${call.program} failed: ${text}`)
}

/** What instructions run in. */
interface Running {
  readonly bank: Bank
  readonly logs: string[]
  readonly rentExempt: RentExempt
}

function runInstructions(transaction: DecodedTransaction, running: Running): TransactionFault | null {
  const { logs } = running
  for (const [index, instruction] of transaction.instructions.entries()) {
    const call = callOf(transaction, instruction, running)
    const program = programs[call.program]
    if (!program) {
      logs.push(`The memory engine does not run program ${call.program}.`)
      return 'InvalidProgramForExecution'
    }
    logs.push(`Program ${call.program} invoke [1]`)
    try {
      program(call)
    } catch (error) {
      if (!isProgramFault(error)) throw error
      logFault(call, error)
      return { InstructionError: [index, error.fault] }
    }
    logs.push(`Program ${call.program} success`)
  }
  return null
}

function unpaidRent(
  transaction: DecodedTransaction,
  { bank, rentExempt }: Running,
  before: (address: Address) => LedgerAccount | null,
) {
  for (const [address, draft] of bank.drafts()) {
    const { lamports, data } = draft
    const touched = lamports !== (before(address)?.lamports ?? 0n)
    if (touched && lamports > 0n && lamports < rentExempt(data.length))
      return { InsufficientFundsForRent: { account_index: transaction.keys.indexOf(address) } }
  }
  return null
}

function forbiddenWrite(
  transaction: DecodedTransaction,
  bank: Bank,
  before: (address: Address) => LedgerAccount | null,
) {
  const changed = (address: Address, { lamports, data }: Draft): boolean => {
    const was = before(address)
    return lamports !== (was?.lamports ?? 0n) || data.some((byte, i) => byte !== was?.data[i])
  }
  const last = Math.max(0, transaction.instructions.length - 1)
  for (const [address, draft] of bank.drafts())
    if (!transaction.writable.has(address) && changed(address, draft))
      return { InstructionError: [last, 'ReadonlyDataModified'] as const }
  return null
}

interface Ran {
  readonly execution: Execution
  readonly drafts: ReadonlyMap<Address, Draft>
}

function run(
  transaction: DecodedTransaction,
  read: (address: Address) => LedgerAccount | null,
  rentExempt: RentExempt,
): Ran {
  const logs: string[] = []
  const ended = (fault: TransactionFault | null, bank: Bank | null): Ran => ({
    execution: {
      fault,
      logs,
      units: transaction.instructions.length * UNITS_PER_INSTRUCTION,
      inner: [],
      returnData: null,
      accounts: new Map(),
    },
    drafts: bank?.drafts() ?? new Map(),
  })
  const payer = transaction.keys[0] ?? SYSTEM_PROGRAM
  const fee = feeOf(transaction)
  const paying = (): Bank => {
    const bank = openBank(read)
    bank.load(payer).lamports -= fee
    return bank
  }
  const balance = read(payer)?.lamports ?? 0n
  if (balance === 0n) return ended('AccountNotFound', null)
  if (balance < fee) return ended('InsufficientFundsForFee', null)
  // As the native engine has it: version 1 names no default, and nothing loads within nothing.
  if (transaction.config && !transaction.config.loadedAccountsDataSizeLimit)
    return ended('MaxLoadedAccountsDataSizeExceeded', paying())
  const bank = paying()
  const running = { bank, logs, rentExempt }
  const fault =
    runInstructions(transaction, running) ??
    forbiddenWrite(transaction, bank, read) ??
    unpaidRent(transaction, running, read)
  // What failed leaves only its fee behind.
  return ended(fault, fault === null ? bank : paying())
}

const settled = (draft: Draft): LedgerAccount | null => (draft.lamports === 0n ? null : { ...draft })

/**
 * Makes the engine that runs in JavaScript alone, in a page too: the System program, associated accounts and the
 * classic token program. It does not check signatures.
 */
export function createMemoryEngine(): Engine {
  const accounts = openingAccounts()
  let lamportsPerByte = 6_960n
  const rentExempt: RentExempt = (bytes) => BigInt(128 + bytes) * lamportsPerByte
  const read = (address: Address): LedgerAccount | null => accounts.get(address) ?? null
  const write = (address: Address, account: LedgerAccount | null): void => {
    if (account === null || account.lamports === 0n) accounts.delete(address)
    else accounts.set(address, account)
  }
  return {
    name: 'memory',
    read,
    write,
    openSlot: () => {},
    run(transaction) {
      const { execution, drafts } = run(transaction, read, rentExempt)
      for (const [address, draft] of drafts) if (transaction.writable.has(address)) write(address, settled(draft))
      return execution
    },
    simulate(transaction) {
      const { execution, drafts } = run(transaction, read, rentExempt)
      if (execution.fault !== null) return execution
      return { ...execution, accounts: new Map([...drafts].map(([address, draft]) => [address, settled(draft)])) }
    },
    rentExempt,
    setRent(rate) {
      lamportsPerByte = BigInt(rate)
    },
  }
}
