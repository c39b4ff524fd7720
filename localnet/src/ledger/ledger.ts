import { ComputeBudgetProgram, Keypair, PublicKey, SystemProgram, Transaction } from '@solana/web3.js'
import { type Address, SYSTEM_PROGRAM } from '../../../src/base/address.js'
import { countOf, durationOf, invalid, shown } from '../../../src/base/check.js'
import { type Clock, systemClock } from '../../../src/base/clock.js'
import { createEmitter } from '../../../src/base/emitter.js'
import { LamplightError } from '../../../src/base/errors.js'
import type { Engine, LedgerAccount } from './engine.js'
import { createTransactions, type Outcome, type Transactions } from './execution.js'
import { createJournal, type Journal } from './journal.js'
import { createSlots, type Slots } from './slots.js'
import { type DecodedTransaction, decodeTransaction } from './transaction.js'

/** How blocks become final. */
export type Consensus = 'tower-bft' | 'alpenglow'

/** How a chain counts its time, and what it charges. */
export interface LedgerOptions {
  /** Milliseconds between slots; 0 means that only `tick` makes them. @default 400 */
  readonly slotMs?: number
  /**
   * How blocks become final. `tower-bft`: `finalized` comes 32 slots after `processed`, as on chains until late 2026;
   * `alpenglow`: `confirmed` and `finalized` are the same block, as on mainnet since then. @default 'tower-bft'
   */
  readonly consensus?: Consensus
  /** What each byte of an account costs, its 128 of overhead included, in lamports; mainnet's falls. @default 6_960 */
  readonly rentLamportsPerByte?: number
  /** A slot for each transaction, at once, and none by the clock. @default false */
  readonly automine?: boolean
  /** The first slot. @default 1_000 */
  readonly startSlot?: number
  /** Slots that old versions are kept for. @default 20_000 */
  readonly keepSlots?: number
  /** @default the host's clock */
  readonly clock?: Clock
}

/** What a chain tells those who watch it. */
export interface LedgerEvents {
  /** A slot is complete. */
  frozen: { readonly slot: number }
  /** Everything after slot `keep` never happened; `accounts` changed by that. */
  reorg: { readonly keep: number; readonly accounts: ReadonlySet<Address> }
}

/** Lets time pass at once. */
export interface Warp {
  /** Seconds the chain's own clock goes forward. @default 0 */
  readonly seconds?: number
  /** Slots that are skipped. @default 0 */
  readonly slots?: number
}

/** A chain: an engine for the newest state, and an append-only journal of all states before it. */
export interface Ledger {
  readonly engine: Engine
  readonly journal: Pick<Journal, 'changedIn' | 'modifiedAt' | 'ownedBy' | 'heldBy'>
  readonly transactions: Pick<Transactions, 'count' | 'get' | 'naming' | 'check'>
  readonly slots: Pick<Slots, 'building' | 'frozen' | 'first' | 'get' | 'at' | 'blockhashSlot' | 'genesisHash'>
  /** Milliseconds between slots, as the chain's own clock counts them. */
  readonly slotMs: number
  readonly automine: boolean
  readonly consensus: Consensus
  /** Blocks a blockhash can be used for. */
  readonly maxAge: number
  /** Who pays airdrops. */
  readonly faucet: Address
  /** The newest version of an account, that of the slot being built. */
  head(address: Address): LedgerAccount | null
  accountAt(address: Address, slot: number): LedgerAccount | null
  /** Takes a transaction apart; throws a RangeError that says what is wrong with it. */
  decode(bytes: Uint8Array): DecodedTransaction
  execute(transaction: DecodedTransaction): Outcome
  airdrop(address: Address, lamports: bigint): Outcome
  /** Writes accounts as they are, in one slot; `null` removes one. */
  setAccounts(entries: readonly (readonly [Address, LedgerAccount | null])[]): void
  /** Completes `count` slots and gives the newest. */
  tick(count?: number): number
  /** Lets time pass at once and gives the newest slot. */
  warp(by: Warp): number
  /** Drops the newest `depth` slots, as a fork does, and gives the signatures that are gone. */
  reorg(depth?: number): readonly string[]
  on<K extends keyof LedgerEvents>(event: K, listener: (payload: LedgerEvents[K]) => void): () => void
  /** Starts the clock; the returned function stops it. */
  start(): () => void
}

/** The rate before it began to fall, in lamports a byte. */
const DEFAULT_RENT = 6_960
/** What a slot lasts where nothing else is said, in milliseconds. */
const DEFAULT_SLOT_MS = 400
/** More than finalized is ever behind by default. */
const MADE_BY_WARP = 40
const fullFaucet: LedgerAccount = {
  lamports: 500_000_000n * 1_000_000_000n,
  data: new Uint8Array(),
  program: SYSTEM_PROGRAM,
  executable: false,
}

function airdropOf(faucet: Keypair, blockhash: string, to: Address, lamports: bigint, nonce: number): Uint8Array {
  const transaction = new Transaction({ feePayer: faucet.publicKey, blockhash, lastValidBlockHeight: 0 }).add(
    // Two equal airdrops in one slot would be one transaction.
    ComputeBudgetProgram.setComputeUnitLimit({ units: 1_000 + (nonce % 1_000_000) }),
    SystemProgram.transfer({ fromPubkey: faucet.publicKey, toPubkey: new PublicKey(to), lamports }),
  )
  transaction.sign(faucet)
  return transaction.serialize({ verifySignatures: false })
}

