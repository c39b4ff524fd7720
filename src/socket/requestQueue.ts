import { type Clock, systemClock } from '../base/clock.js'
import type { LamplightError } from '../base/errors.js'
import { laterError } from '../base/laterErrors.js'

/** Bounds of what is kept while there is no connection. */
export interface RequestQueueOptions {
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
export interface RequestQueue<T extends Waiting> {
  readonly size: number
  push(item: T): void
  /** Takes everything that is still wanted, oldest first. */
  drain(): T[]
}

/** Makes an empty queue. */
export function createRequestQueue<T extends Waiting>(options: RequestQueueOptions = {}): RequestQueue<T> {
  const { max = 64, maxSize = 65_536, ttlMs = 15_000, clock = systemClock } = options
  let held: { readonly item: T; readonly stop: () => void }[] = []

  function reject(index: number, why: string) {
    const [entry] = held.splice(index, 1)
    entry?.stop()
    entry?.item.reject(laterError('socket/dropped-request', { method: entry.item.method, why }))
  }
  const indexOf = (item: T) => held.findIndex((each) => each.item === item)

  return {
    get size() {
      return held.length
    },
    push(item) {
      const expire = () => reject(indexOf(item), `no connection within ${ttlMs} ms`)
      const stop = ttlMs === Infinity ? () => {} : clock.schedule(expire, ttlMs)
      const same = item.key === undefined ? -1 : held.findIndex((each) => each.item.key === item.key)
      held.splice(same < 0 ? held.length : same, 0, { item, stop })
      if (same >= 0) reject(same + 1, 'a newer request with the same key took its place')
      while (held.length > max || held.reduce((sum, each) => sum + each.item.size, 0) > maxSize)
        reject(0, 'the offline queue is full')
    },
    drain() {
      const all = held
      held = []
      for (const { stop } of all) stop()
      return all.map(({ item }) => item)
    },
  }
}
