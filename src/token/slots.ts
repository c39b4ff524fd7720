/** Whether a value can be a slot: a whole number from 0 that a double holds exactly. */
export const isSlot = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Nodes of one cluster differ by no more than this: what is further ahead is of another chain, or made up. */
export const MAX_LAG_SLOTS = 300
/** No cluster makes slots faster than one in this many milliseconds. */
const FASTEST_SLOT_MS = 100
/** Voices whose last word is kept. */
const MAX_VOICES = 8

/** How far the chain is, as far as those who speak of it agree. */
export interface ChainHead {
  /**
   * Takes the word of one who speaks of slots; false where the chain cannot have got that far by what the others have said.
   * Such a word is believed when another voice, or a node once more, says the same.
   * @param voice Who says so: an account, or with `isNode` a node of its own accord.
   */
  hears(slot: number, voice: string, isNode?: boolean): boolean
  /** Whether the chain can have got that far; true while nobody has spoken. @param except Whose word does not count. */
  canBeAt(slot: number, except?: string): boolean
  /** The chain has started over: nothing that was said of the old one counts. */
  forget(): void
}

/** Makes a head of which nobody has spoken. */
export function createChainHead(now: () => number): ChainHead {
  const words = new Map<string, { readonly slot: number; readonly atMs: number }>()
  let claim: { readonly slot: number; readonly voice: string; readonly atMs: number } | undefined

  const reachOf = (atMs: number) => MAX_LAG_SLOTS + Math.max(0, now() - atMs) / FASTEST_SLOT_MS
  function canBeAt(slot: number, except?: string): boolean {
    let isAlone = true
    for (const [voice, word] of words) {
      if (voice === except) continue
      isAlone = false
      if (slot - word.slot <= reachOf(word.atMs)) return true
    }
    return isAlone
  }
  const isClaimed = (slot: number, voice: string, isNode: boolean) =>
    claim !== undefined && (isNode || claim.voice !== voice) && Math.abs(slot - claim.slot) <= reachOf(claim.atMs)

  return {
    canBeAt,
    hears(slot, voice, isNode = false) {
      if (!isSlot(slot)) return false
      // With nobody to compare it with, what one change says is believed, and says nothing of others.
      if (words.size === 0 && !isNode) return true
      const isBelieved = canBeAt(slot) || isClaimed(slot, voice, isNode)
      if (isBelieved && claim && (claim.voice === voice || claim.slot <= slot)) claim = undefined
      if (!isBelieved) {
        claim = { slot, voice, atMs: now() }
        return false
      }
      // The newest word is the last: the oldest leaves first.
      words.delete(voice)
      words.set(voice, { slot, atMs: now() })
      for (const oldest of words.keys()) if (words.size > MAX_VOICES) words.delete(oldest)
      return true
    },
    forget() {
      words.clear()
      claim = undefined
    },
  }
}
