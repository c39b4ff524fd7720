import type { LamplightError } from '../base/errors.js'

interface Pause {
  readonly attempt: number
  readonly retryAtMs: number
  readonly error: LamplightError
}
/** Where one connection is. Each state carries exactly what makes sense there. */
export type SocketState =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting'; readonly attempt: number }
  | { readonly name: 'open'; readonly sinceMs: number }
  | { readonly name: 'suspect'; readonly sinceMs: number; readonly heardAtMs: number }
  | ({ readonly name: 'waiting' } & Pause)
  /** Ended, and the browser says that there is no network. */
  | ({ readonly name: 'offline' } & Pause)
  /** Closed because nobody looks; comes back when the page wakes. */
  | { readonly name: 'suspended'; readonly sinceMs: number }
  /** Trying again soon cannot help; `retryAtMs` is `null` when only `reconnect()` leads out. */
  | { readonly name: 'failed'; readonly error: LamplightError; readonly retryAtMs: number | null }

/** Whether frames can be sent and come in. */
export const isOpen = (state: SocketState): state is Extract<SocketState, { readonly name: 'open' | 'suspect' }> =>
  state.name === 'open' || state.name === 'suspect'

/** Whether it would connect by itself later, or when the page wakes. */
export const isPaused = ({ name }: SocketState): boolean =>
  name === 'waiting' || name === 'offline' || name === 'suspended'

/** Where a socket is opened: at one address, or at the best of several. */
export interface SocketRoute {
  /** The address for the next connection. */
  url(): string
  /** Learns that a connection there ended or was not made; true when another address takes over. */
  failed(url: string): boolean
}

/** The route of one address, which nothing takes over from. */
export const fixedRoute = (url: string): SocketRoute => ({ url: () => url, failed: () => false })
