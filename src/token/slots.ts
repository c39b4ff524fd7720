/** Whether a value can be a slot: a whole number from 0 that a double holds exactly. */
export const isSlot = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Nodes of one cluster differ by no more than this: what is further ahead is of another chain, or made up. */
export const MAX_LAG_SLOTS = 300
/** No cluster makes slots faster than one in this many milliseconds. */
export const FASTEST_SLOT_MS = 100
/** How many slots two nodes of one chain can be apart that named theirs so many milliseconds after each other. */
export const slotsApart = (elapsedMs: number): number => MAX_LAG_SLOTS + elapsedMs / FASTEST_SLOT_MS
/** Sources whose last slot is kept. */
const MAX_SOURCES = 8

/** How far the chain is, as far as the sources of slots agree: accounts that change, and nodes. */
export interface ChainHead {
  /**
   * Takes a slot that a source names; false where the chain cannot have reached it, by what the other sources named.
   * Such a slot is accepted when another source, or a node once more, names one near it.
   * @param source Who names it: an account, or with `isNode` a node by itself.
   */
  accepts(slot: number, source: string, isNode?: boolean): boolean
  /** Whether the chain can have reached a slot; true while no source has named any. @param except The source that does not count. */
  canBeAt(slot: number, except?: string): boolean
  /** A node has named a slot: those of changes can be compared with it. */
  readonly isKnown: boolean
  /** The chain has started over: no slot of the old one counts. */
  forget(): void
}

/** The last slot that a source named, and when. */
interface NamedSlot {
  readonly slot: number
  readonly source: string
  readonly atMs: number
}

/** Makes a head without sources. */
export function createChainHead(now: () => number): ChainHead {
  const named = new Map<string, NamedSlot>()
  /** The last one that was too far ahead. */
  let refused: NamedSlot | undefined

  /** The newest is last: the oldest leaves first. */
  function keep(each: NamedSlot) {
    named.delete(each.source)
    named.set(each.source, each)
    for (const oldest of named.keys()) if (named.size > MAX_SOURCES) named.delete(oldest)
  }

  const reachOf = (atMs: number) => slotsApart(Math.max(0, now() - atMs))
  function canBeAt(slot: number, except?: string): boolean {
    let isAlone = true
    for (const [source, each] of named) {
      if (source === except) continue
      isAlone = false
      if (slot - each.slot <= reachOf(each.atMs)) return true
    }
    return isAlone
  }
  const isNearRefused = (slot: number, source: string, isNode: boolean) =>
    refused !== undefined &&
    (isNode || refused.source !== source) &&
    Math.abs(slot - refused.slot) <= reachOf(refused.atMs)

  return {
    canBeAt,
    get isKnown() {
      return named.size > 0
    },
    accepts(slot, source, isNode = false) {
      if (!isSlot(slot)) return false
      // There is nothing to compare the slot of a change with: it is accepted, and other slots are not compared with it.
      if (named.size === 0 && !isNode) return true
      const isSecond = isNearRefused(slot, source, isNode)
      if (!canBeAt(slot) && !isSecond) {
        refused = { slot, source, atMs: now() }
        return false
      }
      // Two sources agree: from here on the slots of both count.
      if (isSecond && refused) keep(refused)
      if (refused && (refused.source === source || refused.slot <= slot)) refused = undefined
      keep({ slot, source, atMs: now() })
      return true
    },
    forget() {
      named.clear()
      refused = undefined
    },
  }
}
