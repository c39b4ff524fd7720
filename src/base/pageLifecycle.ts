import { createEmitter, type Emitter, once } from './emitter.js'

/** What the page around us tells; each payload is the name of the browser's event. */
export interface PageLifecycleEvents {
  /** Seen again, shown again from the back/forward cache, or thawed. */
  wake: string
  /** Not seen any more; timers may slow down. */
  hide: string
  /** About to stand still, or to be left: nothing runs from here on. */
  freeze: string
  /** The browser takes the network for gone, which may be wrong. */
  offline: string
  online: string
}

/** The page: whether it is seen, whether it has a network, and when that changes. */
export interface PageLifecycle {
  readonly isHidden: boolean
  /** The browser says that there is no network. */
  readonly isOffline: boolean
  readonly on: Emitter<PageLifecycleEvents>['on']
}

/** The part of a `Window` that is listened to; where there is no page (React Native), a window may have none of it. */
export interface PageTarget extends Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> {
  readonly document?: { readonly hidden: boolean } | undefined
  readonly navigator?: { readonly onLine?: boolean | undefined } | undefined
}

const meanings = {
  pageshow: 'wake',
  resume: 'wake',
  pagehide: 'freeze',
  freeze: 'freeze',
  offline: 'offline',
  online: 'online',
} as const

/** Watches a page, and listens to it only while somebody listens here. Says nothing where there is no page. */
export function createPageLifecycle(target: PageTarget | undefined = globalThis.window): PageLifecycle {
  const events = createEmitter<PageLifecycleEvents>()
  const types = ['visibilitychange', ...Object.keys(meanings)]
  let listeners = 0
  const isHidden = () => target?.document?.hidden ?? false

  function tell({ type }: Event) {
    const meaning = meanings[type as keyof typeof meanings] ?? (isHidden() ? 'hide' : 'wake')
    events.emit(meaning, type)
  }

  return {
    get isHidden() {
      return isHidden()
    },
    get isOffline() {
      return target?.navigator?.onLine === false
    },
    on(event, listener) {
      // Captured, because not every browser lets the document's events rise to the window.
      if (listeners++ === 0) for (const type of types) target?.addEventListener?.(type, tell, true)
      const off = events.on(event, listener)
      return once(() => {
        off()
        if (--listeners === 0) for (const type of types) target?.removeEventListener?.(type, tell, true)
      })
    },
  }
}
