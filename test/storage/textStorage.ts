import type { BalanceStorage } from 'lamplight/persist'

/** A storage that keeps texts, in the test's hands. */
export interface TextStorage extends BalanceStorage {
  readonly texts: Map<string, string>
  /** From now on every call fails with this. */
  breakDown(error: Error): void
}

/** Makes an empty storage that answers later, as a real one does. */
export function createTextStorage(): TextStorage {
  const texts = new Map<string, string>()
  let broken: Error | undefined
  const later = async <T>(read: () => T): Promise<T> => {
    await new Promise((resume) => setTimeout(resume, 1))
    if (broken) throw broken
    return read()
  }
  return {
    texts,
    breakDown(error) {
      broken = error
    },
    get: (key) => later(() => texts.get(key)),
    set: (key, text) => later(() => texts.set(key, text)),
    remove: (key) => later(() => texts.delete(key)),
    keys: () => later(() => [...texts.keys()]),
  }
}
