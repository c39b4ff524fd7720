import type { ConsoleMessage, Page } from 'playwright'
import { expect } from 'vitest'

/** What a browser says in a console of what a server refused. */
export const refused = {
  request: /^Failed to load resource/,
  socket: /^WebSocket connection to .* failed/,
}

/** What goes wrong in pages, in the order it was told. */
export interface Problems {
  /** Listens to a page from now on: to errors nobody caught, and to errors in its console. */
  watch(page: Page): void
  /** From now until the end, errors in a console like these are the test's own doing: a browser tells them in its own time. */
  allow(...likes: readonly RegExp[]): void
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
    allow(...likes) {
      allowed = [...allowed, ...likes]
    },
    end() {
      allowed = always
      expect(seen.splice(0)).toEqual([])
    },
  }
}
