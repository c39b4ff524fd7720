/** What a page asks of the thread that holds its sockets; `id` is the page's number for one of them. */
export type ToWorker =
  | { readonly type: 'open'; readonly id: number; readonly url: string }
  | { readonly type: 'send'; readonly id: number; readonly text: string }
  | {
      readonly type: 'close'
      readonly id: number
      readonly code: number | undefined
      readonly reason: string | undefined
    }
  /** The frames that came last were taken: more may come. */
  | { readonly type: 'taken' }

/** What that thread tells the page. */
export type FromWorker =
  | { readonly type: 'open'; readonly id: number }
  | { readonly type: 'close'; readonly id: number; readonly code: number; readonly reason: string }
  | { readonly type: 'frames'; readonly frames: readonly SocketFrame[] }
  /** So many characters, of all that were to be sent, have left for the network. */
  | { readonly type: 'left'; readonly id: number; readonly length: number }

/** One frame of one socket: as it came, or, of an account that has changed, what was read out of it. */
export interface SocketFrame {
  readonly id: number
  readonly data: unknown
}
