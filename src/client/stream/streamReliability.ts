import type { Clock } from '../../base/clock.js'

/** Which nodes' sockets are reliable: a node that missed a change is not, until it has pushed one. */
export interface StreamReliability {
  /** A read found a change that this node had acknowledged a subscription for, and did not push. */
  missed(url: string): void
  /** It pushed a change; true when that makes it reliable again. */
  pushed(url: string): boolean
  isReliable(url: string): boolean
}

/** How long a node stays unreliable whatever it pushes, by how often it missed a change, in milliseconds. */
const WAITS_MS = [0, 300_000, 1_500_000, 3_600_000] as const
/** A node that missed nothing for this long starts anew, in milliseconds. */
const FORGET_MS = 3_600_000

/** Makes the record of reliability; every node is reliable at first. */
export function createStreamReliability(clock: Clock): StreamReliability {
  const suspects = new Map<string, { readonly count: number; readonly missedAtMs: number; hasPushed: boolean }>()
  return {
    missed(url) {
      const before = suspects.get(url)
      const isOld = !before || clock.now() - before.missedAtMs > FORGET_MS
      suspects.set(url, { count: isOld ? 1 : before.count + 1, missedAtMs: clock.now(), hasPushed: false })
    },
    pushed(url) {
      const markSuspect = suspects.get(url)
      if (!markSuspect || markSuspect.hasPushed) return false
      const waitMs = WAITS_MS[Math.min(markSuspect.count, WAITS_MS.length) - 1] as number
      markSuspect.hasPushed = clock.now() - markSuspect.missedAtMs >= waitMs
      return markSuspect.hasPushed
    },
    isReliable: (url) => suspects.get(url)?.hasPushed ?? true,
  }
}
