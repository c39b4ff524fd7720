import { base58Of } from '../../../src/base/base58.js'
import { createSha256 } from '../../../src/base/sha256.js'
import type { SlotClock } from './engine.js'

/** One slot of the chain. */
export interface Slot {
  readonly slot: number
  readonly parent: number
  readonly height: number
  readonly blockhash: string
  /** Seconds since the epoch. */
  readonly unixTime: number
  readonly signatures: string[]
}

/** The slots of a chain: those that are complete, and the one that is being built. */
export interface Slots {
  readonly genesisHash: string
  readonly building: Slot
  /** The newest complete slot. */
  readonly frozen: number
  /** The oldest slot still known. */
  readonly first: number
  get(slot: number): Slot | undefined
  /** The slot's record, or that of the newest slot before it that exists. */
  at(slot: number): Slot
  /** The slot a blockhash is from, while it is usable at `height`. */
  blockhashSlot(blockhash: string, height: number): number | undefined
  /** Completes the slot being built, lets `seconds` pass, and opens the one after `skip` more. */
  advance(seconds: number, skip: number): void
  /** Drops all slots after `keep`, opens a new one on top, and gives the signatures that are gone. */
  fork(keep: number): readonly string[]
  /** Forgets the slots beyond the newest `keepSlots`. */
  prune(keepSlots: number): void
}

/** Where a chain starts, and how long its blockhashes live. */
export interface SlotsOptions {
  readonly startSlot: number
  readonly unixTime: number
  /** Blocks a blockhash can be used for. */
  readonly maxAge: number
  /** Called for each slot that opens. */
  readonly onOpen: (clock: SlotClock) => void
}

const sha256 = createSha256()

function blockhashOf(genesis: Uint8Array, slot: number): string {
  const input = new Uint8Array(40)
  input.set(genesis)
  new DataView(input.buffer).setBigUint64(32, BigInt(slot), true)
  return base58Of(sha256(input))
}

/** Opens the first slot of a new chain. */
export function createSlots({ startSlot, unixTime: startTime, maxAge, onOpen }: SlotsOptions): Slots {
  const genesis = crypto.getRandomValues(new Uint8Array(32))
  const records = new Map<number, Slot>()
  const blockhashes = new Map<string, Slot>()
  let frozen = startSlot - 1
  let first = startSlot
  // With its fraction: slots are shorter than a second.
  let time = startTime

  function open(slot: number, height: number): Slot {
    const unixTime = Math.floor(time)
    const blockhash = blockhashOf(genesis, slot)
    onOpen({ slot, unixTime, blockhash })
    const record = { slot, parent: frozen, height, blockhash, unixTime, signatures: [] }
    records.set(slot, record)
    blockhashes.set(blockhash, record)
    return record
  }
  let building = open(startSlot, startSlot)

  return {
    genesisHash: base58Of(genesis),
    get building() {
      return building
    },
    get frozen() {
      return frozen
    },
    get first() {
      return first
    },
    get: (slot) => records.get(slot),
    at(slot) {
      for (let s = slot; s >= first; s--) {
        const found = records.get(s)
        if (found) return found
      }
      return records.values().next().value ?? building
    },
    blockhashSlot(blockhash, height) {
      const known = blockhashes.get(blockhash)
      return known && known.height <= height && height - known.height <= maxAge ? known.slot : undefined
    },
    advance(seconds, skip) {
      frozen = building.slot
      time += seconds
      building = open(building.slot + 1 + skip, building.height + 1 + skip)
    },
    fork(keep) {
      const gone: string[] = []
      for (const [number, slot] of [...records]) {
        if (number <= keep) continue
        records.delete(number)
        blockhashes.delete(slot.blockhash)
        gone.push(...slot.signatures)
      }
      const top = Math.max(...records.keys())
      frozen = keep
      building = open(building.slot + 1, (records.get(top)?.height ?? keep) + 1)
      return gone
    },
    prune(keepSlots) {
      for (const hash of blockhashes.keys()) {
        if (blockhashes.size <= maxAge + 300) break
        blockhashes.delete(hash)
      }
      for (const slot of records.keys()) {
        if (records.size <= keepSlots) break
        records.delete(slot)
        first = slot + 1
      }
    },
  }
}
