import type { Address } from '../../../src/base/address.js'
import { base58Of } from '../../../src/base/base58.js'
import { base64Of } from '../../../src/base/bytes.js'
import { encodeAccount, tokenBalanceRows } from '../ledger/accountEncoding.js'
import { type Execution, faultText, type InnerInstruction, type LedgerAccount } from '../ledger/engine.js'
import type { LandedTransaction } from '../ledger/execution.js'
import { memosOf } from '../ledger/memo.js'
import {
  type CompiledInstruction,
  type DecodedTransaction,
  MAX_TRANSACTION_BYTES,
  withBlockhash,
} from '../ledger/transaction.js'
import { encodingParam, type Method } from './accountMethods.js'
import {
  addressParam,
  bytesParam,
  configParam,
  invalidParams,
  listParam,
  numberParam,
  rpcError,
  textParam,
} from './jsonRpc.js'
import { commitmentParam, type View } from './view.js'

const MAX_STATUSES = 256
const MAX_HISTORY = 1_000

function transactionParam(view: View, value: unknown, encoding: unknown): DecodedTransaction {
  const bytes = bytesParam(textParam(value), encoding ?? undefined, MAX_TRANSACTION_BYTES)
  try {
    return view.ledger.decode(bytes)
  } catch (cause) {
    throw invalidParams(
      `failed to deserialize solana_transaction::versioned::VersionedTransaction: ${(cause as Error).message}`,
    )
  }
}

const simulationOf = ({ fault, logs, units, returnData }: Execution) => ({
  err: fault,
  logs,
  accounts: null,
  unitsConsumed: units,
  returnData: returnData && { programId: returnData.program, data: [base64Of(returnData.data), 'base64'] },
  innerInstructions: null,
  replacementBlockhash: null,
})

const nothingRun = { logs: [], units: 0, inner: [], returnData: null, accounts: new Map() }

function preflight(view: View, transaction: DecodedTransaction): void {
  const { ledger, heads } = view
  // A node that is behind has not seen the newest blockhashes.
  const unseen =
    ledger.slots.blockhashSlot(transaction.blockhash, ledger.slots.at(heads.processed).height) === undefined
  const refused = ledger.transactions.check(transaction) ?? (unseen ? 'BlockhashNotFound' : null)
  const execution = refused
    ? { ...nothingRun, fault: refused }
    : ledger.engine.simulate(transaction, { verifySignatures: true })
  if (execution.fault === 'SignatureFailure') throw rpcError(-32003, 'Transaction signature verification failure')
  if (execution.fault !== null)
    throw rpcError(-32002, `Transaction simulation failed: ${faultText(execution.fault)}`, simulationOf(execution))
}

const sendTransaction: Method = ([text, config], view) => {
  const { encoding, skipPreflight, preflightCommitment, minContextSlot } = configParam(config)
  const transaction = transactionParam(view, text, encoding)
  view.slotOf({ commitment: preflightCommitment, minContextSlot })
  if (skipPreflight !== true) preflight(view, transaction)
  // What fails from here on is recorded or dropped, never thrown: the caller already has its signature.
  view.ledger.execute(transaction)
  return transaction.signatures[0]
}

const simulateTransaction: Method = ([text, config], view) => {
  const { encoding, sigVerify, replaceRecentBlockhash, accounts } = configParam(config)
  const slot = view.slotOf(config)
  const given = transactionParam(view, text, encoding)
  if (sigVerify === true && replaceRecentBlockhash === true)
    throw invalidParams('sigVerify may not be used with replaceRecentBlockhash')
  const { blockhash, height } = view.ledger.slots.at(slot)
  const replace = replaceRecentBlockhash === true
  const transaction = replace ? withBlockhash(given, blockhash) : given
  const replacementBlockhash = replace ? { blockhash, lastValidBlockHeight: height + view.ledger.maxAge } : null
  const known = view.ledger.slots.blockhashSlot(transaction.blockhash, view.ledger.slots.building.height) !== undefined
  const execution = known
    ? view.ledger.engine.simulate(transaction, { verifySignatures: sigVerify === true })
    : { ...nothingRun, fault: 'BlockhashNotFound' }
  if (execution.fault === 'SignatureFailure') throw rpcError(-32003, 'Transaction signature verification failure')
  return view.at(slot, {
    ...simulationOf(execution),
    accounts: leftIn(view, execution, accounts, slot),
    replacementBlockhash,
  })
}