function everySlot(slotMs: number, clock: Clock, task: () => void): () => void {
  let due = clock.now() + slotMs
  let cancel = clock.schedule(function next() {
    task()
    // Late slots are not made up for: a machine that slept would wake to thousands of them.
    due = Math.max(due + slotMs, clock.now())
    cancel = clock.schedule(next, due - clock.now())
  }, slotMs)
  return () => cancel()
}

function numbersOf(options: LedgerOptions) {
  const every = durationOf('slotMs', options.slotMs, DEFAULT_SLOT_MS)
  const slotMs = Number.isFinite(every) ? every : DEFAULT_SLOT_MS
  return {
    every,
    slotMs,
    startSlot: countOf('startSlot', options.startSlot, 1_000, 1),
    keepSlots: countOf('keepSlots', options.keepSlots, 20_000, 200),
    // Clients reuse a blockhash for 30 s of their own time, so faster slots need a longer age to keep the real 60 s.
    maxAge: options.automine ? 20_000 : Math.max(150, Math.ceil(60_000 / slotMs)),
  }
}

/** Opens a chain over an engine. Its clock stands still until `start`. */
export function openLedger(engine: Engine, options: LedgerOptions = {}): Ledger {
  const { automine = false, clock = systemClock, consensus = 'tower-bft' } = options
  if (consensus !== 'tower-bft' && consensus !== 'alpenglow')
    throw invalid('consensus', consensus, '"tower-bft" or "alpenglow"')
  engine.setRent(countOf('rentLamportsPerByte', options.rentLamportsPerByte, DEFAULT_RENT, 1))
  const { every, slotMs, keepSlots, maxAge, startSlot } = numbersOf(options)
  const slots = createSlots({
    startSlot,
    unixTime: clock.wallMs() / 1_000,
    maxAge,
    onOpen: (slot) => engine.openSlot(slot),
  })
  const journal = createJournal()
  const events = createEmitter<LedgerEvents>()
  const transactions = createTransactions({ engine, journal, slots })
  const faucet = Keypair.generate()
  let airdrops = 0

  function advance(seconds: number, skip = 0): number {
    slots.advance(seconds, skip)
    if (slots.frozen % 64 === 0) {
      slots.prune(keepSlots)
      journal.prune(slots.first)
    }
    events.emit('frozen', { slot: slots.frozen })
    return slots.frozen
  }
  function tick(count = 1): number {
    for (let i = countOf('count', count, 1, 1, 100_000); i > 0; i--) advance(slotMs / 1_000)
    return slots.frozen
  }
  function execute(transaction: DecodedTransaction): Outcome {
    const outcome = transactions.execute(transaction)
    if (outcome.landed && automine) tick()
    return outcome
  }
  function setAccounts(entries: readonly (readonly [Address, LedgerAccount | null])[]): void {
    for (const [key, account] of entries) {
      const before = engine.read(key)
      engine.write(key, account)
      journal.write(key, slots.building.slot, before, account)
    }
    if (automine) tick()
  }

  const faucetKey = faucet.publicKey.toBase58() as Address
  setAccounts([[faucetKey, fullFaucet]])
  // A reader needs a complete slot to look at.
  tick()

  return {
    engine,
    journal,
    transactions,
    slots,
    slotMs,
    automine,
    consensus,
    maxAge,
    faucet: faucetKey,
    head: (key) => engine.read(key),
    accountAt(key, slot) {
      const version = journal.at(key, slot)
      return version === undefined ? engine.read(key) : version
    },
    decode: (bytes) => decodeTransaction(bytes, (key) => engine.read(key)),
    execute,
    airdrop(to, lamports) {
      const bytes = airdropOf(faucet, slots.building.blockhash, to, lamports, airdrops++)
      return execute(decodeTransaction(bytes, (key) => engine.read(key)))
    },
    setAccounts,
    tick,
    warp({ seconds = 0, slots: skip = 0 }) {
      if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0)
        throw new LamplightError('input/invalid-value', {
          argument: 'seconds',
          input: shown(seconds),
          expected: 'a number, 0 or more',
        })
      const count = countOf('slots', skip, 0, 0, 1_000_000)
      // The newest slots are made one by one: blockhashes and commitments look back on them.
      const made = Math.min(count, MADE_BY_WARP)
      advance(seconds, count - made)
      return tick(Math.max(1, made))
    },
    reorg(depth = 1) {
      const most = slots.frozen - slots.first
      const keep = slots.frozen - countOf('depth', depth, 1, 1, Math.max(1, most))
      const reverted = journal.rollBack(keep)
      for (const [key, account] of reverted) engine.write(key, account)
      const gone = slots.fork(keep)
      for (const signature of gone) transactions.forget(signature)
      events.emit('reorg', { keep, accounts: new Set(reverted.keys()) })
      tick()
      return gone
    },
    on: events.on,
    start: () => (automine || !Number.isFinite(every) ? () => {} : everySlot(every, clock, () => void tick())),
  }
}
