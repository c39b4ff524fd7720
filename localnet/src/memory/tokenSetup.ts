import { type Address, NATIVE_MINT } from '../../../src/base/address.js'
import { addressAt, MINT_BYTES, setAddress, setOption, setU64, TOKEN_ACCOUNT_BYTES } from '../ledger/tokenBytes.js'
import { bytesAt, type Call, customFault, type ProgramFault, programFault } from './bank.js'

/** What the token program says to an instruction it cannot read. */
export const invalidInstruction = (): ProgramFault => customFault(12, 'Error: Invalid instruction')

/** Turns a mint's empty bytes into a mint. */
export function initializeMint(call: Call): void {
  const { data } = call
  const mint = call.account(0)
  bytesAt(data, 1, 34, invalidInstruction())
  if (mint.data.length < MINT_BYTES || mint.program !== call.program) throw programFault('InvalidAccountData')
  if (mint.data[45] === 1) throw customFault(6)
  if (mint.lamports < call.rentExempt(mint.data.length)) throw customFault(0)
  setOption(mint.data, 0, addressAt(data, 2))
  mint.data[44] = data[1] ?? 0
  mint.data[45] = 1
  if (data[34] !== 1) return
  bytesAt(data, 35, 32, invalidInstruction())
  setOption(mint.data, 46, addressAt(data, 35))
}

/** Turns an account's empty bytes into a token account. */
export function initializeAccount(call: Call, account: Address, mint: Address, owner: Address): void {
  const draft = call.bank.load(account)
  if (draft.program !== call.program || draft.data.length < TOKEN_ACCOUNT_BYTES)
    throw programFault('InvalidAccountData')
  if (draft.data[108] !== 0) throw customFault(6)
  const reserve = call.rentExempt(draft.data.length)
  if (draft.lamports < reserve) throw customFault(0)
  const of = call.bank.load(mint)
  if (of.program !== call.program || of.data.length < MINT_BYTES || of.data[45] !== 1) throw customFault(2)
  setAddress(draft.data, 0, mint)
  setAddress(draft.data, 32, owner)
  draft.data[108] = 1
  if (mint !== NATIVE_MINT) return
  draft.data[109] = 1
  setU64(draft.data, 113, reserve)
  setU64(draft.data, 64, draft.lamports - reserve)
}

/** The three instructions that make a token account. */
export function initializeAccountOf(call: Call): void {
  // The owner is an account in the oldest form, and data in the later ones.
  const inData = call.data[0] !== 1
  if (inData) bytesAt(call.data, 1, 32, invalidInstruction())
  initializeAccount(call, call.key(0), call.key(1), inData ? addressAt(call.data, 1) : call.key(2))
}
