import { type Clock, systemClock } from '../base/clock.js'
import { LamplightError } from '../base/errors.js'

/** Bounds of what is kept while there is no connection. */
export interface OutboxOptions {
  /** Requests kept; beyond it the oldest is rejected. @default 64 */
  readonly max?: number
  /** Characters kept; beyond it the oldest is rejected. @default 65_536 */
  readonly maxSize?: number
  /** How long a request may wait, in milliseconds. @default 15_000 */
  readonly ttlMs?: number
  readonly clock?: Clock
}

/** A request that waits for a connection. */
export interface Waiting {
  readonly method: string
  /** How long the request is when written, in characters. */
  readonly size: number
  /** A newer request with the same key takes this one's place in the line. */
  readonly key?: string | undefined
  readonly reject: (reason: LamplightError) => void
}

/** First in, first out; bounded; nothing leaves it without being sent or rejected. */
export interface Outbox<T extends Waiting> {
  readonly size: number
  push(item: T): void
  /** Takes everything that is still wanted, oldest first. */
  drain(): T[]
  rejectAll(why: string): void
}

/** Makes an empty outbox. */
export function createOutbox<T extends Waiting>(options: OutboxOptions = {}): Outbox<T> {
  const { max = 64, maxSize = 65_536, ttlMs = 15_000, clock = systemClock } = options
  let held: { readonly item: T; readonly expire: () => void }[] = []

  const reject = (item: T, why: string) =>
    item.reject(new LamplightError('socket/dropped-request', { method: item.method, why }))
  function take(index: number): T | undefined {
    const [taken] = held.splice(index, 1)
    taken?.expire()
    return taken?.item
  }
  function dropOldest() {
    const oldest = take(0)
    if (oldest) reject(oldest, 'the offline queue is full')
  }
  function expired(item: T) {
    held = held.filter((each) => each.item !== item)
    reject(item, `no connection within ${ttlMs} ms`)
  }

  return {
    get size() {
      return held.length
    },
    push(item) {
      const entry = { item, expire: ttlMs === Infinity ? () => {} : clock.schedule(() => expired(item), ttlMs) }
      const same = item.key === undefined ? -1 : held.findIndex((each) => each.item.key === item.key)
      if (same < 0) held.push(entry)
      else {
        const [old] = held.splice(same, 1, entry)
        old?.expire()
        if (old) reject(old.item, 'a newer request with the same key took its place')
      }
      while (held.length > max || held.reduce((sum, each) => sum + each.item.size, 0) > maxSize) dropOldest()
    },
    drain() {
      const all = held
      held = []
      for (const each of all) each.expire()
      return all.map((each) => each.item)
    },
    rejectAll(why) {
      for (const item of this.drain()) reject(item, why)
    },
  }
}
