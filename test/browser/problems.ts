import type { ConsoleMessage, Page } from 'playwright'
import { expect } from 'vitest'

/** What goes wrong in pages, in the order it was told. */
export interface Problems {
  /** Listens to a page from now on: to errors nobody caught, and to errors in its console. */
  watch(page: Page): void
  /** From now until the end, errors in a console like this one are the test's own doing: the browser reports a request that was refused, in its own time. */
  allow(like: RegExp): void
  /** Ends a test: nothing else may have gone wrong. Begins anew. */
  end(): void
}

/** Collects what goes wrong in pages. `always` is the doing of every test. */
export function problemsOf(always: readonly RegExp[] = []): Problems {
  const seen: string[] = []
  let allowed = always
  const isAllowed = (message: ConsoleMessage) => allowed.some((like) => like.test(message.text()))
  return {
    watch(page) {
      page.on('pageerror', (error) => seen.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' && !isAllowed(message)) seen.push(message.text())
      })
    },
    allow(like) {
      allowed = [...allowed, like]
    },
    end() {
      allowed = always
      expect(seen.splice(0)).toEqual([])
    },
  }
}
