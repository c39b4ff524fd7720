import { onTestFinished, vi } from 'vitest'

/** Collects what is reported to the host as an uncaught error, until the test ends. */
export function uncaught(): unknown[] {
  const reported: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => void reported.push(error))
  onTestFinished(() => void vi.unstubAllGlobals())
  return reported
}
