import type { Clock } from '../base/clock.js'

/** When silence becomes suspicious, in milliseconds; `Infinity` is never. */
export interface LivenessNumbers {
  /** Silence after which a sign of life is asked for. */
  readonly probeAfterMs: number
  /** No answer for this long after the probe: not to be trusted any more. */
  readonly suspectAfterMs: number
  /** No answer for this long after the probe: gone. */
  readonly deadAfterMs: number
}

/** Watches one open connection for silence. */
export interface Liveness {
  /** Any inbound frame is proof of life. */
  heard(): void
  stop(): void
}

/** A timer that fires this much too late was held back by the host (sleep, throttling) and proves nothing. */
const LATE_MS = 2000

/** Starts watching. `probe` asks the other side for anything; `suspect` and `dead` are told at most once per silence. */
export function createLiveness(
  clock: Clock,
  numbers: LivenessNumbers,
  on: { probe(): void; suspect(): void; dead(): void },
): Liveness {
  let cancel = () => {}

  function after(ms: number, task: () => void, late: () => void) {
    if (ms === Infinity) return
    const dueAt = clock.now() + ms
    cancel = clock.schedule(() => (clock.now() - dueAt > LATE_MS ? late() : task()), ms)
  }
  function quiet() {
    cancel()
    after(numbers.probeAfterMs, ask, ask)
  }
  function ask() {
    on.probe()
    const restMs = Math.max(0, numbers.deadAfterMs - numbers.suspectAfterMs)
    const giveUp = () => after(restMs, on.dead, ask)
    after(
      numbers.suspectAfterMs,
      () => {
        on.suspect()
        giveUp()
      },
      ask,
    )
  }

  quiet()
  return { heard: quiet, stop: () => cancel() }
}
