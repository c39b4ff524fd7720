import { vi } from 'vitest'

const START_MS = Date.UTC(2025, 0, 1)

/**
 * Runs a task in time that passes only when nothing is left to do at an instant, and gives what it gives. The task takes
 * the same course each time, in as long as its work takes. What it waits for may be timers and promises, never a network.
 */
export async function inSimulatedTime<T>(task: () => Promise<T>, limitMs = 1_800_000): Promise<T> {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    now: START_MS,
  })
  try {
    let isOver = false
    const result = task().finally(() => {
      isOver = true
    })
    result.catch(() => {})
    for (;;) {
      await settled()
      if (isOver) return await result
      if (vi.getTimerCount() === 0) throw new Error('the task waits, and nothing is left that could happen')
      if (Date.now() - START_MS > limitMs) throw new Error(`the task has not ended after ${limitMs} ms`)
      vi.advanceTimersToNextTimer()
    }
  } finally {
    vi.useRealTimers()
  }
}

/** What bodies of requests and answers are read with takes some turns of the event loop. */
const TURNS = 2
async function settled() {
  for (let i = 0; i < TURNS; i++) await new Promise<void>((resume) => setImmediate(resume))
}
