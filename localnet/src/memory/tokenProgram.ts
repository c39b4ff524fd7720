import type { Address } from '../../../src/base/address.js'
import {
  addressAt,
  isMint,
  isTokenAccount,
  MINT_BYTES,
  optionAt,
  setAddress,
  setOption,
  setU64,
  TOKEN_ACCOUNT_BYTES,
  u64At,
} from '../ledger/tokenBytes.js'
import { bytesAt, type Call, customFault, type Draft, type Program, type ProgramFault, programFault } from './bank.js'
import { initializeAccountOf, initializeMint, invalidInstruction } from './tokenSetup.js'

const FROZEN = 2
const isNative = ({ data }: Draft): boolean => data[109] === 1
const amountOf = ({ data }: Draft): bigint => u64At(data, 64)

const frozen = (): ProgramFault => customFault(17, 'Error: Account is frozen')
const poor = (): ProgramFault => customFault(1, 'Error: insufficient funds')
const notOwner = (): ProgramFault => customFault(4, 'Error: owner does not match')

const amountIn = ({ data }: Call, offset = 1): bigint =>
  bytesAt(data, offset, 8, invalidInstruction()).getBigUint64(0, true)

function stored(call: Call, address: Address, bytes: number, stateAt: number): Draft {
  const draft = call.bank.load(address)
  if (draft.program !== call.program || draft.data.length < bytes) throw programFault('InvalidAccountData')
  if (draft.data[stateAt] === 0) throw programFault('UninitializedAccount')
  return draft
}
const tokenAccount = (call: Call, index: number): Draft => stored(call, call.key(index), TOKEN_ACCOUNT_BYTES, 108)
const mintAccount = (call: Call, index: number): Draft => stored(call, call.key(index), MINT_BYTES, 45)

function checkDecimals(mint: Draft, { data }: Call): void {
  if (bytesAt(data, 9, 1, invalidInstruction()).getUint8(0) !== mint.data[44]) throw customFault(18)
}

function checkOwner(call: Call, owner: Address, who: Address): void {
  if (owner !== who) throw notOwner()
  call.mustSign(who)
}

/** The owner may spend what there is; a delegate only what was approved, which then shrinks. */
function spend(call: Call, from: Draft, who: Address, amount: bigint, unchanged = false): void {
  if (optionAt(from.data, 72) !== who) {
    checkOwner(call, addressAt(from.data, 32), who)
    return
  }
  call.mustSign(who)
  const approved = u64At(from.data, 121)
  if (approved < amount) throw poor()
  if (unchanged) return
  setU64(from.data, 121, approved - amount)
  if (approved === amount) setOption(from.data, 72, null)
}

function transfer(call: Call, checked: boolean): void {
  const amount = amountIn(call)
  const [toIndex, whoIndex] = checked ? [2, 3] : [1, 2]
  const from = tokenAccount(call, 0)
  const to = tokenAccount(call, toIndex)
  if (from.data[108] === FROZEN || to.data[108] === FROZEN) throw frozen()
  if (amountOf(from) < amount) throw poor()
  const mint = addressAt(from.data, 0)
  if (mint !== addressAt(to.data, 0)) throw customFault(3)
  if (checked) {
    if (mint !== call.key(1)) throw customFault(3)
    checkDecimals(mintAccount(call, 1), call)
  }
  spend(call, from, call.key(whoIndex), amount, from === to)
  if (from === to || amount === 0n) return
  setU64(from.data, 64, amountOf(from) - amount)
  setU64(to.data, 64, amountOf(to) + amount)
  if (!isNative(from)) return
  from.lamports -= amount
  to.lamports += amount
}

function approve(call: Call, checked: boolean): void {
  const amount = amountIn(call)
  const [delegateIndex, ownerIndex] = checked ? [2, 3] : [1, 2]
  const account = tokenAccount(call, 0)
  if (account.data[108] === FROZEN) throw frozen()
  if (checked) {
    if (addressAt(account.data, 0) !== call.key(1)) throw customFault(3)
    checkDecimals(mintAccount(call, 1), call)
  }
  checkOwner(call, addressAt(account.data, 32), call.key(ownerIndex))
  setOption(account.data, 72, call.key(delegateIndex))
  setU64(account.data, 121, amount)
}

function revoke(call: Call): void {
  const account = tokenAccount(call, 0)
  if (account.data[108] === FROZEN) throw frozen()
  const who = call.key(1)
  const delegate = optionAt(account.data, 72)
  checkOwner(call, delegate === who ? delegate : addressAt(account.data, 32), who)
  setOption(account.data, 72, null)
  setU64(account.data, 121, 0n)
}

function mintTo(call: Call, checked: boolean): void {
  const amount = amountIn(call)
  const to = tokenAccount(call, 1)
  if (to.data[108] === FROZEN) throw frozen()
  if (isNative(to)) throw customFault(10)
  if (addressAt(to.data, 0) !== call.key(0)) throw customFault(3)
  const mint = mintAccount(call, 0)
  if (checked) checkDecimals(mint, call)
  const authority = optionAt(mint.data, 0)
  if (authority === null) throw customFault(5, 'Error: the total supply of this token is fixed')
  checkOwner(call, authority, call.key(2))
  const supply = u64At(mint.data, 36) + amount
  if (supply >= 2n ** 64n) throw customFault(14)
  setU64(to.data, 64, amountOf(to) + amount)
  setU64(mint.data, 36, supply)
}