function leftIn(view: View, execution: Execution, accounts: unknown, slot: number): (object | null)[] | null {
  if (accounts === undefined || accounts === null) return null
  const { addresses, encoding } = configParam(accounts)
  const options = encodingParam({ encoding }, 'base64')
  return listParam(addresses, 100).map((value) => {
    const address = addressParam(value)
    const account = execution.accounts.get(address) ?? view.ledger.head(address)
    return account && encodeAccount(account, options, view.context(slot))
  })
}

function confirmationOf(view: View, { slot }: LandedTransaction): 'processed' | 'confirmed' | 'finalized' {
  if (slot <= view.heads.finalized) return 'finalized'
  return slot <= view.heads.confirmed ? 'confirmed' : 'processed'
}

function statusOf(view: View, landed: LandedTransaction | undefined): object | null {
  if (!landed || landed.slot > view.heads.processed) return null
  const { fault } = landed.execution
  const confirmationStatus = confirmationOf(view, landed)
  return {
    slot: landed.slot,
    confirmations: confirmationStatus === 'finalized' ? null : Math.min(31, view.heads.processed - landed.slot),
    err: fault,
    status: fault === null ? { Ok: null } : { Err: fault },
    confirmationStatus,
  }
}

/** Where a transaction stands in the order of the chain. */
function placeOf(view: View, { slot, signature }: LandedTransaction) {
  const index = view.ledger.slots.get(slot)?.signatures.indexOf(signature) ?? -1
  return { slot, index: index < 0 ? null : index }
}
type Place = ReturnType<typeof placeOf>
const isBefore = (a: Place, b: Place): boolean =>
  a.slot < b.slot || (a.slot === b.slot && (a.index ?? 0) < (b.index ?? 0))

/** The place of a transaction that a list is cut at; since Agave 4.0 one that is not known is an error, and not an empty list. */
function cutAt(view: View, value: unknown, slot: number): Place | undefined {
  if (value === undefined || value === null) return undefined
  const landed = view.ledger.transactions.get(textParam(value))
  if (!landed || landed.slot > slot) throw rpcError(-32020, `Filter transaction not found: ${String(value)}`)
  return placeOf(view, landed)
}

const getSignaturesForAddress: Method = ([key, config], view) => {
  const slot = view.slotOf(config)
  const { before, until, limit } = configParam(config)
  const [from, end] = [cutAt(view, before, slot), cutAt(view, until, slot)]
  const newestFirst = [...view.ledger.transactions.naming(addressParam(key))].reverse()
  const all = newestFirst.flatMap((signature) => {
    const landed = view.ledger.transactions.get(signature)
    if (!landed || landed.slot > slot) return []
    const place = placeOf(view, landed)
    return (from && !isBefore(place, from)) || (end && !isBefore(end, place)) ? [] : [{ landed, place }]
  })
  return all.slice(0, numberParam(limit, MAX_HISTORY)).map(({ landed, place }) => ({
    signature: landed.signature,
    slot: landed.slot,
    err: landed.execution.fault,
    memo: memosOf(landed.transaction),
    blockTime: landed.unixTime,
    confirmationStatus: confirmationOf(view, landed),
    ...(place.index !== null && { transactionIndex: place.index }),
  }))
}

type Accounts = ReadonlyMap<Address, LedgerAccount | null>

type WriteInstruction = (instruction: CompiledInstruction | InnerInstruction) => object

function instructionWriter({ keys }: DecodedTransaction, parsed: boolean): WriteInstruction {
  return (instruction) => {
    const { programIdIndex, accounts, data } = instruction
    const rest = { data: base58Of(data), stackHeight: 'stackHeight' in instruction ? instruction.stackHeight : null }
    return parsed
      ? { accounts: accounts.map((i) => keys[i]), programId: keys[programIdIndex], ...rest }
      : { accounts, programIdIndex, ...rest }
  }
}

