import { isAddress } from '../../base/address.js'
import type { Clock } from '../../base/clock.js'
import { once } from '../../base/emitter.js'
import { anyOf, isText, isYesNo, listOf, objectOf, oneOf, orNull } from '../../base/shape.js'
import { isChange } from '../../token/shapes.js'
import { isSlot } from '../../token/slots.js'
import { optimisticUpdatesOf, type WithPending } from '../pending/optimisticUpdates.js'
import type { Delta, PendingTransaction } from '../pending/pendingTransaction.js'
import { type OpenChannel, openSafely } from './tabChannel.js'

/** What tabs say to each other of what is on its way. */
type PendingMessage =
  /** All that this tab has signed and that is not in every record yet. */
  | {
      readonly type: 'transactions'
      readonly from: string
      readonly pendingTransactions: readonly PendingTransaction[]
    }
  /** A new tab wants to hear them all. */
  | { readonly type: 'hello' }
  /** A record waits to be told whether it holds this pending transaction. */
  | { readonly type: 'ask'; readonly id: string }

const isDelta = objectOf<Delta>({ address: isAddress, lamports: isChange, tokens: isChange })
const isPendingTransaction = objectOf<PendingTransaction>({
  id: isText,
  deltas: listOf(isDelta),
  costs: listOf(isDelta),
  slot: orNull(isSlot),
  failed: isYesNo,
  absentAt: anyOf<number>(isSlot, oneOf(-1)),
})
/** Every script of the origin can speak on the channel. */
const isTabMessage = anyOf<PendingMessage>(
  objectOf<Extract<PendingMessage, { type: 'transactions' }>>({
    type: oneOf('transactions'),
    from: isText,
    pendingTransactions: listOf(isPendingTransaction),
  }),
  objectOf<Extract<PendingMessage, { type: 'hello' }>>({ type: oneOf('hello') }),
  objectOf<Extract<PendingMessage, { type: 'ask' }>>({ type: oneOf('ask'), id: isText }),
)

/** What sharing is made of. */
export interface PendingTabsParts extends WithPending {
  readonly clock: Clock
  /** The same in every tab that asks the same nodes, and in no other. */
  readonly name: string
  /** This tab's own name. */
  readonly id: string
  readonly openChannel: OpenChannel
  /** Called for each message that no tab of this version says. */
  readonly onMalformed?: (() => void) | undefined
}

/** A tab with something on its way says so this often, and one that was silent for longer is gone, in milliseconds. */
const BEAT_MS = 2000
const SILENT_MS = 15_000

/**
 * Shows what one tab has signed in all of them, until the returned function is called. A tab that is closed or loaded again
 * takes what it has signed with it: nobody follows its transactions any more, and the chain tells what became of them.
 */
export function sharePending(parts: PendingTabsParts): () => void {
  const { clock, id: me } = parts
  const optimisticUpdates = optimisticUpdatesOf(parts, clock)
  const heardAt = new Map<string, number>()
  let cancel: (() => void) | undefined
  const channel = openSafely(parts.openChannel, `${parts.name}/pending`, {
    heard,
    // The tabs' own channel, which is another of the same kind, has given the reason.
    failed() {},
  })
  const say = (message: PendingMessage) => channel?.post(message)
  const sayAll = (pendingTransactions = [...optimisticUpdates.own.values()]) =>
    say({ type: 'transactions', from: me, pendingTransactions })

  function beat() {
    cancel = undefined
    if (optimisticUpdates.own.size > 0) sayAll()
    for (const [from, at] of heardAt) if (clock.now() - at > SILENT_MS) hear(from, [])
    keepBeat()
  }
  function keepBeat() {
    if (optimisticUpdates.own.size > 0 || heardAt.size > 0) cancel ??= clock.schedule(beat, BEAT_MS)
  }
  function hear(from: string, pendingTransactions: readonly PendingTransaction[]) {
    if (pendingTransactions.length > 0) heardAt.set(from, clock.now())
    else heardAt.delete(from)
    for (const pendingTransaction of pendingTransactions) optimisticUpdates.set(pendingTransaction, from)
    const ids = new Set(pendingTransactions.map(({ id }) => id))
    optimisticUpdates.drop(optimisticUpdates.of(from).filter((id) => !ids.has(id)))
    keepBeat()
  }
  function heard(message: unknown) {
    if (!isTabMessage(message)) return parts.onMalformed?.()
    if (message.type === 'transactions') hear(message.from, message.pendingTransactions)
    else if (message.type === 'ask') optimisticUpdates.ask(message.id)
    else if (optimisticUpdates.own.size > 0) sayAll()
  }
  const leave = () => sayAll([])
  const stops = [
    optimisticUpdates.onOwn(() => {
      sayAll()
      keepBeat()
    }),
    optimisticUpdates.onAsked((id) => {
      if (!optimisticUpdates.own.has(id)) say({ type: 'ask', id })
    }),
  ]
  globalThis.addEventListener?.('pagehide', leave)
  say({ type: 'hello' })
  return once(() => {
    for (const stop of stops) stop()
    for (const from of [...heardAt.keys()]) hear(from, [])
    cancel?.()
    leave()
    globalThis.removeEventListener?.('pagehide', leave)
    channel?.close()
  })
}
