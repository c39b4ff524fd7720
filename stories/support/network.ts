/** Has the browser say of this document that there is no network. */
export function unplug(): void {
  Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })
  dispatchEvent(new Event('offline'))
}

/** Has it say again what is true. */
export function plugIn(): void {
  Reflect.deleteProperty(navigator, 'onLine')
  dispatchEvent(new Event('online'))
}
