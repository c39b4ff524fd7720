'use client'

import { useCallback, useRef, useSyncExternalStore } from 'react'

/**
 * What `read` gives as of this render, and anew whenever `subscribe` tells. React asks for a snapshot more than once and has to
 * hear the same: here nothing depends on when it asks, so `read` may go by the time.
 * @param readOnServer What markup of a server is taken over with. @default read
 */
export function useSnapshot<T>(
  subscribe: (changed: () => void) => () => void,
  read: () => T,
  readOnServer: () => T = read,
): T {
  const held = useRef<{ readonly value: T }>(undefined)
  const latest = useRef(read)
  latest.current = read
  // Read when React asks for it in this render: on a server it never does.
  held.current = undefined
  const watch = useCallback(
    (changed: () => void) => {
      function look() {
        held.current = { value: latest.current() }
        changed()
      }
      const stop = subscribe(look)
      // What changed since the render was told to nobody. React compares by itself after this; told now, it would render once more.
      held.current = { value: latest.current() }
      return stop
    },
    [subscribe],
  )
  const get = useCallback(() => {
    held.current ??= { value: latest.current() }
    return held.current.value
  }, [])
  let server: { readonly value: T } | undefined
  const getOnServer = () => {
    server ??= { value: readOnServer() }
    return server.value
  }
  return useSyncExternalStore(watch, get, getOnServer)
}
