import type { Clock } from '../base/clock.js'
import { FASTEST_SLOT_MS, isSlot, MAX_LAG_SLOTS, slotsApart } from '../token/slots.js'

/** The plausible slots of one node. */
export interface NodeSlots {
  /** The newest slot it has told of; `null` before the first. */
  readonly slot: number | null
  /** Slots it is behind the newest one known, or ahead of what any other node comes near; `null` while that is not known. */
  readonly lag: number | null
  /** Learns that it told of this slot at this commitment. */
  saw(slot: number, commitment: string): void
}

/** What several nodes say of one chain's newest slot, compared. */
export interface SlotBook {
  /** How long the chain takes for a slot, in milliseconds: measured, and `FIRST_SLOT_MS` until then. */
  readonly slotMs: number
  /** Adds a node. */
  add(): NodeSlots
}

interface Claim {
  readonly slot: number
  readonly at: number
}
interface Told {
  /** The newest plausible slot, the last one named, and how far behind that was. */
  plausible?: { readonly top: Claim; readonly last: Claim; readonly lag: number }
  /** Told once, and nothing came near it yet. */
  suspected?: Claim
}

/** No lag is longer than this: such a slot is of another chain, or made up. */
const LONGEST_LAG_SLOTS = 100_000
/** Slower ones are not measured as such: a test's chain may stand still. */
const SLOWEST_SLOT_MS = 1000
/** What a slot is taken to last before it was measured: mainnet's, late in 2026, at most. */
const FIRST_SLOT_MS = 300
/** A slot's time is measured over this long at least, in milliseconds, and this many slots. */
const MEASURED_MS = 2000
const MEASURED_SLOTS = 5

/**
 * Makes a book without nodes. A slot is plausible when another node comes near it, or the same node does twice: one answer
 * of another chain behind the same address says nothing of the others.
 */
export function createSlotBook(clock: Clock): SlotBook {
  const nodes: Map<string, Told>[] = []
  const slotRate = createSlotRate()

  const topsAt = (commitment: string) => nodes.map((each) => each.get(commitment)?.plausible?.top)
  /** The newest slot that another node comes near; where no two agree the newest, unless they are of different chains. */
  function headAt(commitment: string): Claim | undefined {
    const tops = topsAt(commitment).filter((each) => each !== undefined)
    const backed = tops.filter((each) => tops.some((other) => other !== each && isNear(other, each)))
    const sorted = (backed.length > 0 ? backed : tops).sort((a, b) => b.slot - a.slot)
    const [head] = sorted
    const last = sorted.at(-1)
    return head && last && head.slot - last.slot <= LONGEST_LAG_SLOTS ? head : undefined
  }

  function add(): NodeSlots {
    const told = new Map<string, Told>()
    let latest = ''
    nodes.push(told)
    return {
      get slot() {
        let slot: number | null = null
        for (const { plausible } of told.values()) slot = plausible ? Math.max(slot ?? 0, plausible.top.slot) : slot
        return slot
      },
      get lag() {
        const { last, lag = 0 } = told.get(latest)?.plausible ?? {}
        const head = headAt(latest)
        if (!last || !head) return null
        if (last.slot > head.slot) return last.slot - head.slot > MAX_LAG_SLOTS ? last.slot - head.slot : 0
        // What it told of a while ago says little about now: only what no cluster can have made since then counts.
        return Math.max(
          lag,
          head.slot - last.slot - Math.ceil(Math.max(0, head.at - last.at) / (slotRate.slotMs * 0.75)),
        )
      },
      saw(slot, commitment) {
        if (!isSlot(slot)) return
        const mine = told.get(commitment) ?? {}
        told.set(commitment, mine)
        latest = commitment
        const others = topsAt(commitment).filter((each) => each !== undefined && each !== mine.plausible?.top)
        const claim = { slot, at: clock.now() }
        const isMine = isNear(mine.plausible?.top, claim)
        const isBacked = isMine || isNear(mine.suspected, claim) || others.some((each) => isNear(each, claim))
        if (!isBacked && (mine.plausible || others.length > 0)) {
          mine.suspected = claim
          return
        }
        delete mine.suspected
        const { top } = mine.plausible ?? {}
        mine.plausible = { top: isMine && top && top.slot >= slot ? top : claim, last: claim, lag: 0 }
        const head = headAt(commitment)
        if (!head) return
        mine.plausible = { ...mine.plausible, lag: Math.max(0, head.slot - slot) }
        slotRate.saw(head, commitment)
      },
    }
  }

  return {
    get slotMs() {
      return slotRate.slotMs
    },
    add,
  }
}

/** Whether two slots can be of one chain, told at these times. */
const isNear = (a: Claim | undefined, b: Claim): boolean =>
  a !== undefined && Math.abs(a.slot - b.slot) <= slotsApart(Math.abs(a.at - b.at))

/** Measures how long a slot takes, by what is told of one commitment. */
function createSlotRate() {
  let slotMs = FIRST_SLOT_MS
  let since: (Claim & { readonly commitment: string }) | undefined
  return {
    get slotMs() {
      return slotMs
    },
    saw({ slot, at }: Claim, commitment: string) {
      if (!since || slot < since.slot || at < since.at || commitment !== since.commitment) {
        since = { slot, at, commitment }
        return
      }
      const slots = slot - since.slot
      if (slots < MEASURED_SLOTS || at - since.at < MEASURED_MS) return
      const measured = Math.min(Math.max((at - since.at) / slots, FASTEST_SLOT_MS), SLOWEST_SLOT_MS)
      slotMs += (measured - slotMs) / 2
      since = { slot, at, commitment }
    },
  }
}
