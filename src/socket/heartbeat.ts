import type { Clock } from '../base/clock.js'
import { parseServerMessage, requestText } from './wire.js'

/** When silence becomes suspicious, in milliseconds; `Infinity` is never. */
export interface LivenessNumbers {
  /** Silence after which a sign of life is asked for. */
  readonly probeAfterMs: number
  /** No answer for this long after the probe: not to be trusted any more. */
  readonly suspectAfterMs: number
  /** No answer for this long after the probe: gone. */
  readonly deadAfterMs: number
  /** No answer for this long after the probe that follows sleep: gone, in milliseconds. @default 2_500 */
  readonly resumeTimeoutMs?: number | undefined
}

/** Watches one open connection for silence. */
export interface Liveness {
  /** Any inbound frame is proof of life. */
  heard(): void
  /** The page woke, or its network changed: ask now, and wait for less long. */
  wake(): void
  stop(): void
}

/** What a watch tells: `suspect` and `dead` at most once per silence, `late` when the host held a timer back. */
export interface LivenessEvents {
  probe(): void
  suspect(): void
  dead(): void
  late(): void
}

/** A timer that fires this much too late was held back by the host (sleep, throttling) and proves nothing. */
const LATE_MS = 2000

/** Runs `task` after `ms`, but never late: a timer that the host held back runs `late`, or is given its time again. */
export function deadlineTimer(clock: Clock, task: () => void, ms: number, late?: () => void): () => void {
  let cancel = () => {}
  function arm() {
    const dueAt = clock.now() + ms
    cancel = clock.schedule(() => (clock.now() - dueAt <= LATE_MS ? task() : (late ?? arm)()), ms)
  }
  if (ms !== Infinity) arm()
  return () => cancel()
}

/** A task that runs once, `msOf()` after the first of the calls of `soon()` since it ran last. */
export function coalesced(clock: Clock, task: () => void, msOf: () => number): { soon(): void; cancel(): void } {
  let cancel: (() => void) | undefined
  return {
    soon() {
      cancel ??= clock.schedule(() => {
        cancel = undefined
        task()
      }, msOf())
    },
    cancel() {
      cancel?.()
      cancel = undefined
    },
  }
}

/** Starts watching. Timers are set before anything is told, so that who hears of it may stop the watch. */
export function createLiveness(clock: Clock, numbers: LivenessNumbers, on: LivenessEvents): Liveness {
  const { resumeTimeoutMs = 2500 } = numbers
  const cooldownMs = Math.max(0, numbers.deadAfterMs - numbers.suspectAfterMs)
  let cancel = () => {}
  let isWoken = false
  let isQuiet = false
  let heardAtMs = clock.now()

  function after(ms: number, task: () => void) {
    isQuiet = false
    cancel()
    cancel = deadlineTimer(clock, task, ms, late)
  }
  function quiet() {
    isWoken = false
    isQuiet = true
    listen(numbers.probeAfterMs)
  }
  /** Frames come by the thousand: each only leaves its time, and the one timer looks at it when it is due. */
  function listen(ms: number) {
    cancel()
    cancel = ms === Infinity ? () => {} : clock.schedule(look, ms)
  }
  function look() {
    const overdueMs = clock.now() - heardAtMs - numbers.probeAfterMs
    if (overdueMs < 0) listen(-overdueMs)
    else if (overdueMs <= LATE_MS) ask()
    else late()
  }
  function heard() {
    heardAtMs = clock.now()
    if (!isQuiet) quiet()
  }
  function ask() {
    after(numbers.suspectAfterMs, () => {
      after(cooldownMs, on.dead)
      on.suspect()
    })
    on.probe()
  }
  function wake() {
    // One question is enough however often the page wakes before its answer.
    if (isWoken) return
    if (resumeTimeoutMs === Infinity) return ask()
    isWoken = true
    after(resumeTimeoutMs, on.dead)
    on.probe()
  }
  function late() {
    isWoken = false
    wake()
    on.late()
  }

  quiet()
  return { heard, wake, stop: () => cancel() }
}

/** The question that any server answers; found out once. */
export interface Probe {
  text(): string
  heard(data: unknown): void
  /** It was not answered in time. */
  missed(): void
}

/** Frames may keep this id for themselves: its answers only prove life. */
const PROBE_ID = 0
const UNKNOWN_METHOD = -32601
/** The second last names an id that is never given; the last is not a question any more, but makes the server talk. */
const QUESTIONS = [
  ['getVersion', []],
  ['ping', []],
  ['slotUnsubscribe', [Number.MAX_SAFE_INTEGER]],
  ['slotSubscribe', []],
] as const

/** Starts with `getVersion`, and steps on while the server does not know the method, or has never answered at all. */
export function createProbe(): Probe {
  let step = 0
  let isAsked = false
  let isFound = false
  const next = () => {
    step = Math.min(step + 1, QUESTIONS.length - 1)
  }
  return {
    text() {
      isAsked = true
      const [method, params] = QUESTIONS[step] as (typeof QUESTIONS)[number]
      return requestText(PROBE_ID, method, params)
    },
    heard(data) {
      if (isFound || !isAsked) return
      const message = parseServerMessage(data)
      if ((message.type !== 'result' && message.type !== 'refused') || message.id !== PROBE_ID) return
      isAsked = false
      if (message.type === 'refused' && message.rpcCode === UNKNOWN_METHOD) next()
      else isFound = true
    },
    missed() {
      if (isAsked && !isFound) next()
    },
  }
}
