import { LamplightError } from './errors.js'

/** A typed list of listeners per event. */
export interface Emitter<E extends object> {
  /** Adds a listener; the returned function takes it away again. */
  on<K extends keyof E>(event: K, listener: (payload: E[K]) => void): () => void
  emit<K extends keyof E>(event: K, payload: E[K]): void
}

/** Makes an emitter. A listener that throws is reported to the host as an uncaught error and never starves the others. */
export function createEmitter<E extends object>(): Emitter<E> {
  // Never changed but replaced: what is told a thousand times a second needs no copy to go through.
  const listeners = new Map<keyof E, readonly { readonly call: (payload: never) => void }[]>()
  return {
    on(event, listener) {
      // A wrapper per call: the same function added twice is two listeners, each with its own undo.
      const entry = { call: listener }
      listeners.set(event, [...(listeners.get(event) ?? []), entry])
      return () => {
        const rest = listeners.get(event)?.filter((each) => each !== entry)
        if (rest?.length) listeners.set(event, rest)
        else listeners.delete(event)
      }
    },
    emit(event, payload) {
      listeners.get(event)?.forEach(({ call }) => {
        notify(call as (p: typeof payload) => void, payload)
      })
    },
  }
}

/**
 * Calls a listener, the app's or our own. What it throws, and what the promise it returns rejects with, is reported to the
 * host as an uncaught error, once, and changes nothing else: the caller goes on as if there had been no listener.
 */
export function notify<A extends readonly unknown[]>(
  listener: ((...payload: A) => unknown) | undefined,
  ...payload: A
): void {
  try {
    const returned = listener?.(...payload)
    // An async listener fails later; reading `then` of what a stranger returned may throw as well.
    if (typeof returned === 'object' && returned !== null && 'then' in returned)
      Promise.resolve(returned).then(undefined, reportUncaught)
  } catch (error) {
    reportUncaught(error)
  }
}

/** Hands an error to the host (`window.onerror`, `uncaughtException`) without unwinding the caller. */
export function reportUncaught(error: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
  else
    queueMicrotask(() => {
      throw error
    })
}

/** Starts something when its code has been loaded; the returned function stops it, also before that. */
export function whenLoaded<T>(load: Promise<T>, start: (module: T) => () => void): () => void {
  let isWanted = true
  let stop = () => {}
  load.then((module) => {
    if (isWanted) stop = start(module)
  }, reportUncaught)
  return once(() => {
    isWanted = false
    stop()
  })
}

/** Code that is loaded when it is first needed. */
export interface Lazy<T> {
  /** `undefined` until it is there. */
  readonly now: T | undefined
  /** @throws LamplightError `client/not-loaded`; the next call tries again */
  load(): Promise<T>
}

/** Makes the promise of some code. @param part What the error calls it. */
export function createLazy<T>(part: string, start: () => Promise<T>): Lazy<T> {
  let now: T | undefined
  let loading: Promise<T> | undefined
  async function begin() {
    try {
      now = await start()
      return now
    } catch (cause) {
      loading = undefined
      throw new LamplightError('client/not-loaded', { part }, { cause })
    }
  }
  return {
    get now() {
      return now
    },
    load: () => (loading ??= begin()),
  }
}

/** A function that runs once: what every `on`, `watch` and `follow` gives back, so that calling it twice undoes once. */
export function once(task: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    task()
  }
}
