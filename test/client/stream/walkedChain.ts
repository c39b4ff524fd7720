import type { VirtualClock } from '../../support/virtualTime.js'

/** What each account really holds, slot by slot, and what a node that answers over HTTP says of it. */
export interface WalkedChain {
  readonly slot: number
  /** Slots that HTTP is behind. */
  lag: number
  /** Lets slots pass. */
  advance(slots: number): void
  /** Changes an account in a slot of its own; gives what it holds then. */
  change(n: number): bigint
  valueAt(n: number, slot: number): bigint
  /** Whether an account held this at some time from `slot` on. */
  heldSince(n: number, value: bigint, slot: number): boolean
  /** Answers a read as of a slot, after asking again for some seconds while that has not been reached. */
  read(minSlot: number): Promise<{ readonly slot: number; readonly lagging: boolean }>
}

const RETRIES = 8
const RETRY_MS = 400

/** Makes a chain at slot 1,000 whose accounts hold 0. */
export function createWalkedChain(clock: () => VirtualClock): WalkedChain {
  const changes = new Map<number, { readonly slot: number; readonly value: bigint }[]>()
  let slot = 1000
  const of = (n: number) => changes.get(n) ?? []
  const wait = (ms: number) => new Promise<void>((resume) => clock().schedule(resume, ms))
  const chain: WalkedChain = {
    get slot() {
      return slot
    },
    lag: 0,
    advance(slots) {
      slot += slots
    },
    change(n) {
      slot++
      const value = BigInt(slot)
      changes.set(n, [...of(n), { slot, value }])
      return value
    },
    valueAt: (n, at) => of(n).findLast((each) => each.slot <= at)?.value ?? 0n,
    heldSince(n, value, from) {
      if (chain.valueAt(n, from) === value) return true
      return of(n).some((each) => each.slot > from && each.value === value)
    },
    async read(minSlot) {
      await wait(20)
      for (let tries = 0; tries < RETRIES && slot - chain.lag < minSlot; tries++) await wait(RETRY_MS)
      const at = slot - chain.lag
      return { slot: at, lagging: at < minSlot }
    },
  }
  return chain
}
