import type { Address } from '../../../src/base/address.js'
import { type Engine, type Execution, type LedgerAccount, sameAccount, type TransactionFault } from './engine.js'
import type { Journal } from './journal.js'
import type { Slots } from './slots.js'
import { type DecodedTransaction, feeOf } from './transaction.js'

/** A transaction that is in a slot, with what it read and wrote. */
export interface LandedTransaction {
  readonly signature: string
  readonly slot: number
  readonly unixTime: number
  readonly execution: Execution
  readonly transaction: DecodedTransaction
  readonly before: ReadonlyMap<Address, LedgerAccount | null>
  readonly after: ReadonlyMap<Address, LedgerAccount | null>
  readonly fee: bigint
}

/** What became of a transaction that was executed: it landed, or it left no trace and `fault` says why. */
export type Outcome =
  | { readonly landed: LandedTransaction; readonly fault: TransactionFault | null }
  | { readonly landed: null; readonly fault: TransactionFault }

/** The transactions of a chain. */
export interface Transactions {
  readonly count: number
  get(signature: string): LandedTransaction | undefined
  /** Signatures that named the address, oldest first. */
  naming(address: Address): readonly string[]
  /** Why a transaction cannot be run at all. */
  check(transaction: DecodedTransaction): TransactionFault | null
  execute(transaction: DecodedTransaction): Outcome
  /** Makes a transaction unhappened. */
  forget(signature: string): void
}

/** What transactions need of the chain they land in. */
export interface TransactionsOptions {
  readonly engine: Engine
  readonly journal: Journal
  /** Transactions kept for later questions. @default 20_000 */
  readonly keepTransactions?: number
  readonly slots: Pick<Slots, 'building' | 'blockhashSlot'>
}

const KEPT_PER_ADDRESS = 1_000

/** Makes the book of transactions over an engine. */
export function createTransactions(options: TransactionsOptions): Transactions {
  const { engine, journal, slots, keepTransactions = 20_000 } = options
  const bySignature = new Map<string, LandedTransaction>()
  const byAddress = new Map<Address, string[]>()
  let count = 0

  function run(
    transaction: DecodedTransaction,
  ): Omit<LandedTransaction, 'signature' | 'fee'> & { readonly touched: boolean } {
    const { slot, unixTime } = slots.building
    // The engine does not say which accounts it changed: they are read before and after.
    const before = new Map(transaction.keys.map((key) => [key, engine.read(key)]))
    const execution = engine.run(transaction)
    const after = new Map(before)
    let touched = false
    for (const key of transaction.writable) {
      const was = before.get(key) ?? null
      const is = engine.read(key)
      after.set(key, is)
      if (sameAccount(was, is)) continue
      journal.write(key, slot, was, is)
      touched = true
    }
    return { slot, unixTime, execution, transaction, before, after, touched }
  }

  function keep(landed: LandedTransaction): void {
    bySignature.set(landed.signature, landed)
    slots.building.signatures.push(landed.signature)
    count++
    const oldest = bySignature.keys().next().value
    if (bySignature.size > keepTransactions && oldest !== undefined) bySignature.delete(oldest)
    for (const key of landed.transaction.keys) {
      const list = byAddress.get(key) ?? []
      byAddress.set(key, list)
      list.push(landed.signature)
      if (list.length > KEPT_PER_ADDRESS) list.shift()
    }
  }

  function check({ signatures, blockhash }: DecodedTransaction): TransactionFault | null {
    if (bySignature.has(signatures[0] ?? '')) return 'AlreadyProcessed'
    return slots.blockhashSlot(blockhash, slots.building.height) === undefined ? 'BlockhashNotFound' : null
  }

  return {
    get count() {
      return count
    },
    get: (signature) => bySignature.get(signature),
    naming: (address) => byAddress.get(address) ?? [],
    check,
    execute(transaction) {
      const refused = check(transaction)
      if (refused !== null) return { landed: null, fault: refused }
      const { touched, ...ran } = run(transaction)
      const { fault } = ran.execution
      // Not even the fee moved: such a transaction is in no block.
      if (fault !== null && !touched) return { landed: null, fault }
      const landed = { ...ran, signature: transaction.signatures[0] ?? '', fee: feeOf(transaction) }
      keep(landed)
      return { landed, fault }
    },
    forget(signature) {
      const landed = bySignature.get(signature)
      if (!landed) return
      bySignature.delete(signature)
      count--
      for (const key of landed.transaction.keys)
        byAddress.set(
          key,
          (byAddress.get(key) ?? []).filter((known) => known !== signature),
        )
    },
  }
}
