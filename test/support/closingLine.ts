import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one plain line, for machines that read only that. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1
      if (module.state() === 'failed' && module.errors().length > 0) count.failed += 1
    }
    const failed = count.failed + unhandled.length
    process.on('exit', () => console.log(`tests: ${count.passed} passed, ${failed} failed, ${count.skipped} skipped`))
  }
}
