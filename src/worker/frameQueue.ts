import { bytesOfBase64 } from '../base/bytes.js'
import { isObject } from '../base/wireText.js'
import type { Notification } from '../socket/requests.js'
import { isAboutAccount, parseServerMessage } from '../socket/wire.js'
import type { SocketFrame } from './messages.js'

/** Frames that a page has not taken yet: in their order, and of each account only the newest. */
export interface FrameQueue {
  /** Whether the page waits for one of them: anything but news of an account. */
  readonly isUrgent: boolean
  readonly size: number
  push(id: number, data: unknown): void
  /** All of them, or those of one socket; they are not held any more. */
  take(id?: number): readonly SocketFrame[]
}

interface Held extends SocketFrame {
  readonly slot: number
  /** What it says of an account; read when it is taken. */
  readonly news: Notification | undefined
}

/** Makes a queue, empty. As long as slots rise what it holds is bounded by the accounts that are followed. */
export function createFrameQueue(): FrameQueue {
  const held = new Map<string, Held>()
  let count = 0
  let urgent = 0

  /** A name that only a newer word on the same account has too. */
  function place(id: number, news: Notification | undefined): string {
    const account = news?.method === 'programNotification' && isObject(news.value) ? String(news.value.pubkey) : ''
    const key = news && `${id} ${news.subscription} ${account}`
    // An older slot that comes late is for the page to judge: its chain may have been reset.
    const isNext = key !== undefined && news && (held.get(key)?.slot ?? 0) <= news.slot
    return isNext ? key : `${++count}`
  }
  return {
    get isUrgent() {
      return urgent > 0
    },
    get size() {
      return held.size
    },
    push(id, data) {
      const message = parseServerMessage(data)
      const news = message.type === 'notification' && isAboutAccount(message.method) ? message : undefined
      const key = place(id, news)
      // Taken out first: it goes to the end, where the newest belongs.
      held.delete(key)
      held.set(key, { id, data, news, slot: news?.slot ?? 0 })
      if (!news) urgent++
    },
    take(id) {
      const taken = [...held].filter(([, frame]) => id === undefined || frame.id === id)
      for (const [key] of taken) held.delete(key)
      if (held.size === 0 || id === undefined) urgent = 0
      return taken.map(([, { id, data, news }]) => ({ id, data: news ? read(news) : data }))
    },
  }
}

/** The same with the account's bytes instead of their text, and nothing that a page has no use for. */
function read(news: Notification): Notification {
  const { value } = news
  if (!isObject(value)) return news
  const { pubkey } = value
  return { ...news, value: 'pubkey' in value ? { pubkey, account: decoded(value.account) } : decoded(value) }
}

function decoded(value: unknown): unknown {
  if (!isObject(value) || !Array.isArray(value.data) || typeof value.data[0] !== 'string') return value
  const { lamports, owner, data } = value
  // What is no base64 stays as it is, for the page to say so.
  return { lamports, owner, data: [bytesOfBase64(data[0] as string) ?? data[0], data[1]] }
}