function burn(call: Call, checked: boolean): void {
  const amount = amountIn(call)
  const from = tokenAccount(call, 0)
  const mint = mintAccount(call, 1)
  if (from.data[108] === FROZEN) throw frozen()
  if (isNative(from)) throw customFault(10)
  if (amountOf(from) < amount) throw poor()
  if (addressAt(from.data, 0) !== call.key(1)) throw customFault(3)
  if (checked) checkDecimals(mint, call)
  spend(call, from, call.key(2), amount)
  setU64(from.data, 64, amountOf(from) - amount)
  setU64(mint.data, 36, u64At(mint.data, 36) - amount)
}

function closeAccount(call: Call): void {
  const account = tokenAccount(call, 0)
  if (call.key(0) === call.key(1)) throw programFault('InvalidAccountData')
  if (!isNative(account) && amountOf(account) !== 0n)
    throw customFault(11, 'Error: Non-native account can only be closed if its balance is zero')
  checkOwner(call, optionAt(account.data, 129) ?? addressAt(account.data, 32), call.key(2))
  call.account(1).lamports += account.lamports
  Object.assign(account, { lamports: 0n, data: new Uint8Array() })
}

function freeze(call: Call, state: 1 | 2): void {
  const account = tokenAccount(call, 0)
  if (account.data[108] === state) throw customFault(13, 'Error: Invalid account state for operation')
  if (isNative(account)) throw customFault(10)
  if (addressAt(account.data, 0) !== call.key(1)) throw customFault(3)
  const authority = optionAt(mintAccount(call, 1).data, 46)
  if (authority === null) throw customFault(16)
  checkOwner(call, authority, call.key(2))
  account.data[108] = state
}

function setMintAuthority(call: Call, kind: number, next: Address | null): void {
  const mint = mintAccount(call, 0)
  if (kind > 1) throw customFault(15)
  const offset = kind === 0 ? 0 : 46
  const now = optionAt(mint.data, offset)
  if (now === null) throw customFault(kind === 0 ? 5 : 16)
  checkOwner(call, now, call.key(1))
  setOption(mint.data, offset, next)
}

function setAccountAuthority(call: Call, kind: number, next: Address | null): void {
  const account = tokenAccount(call, 0)
  if (account.data[108] === FROZEN) throw frozen()
  const owner = addressAt(account.data, 32)
  if (kind === 3) {
    checkOwner(call, optionAt(account.data, 129) ?? owner, call.key(1))
    setOption(account.data, 129, next)
    return
  }
  if (kind !== 2) throw customFault(15)
  checkOwner(call, owner, call.key(1))
  if (next === null) throw invalidInstruction()
  setAddress(account.data, 32, next)
  setOption(account.data, 72, null)
  setU64(account.data, 121, 0n)
  if (isNative(account)) setOption(account.data, 129, null)
}

function setAuthority(call: Call): void {
  const { data } = call
  const kind = bytesAt(data, 1, 2, invalidInstruction()).getUint8(0)
  if (data[2] === 1) bytesAt(data, 3, 32, invalidInstruction())
  const next = data[2] === 1 ? addressAt(data, 3) : null
  const subject = call.account(0)
  if (isTokenAccount(subject)) setAccountAuthority(call, kind, next)
  else if (isMint(subject)) setMintAuthority(call, kind, next)
  else throw programFault('InvalidArgument')
}

function syncNative(call: Call): void {
  if (call.account(0).program !== call.program) throw programFault('IncorrectProgramId')
  const account = tokenAccount(call, 0)
  if (!isNative(account)) throw customFault(19)
  const amount = account.lamports - u64At(account.data, 113)
  if (amount < amountOf(account)) throw customFault(13)
  setU64(account.data, 64, amount)
}

const instructions: Readonly<Record<number, readonly [name: string, run: (call: Call) => void]>> = {
  0: ['InitializeMint', initializeMint],
  1: ['InitializeAccount', initializeAccountOf],
  3: ['Transfer', (call) => transfer(call, false)],
  4: ['Approve', (call) => approve(call, false)],
  5: ['Revoke', revoke],
  6: ['SetAuthority', setAuthority],
  7: ['MintTo', (call) => mintTo(call, false)],
  8: ['Burn', (call) => burn(call, false)],
  9: ['CloseAccount', closeAccount],
  10: ['FreezeAccount', (call) => freeze(call, 2)],
  11: ['ThawAccount', (call) => freeze(call, 1)],
  12: ['TransferChecked', (call) => transfer(call, true)],
  13: ['ApproveChecked', (call) => approve(call, true)],
  14: ['MintToChecked', (call) => mintTo(call, true)],
  15: ['BurnChecked', (call) => burn(call, true)],
  16: ['InitializeAccount2', initializeAccountOf],
  17: ['SyncNative', syncNative],
  18: ['InitializeAccount3', initializeAccountOf],
  20: ['InitializeMint2', initializeMint],
}

/** The instructions of the classic token program. Token-2022 runs by them too, without its extensions. */
export const tokenProgram: Program = (call) => {
  const found = instructions[call.data[0] ?? -1]
  if (!found) {
    call.log(`The memory engine does not know token instruction ${call.data[0]}.`)
    throw programFault('InvalidInstructionData')
  }
  const [name, run] = found
  call.log(`Program log: Instruction: ${name}`)
  run(call)
}
