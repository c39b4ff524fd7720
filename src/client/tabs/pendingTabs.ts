import { isAddress } from '../../base/address.js'
import type { Clock } from '../../base/clock.js'
import { once } from '../../base/emitter.js'
import { anyOf, isText, isYesNo, listOf, objectOf, oneOf, orNull } from '../../base/shape.js'
import { isChange } from '../../token/shapes.js'
import { isSlot } from '../../token/slots.js'
import type { Delta, Flight } from '../pending/flight.js'
import { type Overlaid, overlayOf } from '../pending/overlay.js'
import { type OpenChannel, openSafely } from './tabChannel.js'

/** What tabs say to each other of what is on its way. */
type Words =
  /** All that this tab has signed and that is not in every record yet. */
  | { readonly type: 'flights'; readonly from: string; readonly flights: readonly Flight[] }
  /** A new tab wants to hear them all. */
  | { readonly type: 'hello' }
  /** A record waits to be told whether it holds this flight. */
  | { readonly type: 'ask'; readonly id: string }

const isDelta = objectOf<Delta>({ address: isAddress, lamports: isChange, tokens: isChange })
const isFlight = objectOf<Flight>({
  id: isText,
  deltas: listOf(isDelta),
  costs: listOf(isDelta),
  slot: orNull(isSlot),
  failed: isYesNo,
  absentAt: anyOf<number>(isSlot, oneOf(-1)),
})
/** Every script of the origin can speak on the channel. */
const isWords = anyOf<Words>(
  objectOf<Extract<Words, { type: 'flights' }>>({ type: oneOf('flights'), from: isText, flights: listOf(isFlight) }),
  objectOf<Extract<Words, { type: 'hello' }>>({ type: oneOf('hello') }),
  objectOf<Extract<Words, { type: 'ask' }>>({ type: oneOf('ask'), id: isText }),
)

/** What sharing is made of. */
export interface PendingTabsParts extends Overlaid {
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
  const overlay = overlayOf(parts, clock)
  const heardAt = new Map<string, number>()
  let cancel: (() => void) | undefined
  const channel = openSafely(parts.openChannel, `${parts.name}/pending`, {
    heard,
    // The tabs' own channel, which is another of the same kind, has given the reason.
    failed() {},
  })
  const say = (words: Words) => channel?.post(words)
  const sayAll = (flights = [...overlay.own.values()]) => say({ type: 'flights', from: me, flights })

  function beat() {
    cancel = undefined
    if (overlay.own.size > 0) sayAll()
    for (const [from, at] of heardAt) if (clock.now() - at > SILENT_MS) hear(from, [])
    keepBeat()
  }
  function keepBeat() {
    if (overlay.own.size > 0 || heardAt.size > 0) cancel ??= clock.schedule(beat, BEAT_MS)
  }
  function hear(from: string, flights: readonly Flight[]) {
    if (flights.length > 0) heardAt.set(from, clock.now())
    else heardAt.delete(from)
    for (const flight of flights) overlay.set(flight, from)
    const ids = new Set(flights.map(({ id }) => id))
    overlay.drop(overlay.of(from).filter((id) => !ids.has(id)))
    keepBeat()
  }
  function heard(words: unknown) {
    if (!isWords(words)) return parts.onMalformed?.()
    if (words.type === 'flights') hear(words.from, words.flights)
    else if (words.type === 'ask') overlay.ask(words.id)
    else if (overlay.own.size > 0) sayAll()
  }
  const leave = () => sayAll([])
  const stops = [
    overlay.onOwn(() => {
      sayAll()
      keepBeat()
    }),
    overlay.onAsked((id) => {
      if (!overlay.own.has(id)) say({ type: 'ask', id })
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
