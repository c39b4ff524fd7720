import { createPageLifecycle, type PageLifecycle } from '../../src/base/pageLifecycle.js'

/** A page in the test's hands. */
export interface PageDouble {
  readonly wake: PageLifecycle
  tell(type: string): void
  hide(): void
  show(): void
  /** Sets what the browser believes of its network, and says so. */
  setOnline(isOnline: boolean): void
  /** Listeners that are attached now. */
  listening(): number
}

/** Makes a page that is seen and has a network. */
export function createPageDouble(): PageDouble {
  const target = new EventTarget()
  const document = { hidden: false }
  const navigator = { onLine: true }
  let listening = 0
  const tell = (type: string) => void target.dispatchEvent(new Event(type))
  const wake = createPageLifecycle({
    document,
    navigator,
    addEventListener(...rest) {
      listening++
      target.addEventListener(...rest)
    },
    removeEventListener(...rest) {
      listening--
      target.removeEventListener(...rest)
    },
  })
  return {
    wake,
    tell,
    listening: () => listening,
    hide() {
      document.hidden = true
      tell('visibilitychange')
    },
    show() {
      document.hidden = false
      tell('visibilitychange')
    },
    setOnline(isOnline) {
      navigator.onLine = isOnline
      tell(isOnline ? 'online' : 'offline')
    },
  }
}