function messageOf(transaction: DecodedTransaction, parsed: boolean): object {
  const { header, keys, staticCount, writable, lookups } = transaction
  const accountKeys = parsed
    ? keys.map((pubkey, i) => ({
        pubkey,
        signer: i < header.signers,
        source: i < staticCount ? 'transaction' : 'lookupTable',
        writable: writable.has(pubkey),
      }))
    : keys.slice(0, staticCount)
  const numbers = {
    numReadonlySignedAccounts: header.readonlySigned,
    numReadonlyUnsignedAccounts: header.readonlyUnsigned,
    numRequiredSignatures: header.signers,
  }
  const addressTableLookups = lookups.map((lookup) => ({
    accountKey: lookup.table,
    readonlyIndexes: lookup.readonly,
    writableIndexes: lookup.writable,
  }))
  return {
    accountKeys,
    recentBlockhash: transaction.blockhash,
    instructions: transaction.instructions.map(instructionWriter(transaction, parsed)),
    ...(!parsed && { header: numbers }),
    ...(transaction.version === 0 && { addressTableLookups }),
    ...(transaction.config && { transactionConfig: transaction.config }),
  }
}

function metaOf(view: View, landed: LandedTransaction, write: WriteInstruction): object {
  const { execution, transaction, before, after } = landed
  const lamports = (accounts: Accounts) => transaction.keys.map((key) => accounts.get(key)?.lamports ?? 0n)
  const context = { read: (key: Address) => view.ledger.accountAt(key, landed.slot), unixTime: landed.unixTime }
  const tokens = (accounts: Accounts) => tokenBalanceRows(transaction.keys, accounts, context)
  const inner = execution.inner.map((list, index) => ({ index, instructions: list.map(write) }))
  return {
    err: execution.fault,
    status: execution.fault === null ? { Ok: null } : { Err: execution.fault },
    fee: landed.fee,
    preBalances: lamports(before),
    postBalances: lamports(after),
    innerInstructions: inner.filter(({ instructions }) => instructions.length > 0),
    logMessages: execution.logs,
    preTokenBalances: tokens(before),
    postTokenBalances: tokens(after),
    rewards: [],
    loadedAddresses: transaction.loaded,
    computeUnitsConsumed: execution.units,
  }
}

/** The newest version a caller reads; without one it reads none but the oldest. */
const maxVersionOf = (value: unknown): number => (value === undefined || value === null ? -1 : numberParam(value))

const getTransaction: Method = ([signature, config], view) => {
  const { encoding, commitment, maxSupportedTransactionVersion } =
    typeof config === 'string' ? { encoding: config } : configParam(config)
  const landed = view.ledger.transactions.get(textParam(signature))
  if (!landed || landed.slot > view.heads[commitmentParam(commitment)]) return null
  const { transaction } = landed
  const { version } = transaction
  if (version !== 'legacy' && !(maxVersionOf(maxSupportedTransactionVersion) >= version))
    throw rpcError(
      -32015,
      `Transaction version (${version}) is not supported by the requesting client. Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": ${version}`,
    )
  const parsed = encoding === 'jsonParsed'
  const written = { message: messageOf(transaction, parsed), signatures: transaction.signatures }
  return {
    slot: landed.slot,
    blockTime: landed.unixTime,
    version,
    transaction: encoding === 'base64' ? [base64Of(transaction.bytes), 'base64'] : written,
    meta: metaOf(view, landed, instructionWriter(transaction, parsed)),
  }
}

/** The methods that send transactions and ask what became of them. */
export const transactionMethods: Readonly<Record<string, Method>> = {
  sendTransaction,
  simulateTransaction,
  getSignatureStatuses: ([signatures], view) =>
    view.at(
      view.heads.processed,
      listParam(signatures, MAX_STATUSES).map((signature) =>
        statusOf(view, view.ledger.transactions.get(textParam(signature))),
      ),
    ),
  getSignaturesForAddress,
  getTransaction,
}
