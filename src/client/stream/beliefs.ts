import type { Clock } from '../../base/clock.js'

/** Which nodes' sockets may be believed: one that did not tell of a change may not, until it has told of one. */
export interface Beliefs {
  /** A read found a change that this node acknowledged to tell of, and did not. */
  missed(url: string): void
  /** It told of a change; true when that has it believed again. */
  pushed(url: string): boolean
  isBelieved(url: string): boolean
}

/** How long a node is not believed whatever it tells, by how often it missed a change, in milliseconds. */
const WAITS_MS = [0, 300_000, 1_500_000, 3_600_000] as const
/** A node that missed nothing for this long starts anew, in milliseconds. */
const FORGET_MS = 3_600_000

/** Makes beliefs: in every node, at first. */
export function createBeliefs(clock: Clock): Beliefs {
  const doubts = new Map<string, { readonly count: number; readonly missedAtMs: number; hasPushed: boolean }>()
  return {
    missed(url) {
      const before = doubts.get(url)
      const isOld = !before || clock.now() - before.missedAtMs > FORGET_MS
      doubts.set(url, { count: isOld ? 1 : before.count + 1, missedAtMs: clock.now(), hasPushed: false })
    },
    pushed(url) {
      const doubt = doubts.get(url)
      if (!doubt || doubt.hasPushed) return false
      const waitMs = WAITS_MS[Math.min(doubt.count, WAITS_MS.length) - 1] as number
      doubt.hasPushed = clock.now() - doubt.missedAtMs >= waitMs
      return doubt.hasPushed
    },
    isBelieved: (url) => doubts.get(url)?.hasPushed ?? true,
  }
}
