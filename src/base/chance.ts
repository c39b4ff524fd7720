import { reportUncaught } from './emitter.js'

/**
 * A source of numbers from 0 to 1 that can be relied on: where the app's own throws, or gives something else, that is
 * reported once and the platform's is taken instead. A wait without a length would be no wait at all.
 * @param random @default Math.random
 */
export function chanceOf(random: () => number = Math.random): () => number {
  let isReported = false
  function report(error: unknown) {
    if (isReported) return
    isReported = true
    reportUncaught(error)
  }
  return () => {
    try {
      const drawn: unknown = random()
      if (typeof drawn === 'number' && drawn >= 0 && drawn <= 1) return drawn
      report(new RangeError('random: a number from 0 to 1 was expected'))
    } catch (error) {
      report(error)
    }
    return Math.random()
  }
}
