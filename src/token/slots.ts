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
  /** A node has named a slot: what changes say can be compared with it. */
  readonly isKnown: boolean
  /** The chain has started over: nothing that was said of the old one counts. */
  forget(): void
}

/** What one voice said last, and when. */
interface Word {
  readonly slot: number
  readonly voice: string
  readonly atMs: number
}

/** Makes a head of which nobody has spoken. */
export function createChainHead(now: () => number): ChainHead {
  const messages = new Map<string, Word>()
  let claim: Word | undefined

  /** The newest word is the last: the oldest leaves first. */
  function keep(word: Word) {
    messages.delete(word.voice)
    messages.set(word.voice, word)
    for (const oldest of messages.keys()) if (messages.size > MAX_VOICES) messages.delete(oldest)
  }

  const reachOf = (atMs: number) => MAX_LAG_SLOTS + Math.max(0, now() - atMs) / FASTEST_SLOT_MS
  function canBeAt(slot: number, except?: string): boolean {
    let isAlone = true
    for (const [voice, word] of messages) {
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
    get isKnown() {
      return messages.size > 0
    },
    hears(slot, voice, isNode = false) {
      if (!isSlot(slot)) return false
      // With nobody to compare it with, what one change says is believed, and says nothing of others.
      if (messages.size === 0 && !isNode) return true
      const isSecond = isClaimed(slot, voice, isNode)
      if (!canBeAt(slot) && !isSecond) {
        claim = { slot, voice, atMs: now() }
        return false
      }
      // Two agree: from here on the word of each counts, also when the other's own value is judged.
      if (isSecond && claim) keep(claim)
      if (claim && (claim.voice === voice || claim.slot <= slot)) claim = undefined
      keep({ slot, voice, atMs: now() })
      return true
    },
    forget() {
      messages.clear()
      claim = undefined
    },
  }
}
