import { useSyncExternalStore } from 'react'
import { type Adapter, Row } from './setting.js'
import { readAll, streamAll } from './wire.js'

/** A map, listeners by account, and one flush a frame (or each `flushMs`): as little as a page can do. */
function createStore(flushMs: number) {
  const amounts = new Map<string, bigint>()
  const listeners = new Map<string, Set<() => void>>()
  const held = new Map<string, bigint>()
  let isDue = false
  function flush() {
    isDue = false
    for (const [account, amount] of held) {
      amounts.set(account, amount)
      for (const listener of listeners.get(account) ?? []) listener()
    }
    held.clear()
  }
  return {
    push(account: string, amount: bigint) {
      held.set(account, amount)
      if (isDue) return
      isDue = true
      if (flushMs > 0) setTimeout(flush, flushMs)
      else requestAnimationFrame(flush)
    },
    get: (account: string) => amounts.get(account),
    subscribe(account: string, listener: () => void) {
      const all = listeners.get(account) ?? new Set()
      listeners.set(account, all.add(listener))
      return () => void all.delete(listener)
    },
  }
}

/** The limit: no cache, no order, no proof of life, no gap closed, one batched read. */
export const bareStore =
  (flushMs: number): Adapter =>
  (setting) => {
    const store = createStore(flushMs)
    streamAll(setting, store.push)
    void readAll(setting, store.push)
    function Balance({ account }: { readonly account: string }) {
      const amount = useSyncExternalStore(
        (listener) => store.subscribe(account, listener),
        () => store.get(account),
      )
      return <Row account={account} amount={amount} />
    }
    return setting.rows.map(({ account }) => <Balance key={account} account={account} />)
  }
