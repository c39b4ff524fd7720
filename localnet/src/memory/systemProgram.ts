import { type Address, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM } from '../../../src/base/address.js'
import { associatedAddressOf } from '../../../src/token/associatedAddress.js'
import { addressAt, TOKEN_ACCOUNT_BYTES, tokenAccountBytes } from '../ledger/tokenBytes.js'
import { bytesAt, type Call, customFault, type Program, programFault } from './bank.js'
import { initializeAccount } from './tokenSetup.js'

/** The program that makes a wallet's account for a mint. */
export const ASSOCIATED_PROGRAM = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL' as Address
const MAX_SPACE = 10 * 1024 * 1024

function pay(call: Call, from: Address, to: Address, lamports: bigint): void {
  const payer = call.bank.load(from)
  if (payer.data.length > 0) {
    call.log('Transfer: `from` must not carry data')
    throw programFault('InvalidArgument')
  }
  if (payer.lamports < lamports) {
    call.log(`Transfer: insufficient lamports ${payer.lamports}, need ${lamports}`)
    throw customFault(1)
  }
  payer.lamports -= lamports
  call.bank.load(to).lamports += lamports
}

function createAccount(
  call: Call,
  from: Address,
  to: Address,
  lamports: bigint,
  space: number,
  program: Address,
): void {
  const account = call.bank.load(to)
  if (account.lamports > 0n || account.data.length > 0 || account.program !== SYSTEM_PROGRAM) {
    call.log(`Create Account: account ${to} already in use`)
    throw customFault(0)
  }
  if (space > MAX_SPACE) throw customFault(3)
  pay(call, from, to, lamports)
  Object.assign(account, { data: new Uint8Array(space), program })
}

/** The System program: transfers, and new accounts. */
export const systemProgram: Program = (call) => {
  const short = programFault('InvalidInstructionData')
  const kind = bytesAt(call.data, 0, 4, short).getUint32(0, true)
  if (kind === 2) {
    const lamports = bytesAt(call.data, 4, 8, short).getBigUint64(0, true)
    const to = call.key(1)
    call.mustSign(call.key(0))
    pay(call, call.key(0), to, lamports)
  } else if (kind === 0) {
    const view = bytesAt(call.data, 4, 48, short)
    const to = call.key(1)
    call.mustSign(call.key(0))
    call.mustSign(to)
    const space = Number(view.getBigUint64(8, true))
    createAccount(call, call.key(0), to, view.getBigUint64(0, true), space, addressAt(call.data, 20))
  } else {
    call.log(`The memory engine does not know System instruction ${kind}.`)
    throw short
  }
}

/** The associated token account program: create, and create unless it is there. */
export const associatedProgram: Program = (call) => {
  const kind = call.data[0] ?? 0
  if (kind > 1) throw programFault('InvalidInstructionData')
  const [payer, account, wallet, mint] = [call.key(0), call.key(1), call.key(2), call.key(3)]
  const program = call.key(5)
  if (associatedAddressOf(wallet, mint, program) !== account) {
    call.log('Error: Associated address does not match seed derivation')
    throw programFault('InvalidSeeds')
  }
  const draft = call.bank.load(account)
  if (draft.program === program && kind === 1) {
    if (addressAt(draft.data, 32) !== wallet) throw customFault(0)
    if (addressAt(draft.data, 0) !== mint) throw programFault('InvalidAccountData')
    return
  }
  if (draft.program !== SYSTEM_PROGRAM) throw programFault('IllegalOwner')
  call.mustSign(payer)
  const empty = tokenAccountBytes({ mint, owner: wallet, amount: 0n, program })
  const missing = call.rentExempt(empty.length) - draft.lamports
  if (missing > 0n) pay(call, payer, account, missing)
  // Token-2022's accounts come with the mark that their owner never changes; the rest is written by the token program.
  empty.fill(0, 0, TOKEN_ACCOUNT_BYTES)
  const data = program === TOKEN_2022_PROGRAM ? empty : new Uint8Array(TOKEN_ACCOUNT_BYTES)
  Object.assign(draft, { data, program })
  initializeAccount({ ...call, program }, account, mint, wallet)
}
