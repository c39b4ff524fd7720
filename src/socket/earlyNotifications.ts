import type { Clock } from '../base/clock.js'
import type { Notification } from './requests.js'

/** Notifications whose subscription is not known yet: some proxies deliver one before its acknowledgement. */
export interface EarlyNotifications {
  keep(frame: Notification): void
  /** Gives and forgets what came for this id, oldest first. */
  take(subscription: string): Notification[]
  clear(): void
}

const MAX_FRAMES = 64
const MAX_AGE_MS = 2000

/** Makes an empty holder: at most 64 frames, at most 2 seconds old. */
export function createEarlyNotifications(clock: Clock): EarlyNotifications {
  let held: { readonly frame: Notification; readonly atMs: number }[] = []
  return {
    keep(frame) {
      held = [...held.slice(1 - MAX_FRAMES), { frame, atMs: clock.now() }]
    },
    take(subscription) {
      const fits = ({ frame, atMs }: (typeof held)[number]) =>
        frame.subscription === subscription && clock.now() - atMs <= MAX_AGE_MS
      const taken = held.filter(fits)
      held = held.filter((each) => !fits(each))
      return taken.map(({ frame }) => frame)
    },
    clear() {
      held = []
    },
  }
}
