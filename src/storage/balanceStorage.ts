import { createStore, del, get, keys, set } from 'idb-keyval'

/** Where texts are kept by key. Each may reject; a missing text is `undefined` or `null`. */
export interface BalanceStorage {
  get(key: string): Promise<string | null | undefined>
  set(key: string, text: string): Promise<unknown>
  remove(key: string): Promise<unknown>
  /** Every key there is; others' are left alone. */
  keys(): Promise<readonly string[]>
}

/**
 * The browser's IndexedDB, database `lamplight`, through idb-keyval. Nothing is opened before it is used.
 * @example
 * const handle = persistBalances(client, { owner, storage: indexedDbStorage() })
 */
export function indexedDbStorage(): BalanceStorage {
  const store = createStore('lamplight', 'balances')
  return {
    get: async (key) => get<string>(key, store),
    set: async (key, text) => set(key, text, store),
    remove: async (key) => del(key, store),
    keys: async () => keys<string>(store),
  }
}
